/* ci/lock/token.h - encodes any text as one word of a lock file, in printable ASCII without a space, and decodes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the word: "%XX" stands for a space, '%', and each byte that is not printable ASCII; "-" for an empty text,
 * "%2D" for the text "-". */
void ci_lock_token_add(struct buf *out, const char *s, size_t n);
/* Appends the text of a word. False if ci_lock_token_add does not make such a word; out may then hold a part. */
bool ci_lock_token_text(const char *word, size_t n, struct buf *out);
/* Cuts the next word off the line, which ends with a NUL. False at its end, and at a second space. */
bool ci_lock_token_next(const char **line, const char **word, size_t *n);
/* Appends the text of a word, escaped for a terminal. */
void ci_lock_token_show(struct buf *out, const char *word, size_t n);
