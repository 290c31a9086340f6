/* base/mem.h - allocation that never fails: out of memory aborts (every outside size is capped in
 * limits.h before it is allocated). Results are freed with free(). */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

void *mem_alloc(size_t n);                   /* n bytes, zeroed; n may be 0 */
void *mem_calloc(size_t count, size_t size); /* overflow aborts */
void *mem_realloc(void *p, size_t count, size_t size);
char *mem_strdup(const char *s); /* NULL gives NULL */
char *mem_strndup(const char *s, size_t n);
void *mem_dup(const void *p, size_t n);
char *mem_printf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* n bytes, zeroed, in pages that a child does not get: for large buffers that are written while processes are forked.
 * mem_unmap takes NULL, too. */
void *mem_map(size_t n);
void mem_unmap(void *p, size_t n);

/* p, which is what another allocator returned; NULL aborts. */
void *mem_must(void *p);

/* Make room for one more element in an array of *cap elements that holds n; returns the array. */
void *mem_grow(void *array, size_t n, size_t *cap, size_t size);
