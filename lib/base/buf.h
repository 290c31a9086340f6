/* base/buf.h - a growing byte buffer. All zero is an empty buffer.
 * The bytes are always followed by a NUL that len does not count once something was appended. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"

struct buf {
	char *data; /* NULL while nothing was ever appended */
	size_t len, cap;
};

void buf_append(struct buf *b, const void *data, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_reserve(struct buf *b, size_t n); /* room for n more bytes and the NUL */
char *buf_steal(struct buf *b);            /* the string ("" if empty), the buffer is empty afterwards; free() */
void buf_done(struct buf *b);
/* Takes a part of a long text. A negative return, with *err set, ends the text. */
typedef int buf_sink(void *ctx, const char *data, size_t n, struct err *err);
int buf_sink_append(void *buf, const char *data, size_t n, struct err *err); /* a buf_sink: buf_append */
#define CLEANUP_BUF CLEANUP(buf_done)

/* Append s (n bytes of any origin) in a form that is safe on a terminal. Control characters, ESC, invalid UTF-8 and
 * characters that are invisible or reorder a line become \xNN; a backslash is doubled. */
void buf_escape(struct buf *b, const char *s, size_t n);
/* The length of the UTF-8 sequence at s that buf_escape appends as it is; 0 = it escapes the first byte. n is not 0. */
size_t buf_printable(const char *s, size_t n);
