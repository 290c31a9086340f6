/* keep/closure.h - a table of closures: each looks at one kept regular file and keeps what it needs.
 * A closure is one file closure_X.c with a const struct keep_closure, a row in closure.c, and its tests.
 * What it keeps depends on the file and the index only, never on what else is kept: so the order in
 * which files come does not matter.
 * File content is hostile: nothing is trusted beyond its bounds, a broken file needs nothing. */
#pragma once

#include "keep/keep.h"

struct keep_closure {
	const char *name;
	/* head: the file's first bytes (up to KEEP_HEAD); fd at any offset, read with pread. */
	bool (*applies)(const char *head, size_t n);
	/* *state: the closure's own, NULL at first, for as long as one keep_closures runs. An error is one
	 * of reading the layers. */
	int (*run)(struct keep_set *k, uint32_t node, int fd, void **state, struct err *err);
	void (*free_state)(void *state); /* NULL = it has none */
};
#define KEEP_HEAD 512

extern const struct keep_closure keep_closure_elf;    /* PT_INTERP, DT_NEEDED */
extern const struct keep_closure keep_closure_script; /* #! */
