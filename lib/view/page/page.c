#include "view/page/page.h"

#include <libdeflate.h>
#include <string.h>

#include "base/mem.h"
#include "text/base64.h"
#include "view/page/assets.h"

#define LEVEL 9          /* of 12; what is above takes thrice the time for some percent */
#define PIECE (48 << 10) /* bytes that become base64 at a time: a multiple of 3 */
/* Bytes of JSON; a path of an image takes about 30. The browser needs some times as much. */
#define DATA_MAX (512u << 20)

static int write_base64(const unsigned char *data, size_t n, buf_sink *sink, void *ctx, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = 0;
	for (size_t at = 0; r == 0 && at < n; at += PIECE) {
		text.len = 0;
		base64_encode(data + at, n - at < PIECE ? n - at : PIECE, &text);
		r = sink(ctx, text.data, text.len, err);
	}
	return r;
}

static int write_data(const struct view_page *p, buf_sink *sink, void *ctx, struct err *err)
{
	CLEANUP_BUF struct buf json = {0};
	view_page_data(p, &json);
	if (json.len > DATA_MAX)
		return err_set(
		    err, ERR_LIMIT, "page-too-large",
		    "the image has too many files for a page: their list takes %zu bytes, and a page holds %u",
		    json.len, DATA_MAX);
	struct libdeflate_compressor *c = mem_must(libdeflate_alloc_compressor(LEVEL));
	const size_t room = libdeflate_gzip_compress_bound(c, json.len);
	CLEANUP_FREE unsigned char *packed = mem_alloc(room);
	const size_t n = libdeflate_gzip_compress(c, json.data, json.len, packed, room);
	libdeflate_free_compressor(c);
	return write_base64(packed, n, sink, ctx, err);
}

int view_page_write(const struct view_page *p, buf_sink *sink, void *ctx, struct err *err)
{
	int r = sink(ctx, view_page_begin, strlen(view_page_begin), err);
	if (r == 0)
		r = write_data(p, sink, ctx, err);
	return r < 0 ? r : sink(ctx, view_page_end, strlen(view_page_end), err);
}
