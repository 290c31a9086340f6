/* sensor/links.h - the symlinks that a run made, moved and removed, as they are after each of its calls: what is read
 * of the live container some time after a call may be another one by then. Paths are of the root file system, resolved;
 * a place elsewhere has any name that is no absolute path. All zero is a run that did nothing. Private to lib/sensor/.
 */
#pragma once

#include <stdbool.h>

#include "base/strset.h"

struct links {
	struct strset paths;
	char **targets; /* by id of paths; NULL = no symlink is there */
	size_t cap;
};

enum links_state { LINKS_UNKNOWN, LINKS_NONE, LINKS_LINK };

/* *target stays valid until the next change. */
enum links_state links_find(const struct links *l, const char *path, const char **target);
void links_set(struct links *l, const char *path, const char *target); /* target NULL = none */
/* What is known of from and below it is now at to; at from there is nothing. */
void links_move(struct links *l, const char *from, const char *to);
void links_exchange(struct links *l, const char *a, const char *b);
void links_done(struct links *l);
