#include "text/packed_text.h"

#include <zstd.h>

#include "base/mem.h"

#define WINDOW_LOG 18 /* what is alike lies close together */
#define PART (64u << 10)

static void compress(struct packed_text *t, const char *data, size_t n, ZSTD_EndDirective mode)
{
	ZSTD_inBuffer in = {data, n, 0};
	size_t left;
	do {
		buf_reserve(&t->packed, PART);
		ZSTD_outBuffer out = {t->packed.data + t->packed.len, PART, 0};
		left = ZSTD_compressStream2(t->stream, &out, &in, mode);
		if (ZSTD_isError(left))
			(void)mem_must(NULL); /* out of memory: there is no other reason */
		t->packed.len += out.pos;
	} while (in.pos < in.size || (mode == ZSTD_e_end && left));
}

void packed_text_add(struct packed_text *t, const char *data, size_t n)
{
	if (!t->stream) {
		t->stream = mem_must(ZSTD_createCCtx());
		(void)ZSTD_CCtx_setParameter(t->stream, ZSTD_c_compressionLevel, 1);
		(void)ZSTD_CCtx_setParameter(t->stream, ZSTD_c_windowLog, WINDOW_LOG);
	}
	compress(t, data, n, ZSTD_e_continue);
}

void packed_text_end(struct packed_text *t)
{
	if (!t->stream)
		return;
	compress(t, "", 0, ZSTD_e_end);
	ZSTD_freeCCtx(t->stream);
	t->stream = NULL;
}

int packed_text_read(const struct packed_text *t, buf_sink *sink, void *ctx, struct err *err)
{
	CLEANUP_FREE char *part = mem_alloc(PART);
	ZSTD_DCtx *stream = mem_must(ZSTD_createDCtx());
	ZSTD_inBuffer in = {t->packed.data, t->packed.len, 0};
	ZSTD_outBuffer out = {part, PART, 0};
	int r = 0;
	do {
		out.pos = 0;
		if (ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)))
			(void)mem_must(NULL);
		r = out.pos ? sink(ctx, part, out.pos, err) : 0;
	} while (r == 0 && (in.pos < in.size || out.pos == PART));
	ZSTD_freeDCtx(stream);
	return r;
}

void packed_text_done(struct packed_text *t)
{
	ZSTD_freeCCtx(t->stream);
	buf_done(&t->packed);
	*t = (struct packed_text){0};
}
