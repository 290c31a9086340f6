/* ci/lock/token.h - a text of any bytes as one word of a lock file, in printable ASCII without a space, and back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the word: "%XX" stands for a space, '%', and each byte that is not printable ASCII; "-" for an empty text,
 * "%2D" for the text "-". */
void ci_lock_token_add(struct buf *out, const char *s, size_t n);
/* Appends the text of a word. False if it is not one that ci_lock_token_add makes; out may then hold a part. */
bool ci_lock_token_text(const char *word, size_t n, struct buf *out);
/* Cuts the next word off the line, which ends with a NUL. False at its end, and if spaces follow each other. */
bool ci_lock_token_next(const char **line, const char **word, size_t *n);
/* Appends the text of a word as a terminal may show it. */
void ci_lock_token_show(struct buf *out, const char *word, size_t n);
