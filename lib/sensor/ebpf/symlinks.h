/* sensor/ebpf/symlinks.h - follows the symlinks that a run makes, moves and removes, call by call: the live container,
 * read some time after a call, may have another one by then. Paths are of the root file system, resolved; a place
 * outside of it has any name that is not an absolute path. All zero is a run that did nothing. Private to
 * lib/sensor/. */
#pragma once

#include <stdbool.h>

#include "base/strset.h"

struct ebpf_symlinks {
	struct strset paths;
	char **targets; /* by id of paths; NULL = no symlink is there */
	size_t cap;
};

enum ebpf_symlinks_state { EBPF_SYMLINKS_UNKNOWN, EBPF_SYMLINKS_NONE, EBPF_SYMLINKS_LINK };

/* *target stays valid until the next change. */
enum ebpf_symlinks_state ebpf_symlinks_find(const struct ebpf_symlinks *l, const char *path, const char **target);
void ebpf_symlinks_set(struct ebpf_symlinks *l, const char *path, const char *target); /* target NULL = none */
/* Moves what is known of from and below it to to; nothing is left at from. */
void ebpf_symlinks_move(struct ebpf_symlinks *l, const char *from, const char *to);
void ebpf_symlinks_exchange(struct ebpf_symlinks *l, const char *a, const char *b);
void ebpf_symlinks_done(struct ebpf_symlinks *l);
