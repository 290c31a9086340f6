/* A line has some hundred bytes and an image 30000 files: lines are searched as text, and decoded only if they hold
 * something that is needed. */
#include "transport/engine/tar_split.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "layer/codec.h"
#include "layer/reader.h"
#include "text/base64.h"
#include "text/json.h"

#define TAR_BLOCK 512
#define READ_SIZE ((size_t)1 << 18)
#define FILE_LINE "{\"type\":1,\"name\":\""
#define BYTES_LINE "{\"type\":2,\"payload\":\""

struct scan {
	struct layer_unpacked *out;
	const char *headers; /* base64 of the last line of bytes, up to its quote; NULL = not seen yet */
	size_t headers_len;
	struct buf kept; /* where headers points into, while the next lines are read */
};

static int odd(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited", "its tar-split data is malformed");
}

/* Bytes that base64 of this length stands for. */
static size_t decoded_size(const char *s, size_t n)
{
	size_t padding = n >= 2 ? (size_t)(s[n - 1] == '=') + (s[n - 2] == '=') : 0;
	return n / 4 * 3 - padding;
}

/* Whether a pax header in these bytes has a time of last change with a fraction. */
static bool has_fraction(const struct buf *b)
{
	static const char key[] = " mtime=";
	for (const char *at = b->data, *end = b->data + b->len; at < end; at++) {
		at = memmem(at, (size_t)(end - at), key, strlen(key));
		if (!at)
			return false;
		const char *p = at + strlen(key);
		while (p < end && (isdigit((unsigned char)*p) || *p == '-'))
			p++;
		if (p < end && *p == '.')
			while (++p < end && isdigit((unsigned char)*p))
				if (*p != '0')
					return true;
	}
	return false;
}

static int take_bytes(struct scan *s, const char *base64, size_t n, struct err *err)
{
	size_t size = decoded_size(base64, n);
	s->out->tar_size += size;
	s->kept.len = 0;
	buf_append(&s->kept, base64, n);
	s->headers = s->kept.data;
	s->headers_len = n;
	/* less than two blocks, with a file's padding before them, are no pax header */
	if (size < 2 * TAR_BLOCK || !s->out->whole_seconds)
		return 0;
	CLEANUP_BUF struct buf b = {0};
	if (base64_decode(base64, n, &b) < 0)
		return odd(err);
	s->out->whole_seconds = !has_fraction(&b);
	return 0;
}

/* The last bytes end with the headers of the root; padding of a file may come before them. */
static int take_root(struct scan *s, struct err *err)
{
	static const char end[2 * TAR_BLOCK];
	CLEANUP_BUF struct buf b = {0};
	if (!s->headers || base64_decode(s->headers, s->headers_len, &b) < 0 || b.len < TAR_BLOCK)
		return odd(err);
	size_t padding = b.len % TAR_BLOCK;
	buf_append(&b, end, sizeof(end));
	CLEANUP_LAYER_READER struct layer_reader *reader =
	    layer_reader_new(io_reader_bytes(b.data + padding, b.len - padding));
	const struct layer_entry *e;
	int r = layer_reader_next(reader, &e, err);
	if (r < 0)
		return err_wrap(err, "the root in its tar");
	if (r == 0 || e->path[0] || !S_ISDIR(e->mode))
		return odd(err);
	if (e->n_xattrs)
		return err_set(err, ERR_UNSUPPORTED, "in-place-unsuited",
			       "the root in its tar has extended attributes");
	s->out->bare_root = false;
	s->out->root = (struct stat){.st_mode = e->mode, .st_uid = e->uid, .st_gid = e->gid, .st_mtim = e->mtime};
	return 0;
}

static bool is_root(const char *name, size_t n)
{
	while (n && (name[n - 1] == '/' || (name[n - 1] == '.' && (n == 1 || name[n - 2] == '/'))))
		n--;
	return n == 0;
}

static bool is_opaque_mark(const char *name, size_t n)
{
	static const char mark[] = ".wh..wh..opq";
	size_t len = strlen(mark);
	return n >= len && memcmp(name + n - len, mark, len) == 0 && (n == len || name[n - len - 1] == '/');
}

static int take_file(struct scan *s, const char *name, size_t n, uint64_t size, struct err *err)
{
	if (size > LIMIT_LAYER_BYTES || s->out->entries > LIMIT_ENTRIES)
		return odd(err);
	s->out->tar_size += size;
	if (is_root(name, n))
		return take_root(s, err);
	s->out->entries += !is_opaque_mark(name, n);
	return 0;
}

/* A line that is not as Go's encoder writes the ordinary ones. */
static int take_json(struct scan *s, const char *line, size_t n, struct err *err)
{
	json_auto_t *v = NULL;
	CLEANUP_BUF struct buf decoded = {0};
	const char *name = NULL, *raw = NULL, *payload = NULL;
	uint64_t type, size = 0;
	int r = json_parse_object(line, n, LIMIT_TAR_SPLIT_LINE, "a line", &v, err);
	if (r < 0 || (r = json_get_uint(v, "type", true, &type, err)) < 0 ||
	    (r = json_get_uint(v, "size", false, &size, err)) < 0 ||
	    (r = json_get_string(v, "payload", false, &payload, err)) < 0 ||
	    (r = json_get_string(v, "name", false, &name, err)) < 0 ||
	    (r = json_get_string(v, "name_raw", false, &raw, err)) < 0)
		return odd(err);
	if (type == 2)
		return take_bytes(s, payload ? payload : "", payload ? strlen(payload) : 0, err);
	if (type != 1 || (raw && base64_decode(raw, strlen(raw), &decoded) < 0) || (!raw && !name))
		return odd(err);
	return raw ? take_file(s, decoded.data ? decoded.data : "", decoded.len, size, err)
		   : take_file(s, name, strlen(name), size, err);
}

static int take_line(struct scan *s, const char *line, size_t n, struct err *err)
{
	const size_t bytes = strlen(BYTES_LINE), file = strlen(FILE_LINE);
	if (n > bytes && memcmp(line, BYTES_LINE, bytes) == 0) {
		const char *end = memchr(line + bytes, '"', n - bytes);
		return end ? take_bytes(s, line + bytes, (size_t)(end - line) - bytes, err) : odd(err);
	}
	if (n <= file || memcmp(line, FILE_LINE, file) != 0 || memchr(line, '\\', n))
		return take_json(s, line, n, err);
	const char *name = line + file, *end = memchr(name, '"', n - file);
	if (!end)
		return odd(err);
	static const char key[] = "\",\"size\":";
	uint64_t size = 0;
	if ((size_t)(line + n - end) > strlen(key) && memcmp(end, key, strlen(key)) == 0)
		for (const char *p = end + strlen(key); p < line + n && isdigit((unsigned char)*p); p++)
			size = size < LIMIT_LAYER_BYTES ? size * 10 + (uint64_t)(*p - '0') : UINT64_MAX;
	return take_file(s, name, (size_t)(end - name), size, err);
}

/* All whole lines of b; the rest stays. */
static int take_lines(struct scan *s, struct buf *b, struct err *err)
{
	char *at = b->data, *end = b->data + b->len, *newline;
	int r = 0;
	while (r == 0 && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		r = take_line(s, at, (size_t)(newline - at), err);
		at = newline + 1;
	}
	b->len = (size_t)(end - at);
	memmove(b->data, at, b->len);
	return r < 0 || b->len <= LIMIT_TAR_SPLIT_LINE ? r : odd(err);
}

static void free_decoder(struct layer_decoder **d)
{
	layer_decoder_free(*d);
}

static int read_lines(struct scan *s, int fd, struct err *err)
{
	CLEANUP(free_decoder) struct layer_decoder *decoder = layer_decoder_new(io_reader_fd(fd));
	CLEANUP_BUF struct buf b = {0};
	uint64_t total = 0;
	for (;;) {
		buf_reserve(&b, READ_SIZE);
		ssize_t n = layer_decoder_read(decoder, b.data + b.len, READ_SIZE, err);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return b.len ? odd(err) : 0;
		b.len += (size_t)n;
		total += (uint64_t)n;
		if (total > LIMIT_TAR_SPLIT)
			return err_set(err, ERR_LIMIT, "in-place-unsuited",
				       "its tar-split data has more than %llu bytes", LIMIT_TAR_SPLIT);
		int r = take_lines(s, &b, err);
		if (r < 0)
			return r;
	}
}

int engine_tar_split_read(int fd, struct layer_unpacked *out, struct err *err)
{
	struct layer_unpacked u = {.bare_root = true, .whole_seconds = true, .root = {.st_mode = S_IFDIR | 0755}};
	struct scan s = {.out = &u};
	int r = read_lines(&s, fd, err);
	buf_done(&s.kept);
	if (r < 0)
		return r;
	u.path = out->path;
	*out = u;
	return 0;
}
