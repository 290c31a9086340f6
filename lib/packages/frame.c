#include "packages/frame.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/mem.h"

#define WINDOW_LOG_MAX 27
#define LEVEL 9
#define PART ((size_t)64 << 10)

static void free_stream(ZSTD_DCtx **stream)
{
	ZSTD_freeDCtx(*stream);
}

static int broken(size_t code, const char *what, struct err *err)
{
	if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge)
		return err_set(err, ERR_LIMIT, "zstd-window-too-large", "%s: zstd data asks for a window above %u MiB",
			       what, 1u << (WINDOW_LOG_MAX - 20));
	return err_set(err, ERR_CORRUPT, "compressed-data-broken", "%s: broken zstd data: %s", what,
		       ZSTD_getErrorName(code));
}

static int unpack(ZSTD_DCtx *stream, ZSTD_inBuffer *in, size_t max, const char *what, struct buf *out, struct err *err)
{
	const size_t before = out->len;
	size_t left; /* of the frame; 0 = it is complete */
	for (;;) {
		const size_t most = max - (out->len - before) + 1, room = most < PART ? most : PART;
		buf_reserve(out, room);
		ZSTD_outBuffer part = {out->data + out->len, room, 0};
		left = ZSTD_decompressStream(stream, &part, in);
		if (ZSTD_isError(left))
			return broken(left, what, err);
		out->len += part.pos;
		if (out->len - before > max)
			return err_set(err, ERR_LIMIT, "input-too-large", "%s is larger than %zu bytes", what, max);
		if (in->pos == in->size && (!left || part.pos < room))
			break;
	}
	return left ? err_set(err, ERR_CORRUPT, "compressed-data-truncated", "%s: zstd data is truncated", what) : 0;
}

int packages_frame_read(const void *data, size_t n, size_t max, const char *what, struct buf *out, struct err *err)
{
	CLEANUP(free_stream) ZSTD_DCtx *stream = mem_must(ZSTD_createDCtx());
	const size_t before = out->len;
	ZSTD_inBuffer in = {data, n, 0};
	(void)ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX); /* a valid value */
	int r = unpack(stream, &in, max, what, out, err);
	if (r < 0)
		out->len = before;
	buf_append(out, "", 0);
	return r;
}

void packages_frame_write(const void *data, size_t n, struct buf *out)
{
	ZSTD_CCtx *stream = mem_must(ZSTD_createCCtx());
	(void)ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, LEVEL); /* both are valid */
	(void)ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1);
	buf_reserve(out, ZSTD_compressBound(n));
	size_t written = ZSTD_compress2(stream, out->data + out->len, ZSTD_compressBound(n), data, n);
	ZSTD_freeCCtx(stream);
	if (ZSTD_isError(written))
		(void)mem_must(NULL); /* out of memory: there is no other reason */
	out->len += written;
}
