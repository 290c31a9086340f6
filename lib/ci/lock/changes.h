/* ci/lock/changes.h - lists changes of files for a person: a line for each file, or "4 files new under
 * /app/templates". Lifetime: all zero, any number of _add, _tell, _done. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/strlist.h"

enum ci_lock_change { CI_LOCK_NEW, CI_LOCK_CHANGED, CI_LOCK_DROPPED };
#define CI_LOCK_CHANGES (CI_LOCK_DROPPED + 1)
extern const char *const ci_lock_change_names[CI_LOCK_CHANGES];

struct ci_lock_changes {
	struct ci_lock_changed {
		enum ci_lock_change change;
		char *path; /* a word (token.h) */
		char *how;  /* "mode 0644 -> 0755"; NULL = not known */
	} * items;
	size_t count, cap;
};

/* Takes how over. */
void ci_lock_changes_add(struct ci_lock_changes *c, enum ci_lock_change change, const char *path, char *how);
/* Sorts the changes and appends their lines, new files first. Escaped for a terminal. */
void ci_lock_changes_tell(struct ci_lock_changes *c, struct strlist *out);
void ci_lock_changes_done(struct ci_lock_changes *c);

/* The length of the path of the directory that holds an entry, cut to `depth` components; 1 for "/". itself: the entry
 * is a directory, and counts as its own. */
size_t ci_lock_directory(const char *path, bool itself, unsigned depth);
