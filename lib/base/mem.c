#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *mem_must(void *p)
{
	if (!p) {
		static const char msg[] = "slim: out of memory\n";
		fwrite(msg, 1, sizeof(msg) - 1, stderr);
		abort();
	}
	return p;
}

void *mem_alloc(size_t n)
{
	return mem_must(calloc(1, n ? n : 1));
}

void *mem_calloc(size_t count, size_t size)
{
	return mem_must(calloc(count ? count : 1, size ? size : 1));
}

void *mem_realloc(void *p, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		abort();
	return mem_must(realloc(p, n ? n : 1));
}

char *mem_strdup(const char *s)
{
	return s ? mem_must(strdup(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
	return mem_must(strndup(s, n));
}

void *mem_dup(const void *p, size_t n)
{
	void *d = mem_alloc(n);
	if (n)
		memcpy(d, p, n);
	return d;
}

char *mem_printf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return mem_must(n < 0 ? NULL : s);
}

void *mem_map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p = mem_must(p == MAP_FAILED ? NULL : p);
	(void)madvise(p, n, MADV_DONTFORK); /* it only saves memory */
	return p;
}

void mem_unmap(void *p, size_t n)
{
	if (p)
		munmap(p, n);
}

void *mem_grow(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 16;
	return mem_realloc(array, *cap, size);
}
