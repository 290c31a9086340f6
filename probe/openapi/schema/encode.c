#include "probe/openapi/schema/encode.h"

#include <stdbool.h>

#include <string.h>

#include "base/mem.h"

#define UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

void openapi_encode(const char *s, const char *keep, struct buf *out)
{
	buf_str(out, "");
	for (; *s; s++)
		if (strchr(UNRESERVED, *s) || strchr(keep, *s))
			buf_char(out, *s);
		else
			buf_printf(out, "%%%02X", (unsigned char)*s);
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) % 16 : -1;
}

void openapi_decode(const char *s, struct buf *out)
{
	buf_str(out, "");
	for (; *s; s++) {
		int high = *s == '%' ? digit(s[1]) : -1, low = high >= 0 ? digit(s[2]) : -1;
		bool byte = low >= 0 && high + low > 0;
		buf_char(out, byte ? (char)(high << 4 | low) : *s);
		s += byte ? 2 : 0;
	}
}

void openapi_literal(const char *s, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '$' && i + 1 < n && s[i + 1] == '{')
			buf_char(out, '$');
		buf_char(out, s[i]);
	}
}

static int to_buf(const char *data, size_t n, void *ctx)
{
	buf_append(ctx, data, n);
	return 0;
}

void openapi_json(const json_t *value, struct buf *out)
{
	json_dump_callback(value, to_buf, out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

char *openapi_text(const json_t *value)
{
	CLEANUP_BUF struct buf b = {0};
	if (json_is_string(value))
		return mem_strdup(json_string_value(value));
	if (value && !json_is_null(value))
		openapi_json(value, &b);
	return buf_steal(&b);
}
