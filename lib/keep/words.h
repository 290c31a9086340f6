/* keep/words.h - looks a word up in a constant list of words. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline bool keep_words_have(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}
/* list: an array of strings. */
#define KEEP_WORDS_HAVE(list, word) keep_words_have(list, sizeof(list) / sizeof((list)[0]), word)
