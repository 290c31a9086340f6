#include "layer/header.h"

#include <string.h>

#include "formats/tar.h"

#define BLOCK ((size_t)TAR_BLOCK)
#define NAME_OFFSET 0
#define NAME_SIZE 100
#define SIZE_OFFSET 124
#define SIZE_SIZE 12
#define TYPE_OFFSET 156
#define MAGIC_OFFSET 257
#define SPARSE_OFFSET 386       /* GNU: the first piece of the map */
#define SPARSE_MORE_OFFSET 482  /* GNU: blocks with more of it follow */
#define SPARSE_AGAIN_OFFSET 504 /* the same in such a block */

/* The blocks of one extended header ('x', 'L', ...) within the entry's headers. */
struct extended {
	char type;
	const char *body;
	size_t size;
};

/* A size field: octal digits, or GNU's base-256 when the first bit is set. */
static uint64_t field_size(const char *p)
{
	if (!(p[0] & 0x80))
		return tar_octal(p, SIZE_SIZE);
	uint64_t v = 0;
	for (size_t i = SIZE_SIZE - 8; i < SIZE_SIZE; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

/* The extended header at *pos, and *pos behind it; false at the entry's own header and where the
 * blocks end early (libarchive reports that). */
static bool next_extended(const char *data, size_t n, size_t *pos, struct extended *out)
{
	if (n < BLOCK || *pos > n - BLOCK)
		return false;
	const char *h = data + *pos;
	out->type = h[TYPE_OFFSET];
	if (!out->type || !strchr("xXgLKAV", out->type))
		return false;
	out->size = out->type == 'V' ? 0 : tar_octal(h + SIZE_OFFSET, SIZE_SIZE);
	out->body = h + BLOCK;
	size_t room = n - *pos - BLOCK;
	if (out->size > room)
		return false;
	size_t padded = (out->size + BLOCK - 1) / BLOCK * BLOCK;
	*pos += BLOCK + (padded < room ? padded : room);
	return true;
}

struct record {
	const char *key, *value;
	size_t key_len, value_len;
};

/* The pax record at *p: "LENGTH KEY=VALUE\n". 1, 0 at the end, -1 when it is malformed. */
static int next_record(const char **p, const char *end, struct record *out)
{
	const char *s = *p;
	if (s == end || *s == '\0')
		return 0;
	size_t len = 0;
	const char *digits = s;
	for (; s < end && *s >= '0' && *s <= '9' && s - digits < 8; s++)
		len = len * 10 + (size_t)(*s - '0');
	if (s == digits || s == end || *s != ' ' || len > (size_t)(end - digits) || len < (size_t)(s - digits) + 3)
		return -1;
	const char *last = digits + len - 1;
	out->key = s + 1;
	const char *equals = memchr(out->key, '=', (size_t)(last - out->key));
	if (*last != '\n' || !equals || equals == out->key)
		return -1;
	out->key_len = (size_t)(equals - out->key);
	out->value = equals + 1;
	out->value_len = (size_t)(last - out->value);
	*p = last + 1;
	return 1;
}

static bool key_is(const struct record *r, const char *key)
{
	return r->key_len == strlen(key) && memcmp(r->key, key, r->key_len) == 0;
}

static bool is_name(const struct record *r)
{
	return key_is(r, "path") || key_is(r, "linkpath") || key_is(r, "GNU.sparse.name");
}

/* A time before 1970, "-SECONDS.FRACTION". If it is not a number, libarchive's reading stays. */
static void negative_time(const struct record *r, struct layer_header *out)
{
	const char *p = r->value, *end = p + r->value_len;
	out->has_mtime = false; /* a later record replaces an earlier one */
	if (p == end || *p++ != '-')
		return;
	int64_t sec = 0;
	for (; p < end && *p >= '0' && *p <= '9' && sec < INT64_MAX / 20; p++)
		sec = sec * 10 + (*p - '0');
	long nsec = 0, scale = 100000000;
	if (p < end && *p == '.')
		for (p++; p < end && *p >= '0' && *p <= '9'; p++, scale /= 10)
			nsec += (*p - '0') * scale;
	if (p != end)
		return;
	out->has_mtime = true;
	out->mtime.tv_sec = -sec - (nsec ? 1 : 0);
	out->mtime.tv_nsec = nsec ? 1000000000 - nsec : 0;
}

/* "OFFSET,SIZE,OFFSET,SIZE..." */
static bool is_sparse_map(const struct record *r)
{
	for (size_t i = 0; i < r->value_len; i++)
		if ((r->value[i] < '0' || r->value[i] > '9') && r->value[i] != ',')
			return false;
	return true;
}

static bool decimal(const struct record *r, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < r->value_len; i++) {
		if (r->value[i] < '0' || r->value[i] > '9' || *out > UINT64_MAX / 20)
			return false;
		*out = *out * 10 + (uint64_t)(r->value[i] - '0');
	}
	return r->value_len > 0;
}

static int check_pax(const struct extended *x, struct layer_header *out, struct err *err)
{
	const char *p = x->body, *end = p + x->size;
	struct record r;
	int more;
	while ((more = next_record(&p, end, &r)) > 0) {
		if (memchr(r.key, '\0', r.key_len) || (is_name(&r) && memchr(r.value, '\0', r.value_len)))
			return err_set(err, ERR_CORRUPT, "tar-header-malformed",
				       "its pax header has a name with a NUL byte");
		if (key_is(&r, "GNU.sparse.map") && !is_sparse_map(&r))
			return err_set(err, ERR_CORRUPT, "sparse-map-malformed", "its sparse map is malformed");
		if (key_is(&r, "size") && x->type != 'g' && !decimal(&r, &out->stored))
			return err_set(err, ERR_CORRUPT, "tar-header-malformed", "its pax header has a malformed size");
		if (key_is(&r, "mtime") && x->type != 'g')
			negative_time(&r, out);
	}
	return more < 0 ? err_set(err, ERR_CORRUPT, "tar-header-malformed", "its pax header is malformed") : 0;
}

/* Where the content begins: behind the entry's own header at pos and GNU's blocks of a sparse map. */
static size_t find_data(const char *data, size_t n, size_t pos)
{
	const char *h = data + pos;
	pos += BLOCK;
	if (memcmp(h + MAGIC_OFFSET, "ustar  ", 8) || !h[SPARSE_OFFSET] || !h[SPARSE_MORE_OFFSET])
		return pos;
	while (pos + BLOCK <= n) {
		pos += BLOCK;
		if (!data[pos - BLOCK + SPARSE_AGAIN_OFFSET])
			break;
	}
	return pos;
}

int layer_header_check(const void *data, size_t n, struct layer_header *out, struct err *err)
{
	*out = (struct layer_header){.stored = UINT64_MAX};
	struct extended x;
	size_t pos = 0;
	while (next_extended(data, n, &pos, &x)) {
		if (x.type == 'L' || x.type == 'K') {
			size_t len = strnlen(x.body, x.size);
			for (size_t i = len; i < x.size; i++)
				if (x.body[i])
					return err_set(err, ERR_CORRUPT, "tar-header-malformed",
						       "its GNU long name has a NUL byte inside");
		} else if (strchr("xXg", x.type)) {
			int r = check_pax(&x, out, err);
			if (r < 0)
				return r;
		}
	}
	if (n < BLOCK || pos > n - BLOCK)
		return err_set(err, ERR_CORRUPT, "tar-header-truncated", "its headers are truncated");
	if (out->stored == UINT64_MAX)
		out->stored = field_size((const char *)data + pos + SIZE_OFFSET);
	out->data_start = find_data(data, n, pos);
	return 0;
}

void layer_header_name(const void *data, size_t n, struct buf *out)
{
	struct extended x;
	struct record r;
	size_t pos = 0;
	if (n < BLOCK || !tar_is_header(data))
		return;
	while (next_extended(data, n, &pos, &x)) {
		if (x.type == 'L') {
			buf_append(out, x.body, strnlen(x.body, x.size));
			return;
		}
		const char *p = x.body;
		while (x.type == 'x' && next_record(&p, x.body + x.size, &r) > 0) {
			if (key_is(&r, "path") || key_is(&r, "GNU.sparse.name")) {
				buf_append(out, r.value, r.value_len);
				return;
			}
		}
	}
	if (n >= BLOCK && pos <= n - BLOCK && tar_is_header((const char *)data + pos)) {
		const char *name = (const char *)data + pos + NAME_OFFSET;
		buf_append(out, name, strnlen(name, NAME_SIZE));
	}
}
