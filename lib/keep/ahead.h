/* keep/ahead.h - the kept files, one after the other in the order of the set's queue, as the closures look at them. If
 * there are many, another thread runs ahead: it opens them, reads small texts whole and splits them into tokens. What
 * the closures see does not depend on whether it did.
 * Memory: KEEP_AHEAD_BATCHES times KEEP_AHEAD_FILES files, and as many times KEEP_AHEAD_BYTES of texts with their
 * tokens. Lifetime: _new, _next with rising numbers, _free. The caller's side is for one thread. */
#pragma once

#include "keep/file.h"

#define KEEP_AHEAD_BATCHES 4
#define KEEP_AHEAD_FILES 16
#define KEEP_AHEAD_BYTES (32u << 10)
#define KEEP_AHEAD_FROM 256 /* entries in the queue from which on the thread is worth its start */

/* The rules by which a closure will read the text of the file, NULL = it will not. Called in the other thread: asks the
 * file and the index only, not the set. */
typedef const struct token_lexer *keep_ahead_lexer(const struct keep_file *f);

struct keep_ahead;
struct keep_ahead *keep_ahead_new(struct keep_set *k, keep_ahead_lexer *lexer);
/* The file of entry `number` of the queue, a regular one that is not empty; valid until the next call. */
int keep_ahead_next(struct keep_ahead *a, uint32_t number, struct keep_file **out, struct err *err) MUST_CHECK;
void keep_ahead_free(struct keep_ahead *a);
