/* formats/text_search.h - finds many texts in one pass over bytes (Wu and Manber 1994, blocks of 4 bytes). A look at
 * every fourth position tells whether a text may lie around it. */
#pragma once

#include <stdint.h>

#include "base/strset.h"

#define KEEP_TEXT_MIN 7 /* bytes; shorter texts can't be searched for */

struct text_search;
/* texts is borrowed and must not change. */
struct text_search *text_search_new(const struct strset *texts);
void text_search_free(struct text_search *s);
/* found gets the id of each text and where it begins in data, every time that it is there. */
void text_search_run(const struct text_search *s, const char *data, size_t n,
		     void (*found)(void *ctx, size_t id, size_t at), void *ctx);
