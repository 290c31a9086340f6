#include "report/why_annotation.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/json.h"

#define LEVEL 9           /* harder ones need many megabytes */
#define BLOCK (128 << 10) /* of zstd: where one has room, it does not depend on how much there is */

static void add_element(void *ctx, const json_t *element)
{
	struct buf *text = ctx;
	if (text->data[text->len - 1] != '[')
		buf_char(text, ',');
	json_write(element, text);
}

char *report_why_annotation_make(const struct keep_set *k, const struct packages *p)
{
	CLEANUP_BUF struct buf text = {0};
	buf_str(&text, "{\"kept\":[");
	report_reasons_kept(k, p, &(struct report_reasons_use){0}, add_element, &text);
	buf_str(&text, "]}");
	size_t room = REPORT_WHY_ANNOTATION_MAX / 4 * 3 + BLOCK;
	if (room > ZSTD_compressBound(text.len))
		room = ZSTD_compressBound(text.len);
	CLEANUP_FREE char *packed = mem_alloc(room);
	size_t n = ZSTD_compress(packed, room, text.data, text.len, LEVEL);
	if (ZSTD_isError(n) || n / 3 * 4 + 4 > REPORT_WHY_ANNOTATION_MAX)
		return NULL; /* an error: it did not fit */
	char *value = mem_alloc(n / 3 * 4 + 5);
	EVP_EncodeBlock((unsigned char *)value, (const unsigned char *)packed, (int)n);
	return value;
}

int report_why_annotation_read(const char *value, struct report_why_lists *out, struct err *err)
{
	size_t n = strlen(value);
	CLEANUP_FREE unsigned char *packed = mem_alloc(n / 4 * 3 + 3);
	int got =
	    n && n <= REPORT_WHY_ANNOTATION_MAX ? EVP_DecodeBlock(packed, (const unsigned char *)value, (int)n) : -1;
	unsigned long long size = got < 0 ? ZSTD_CONTENTSIZE_ERROR : ZSTD_getFrameContentSize(packed, (size_t)got);
	if (got < 0 || size > LIMIT_REPORT) /* the largest numbers say that it is not known, or no frame */
		return err_set(err, ERR_CORRUPT, "annotation-malformed",
			       "the annotation " REPORT_WHY_ANNOTATION " does not come from slim");
	CLEANUP_BUF struct buf text = {0};
	buf_reserve(&text, size);
	/* base64 pads to three bytes: what follows the frame is not of it */
	size_t frame = ZSTD_findFrameCompressedSize(packed, (size_t)got);
	size_t len = ZSTD_isError(frame) ? frame : ZSTD_decompress(text.data, size, packed, frame);
	if (ZSTD_isError(len) || len != size)
		return err_set(err, ERR_CORRUPT, "annotation-malformed",
			       "the annotation " REPORT_WHY_ANNOTATION " is damaged");
	text.len = len;
	return report_why_lists_parse(&text, "the annotation " REPORT_WHY_ANNOTATION, out, err);
}
