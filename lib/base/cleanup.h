/* base/cleanup.h - scope-bound release of resources, and giving them away.
 * A type that has to be released defines its own macro beside its free function, from CLEANUP. */
#pragma once

#include <stdlib.h>
#include <unistd.h>

/* CLEANUP(fn): fn gets the variable's address when the scope ends. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Take the pointer out of *p, leaving NULL, so that its cleanup does nothing. */
#define steal_ptr(p)                                                                                                   \
	({                                                                                                             \
		__typeof__(*(p)) t_ = *(p);                                                                            \
		*(p) = NULL;                                                                                           \
		t_;                                                                                                    \
	})

static inline int steal_fd(int *fd)
{
	int t = *fd;
	*fd = -1;
	return t;
}

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}
#define CLEANUP_FREE CLEANUP(cleanup_freep)

static inline void cleanup_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define CLEANUP_FD CLEANUP(cleanup_closep)
