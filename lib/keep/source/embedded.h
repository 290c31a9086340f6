/* keep/source/embedded.h - finds the sources of a language in a shell's text: what an interpreter gets behind its
 * option (python3 -c '...'), and the here-document that it reads. A heuristic, as shell_text.h is. */
#pragma once

#include <stddef.h>

struct keep_embedded {
	const char *interpreter; /* what the program's name starts with */
	char option;             /* that takes a source: -c */
	void (*source)(void *ctx, const char *text, size_t n);
	void (*module)(void *ctx, const char *name, size_t n); /* of -m; NULL = the language has none */
	void *ctx;
};
void keep_embedded_find(const struct keep_embedded *e, const char *text, size_t n);
