/* text/packed_text.h - a long text that is made piece by piece and read once, compressed in between: what lists the
 * paths of an image takes a twentieth then. All zero is an empty text. Not thread-safe. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct packed_text {
	struct ZSTD_CCtx_s *stream; /* while it is made */
	struct buf packed;
};

void packed_text_add(struct packed_text *t, const char *data, size_t n);
/* Call it after the last _add, once. */
void packed_text_end(struct packed_text *t);
/* Gives the whole text to sink; what sink returned. Any number of times, after _end. */
int packed_text_read(const struct packed_text *t, buf_sink *sink, void *ctx, struct err *err) MUST_CHECK;
void packed_text_done(struct packed_text *t);
