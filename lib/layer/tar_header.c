#include "layer/tar_header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "formats/tar.h"

#define MAX_PAX ((size_t)1 << 20) /* Go's and libarchive's cap for a special header */
#define PAX_NAME "PaxHeaders.0/"

static bool is_ascii(const char *s)
{
	for (; *s; s++)
		if (*s & 0x80)
			return false;
	return true;
}

/* As much of s as fits, bytes that are no ASCII replaced: for readers that know no pax. */
static void put_rough(char *field, size_t size, const char *s)
{
	for (size_t i = 0; i < size && s[i]; i++)
		field[i] = s[i] & 0x80 ? '_' : s[i];
}

static bool put_string(char *field, size_t size, const char *s)
{
	size_t n = strlen(s);
	if (n > size || !is_ascii(s)) {
		put_rough(field, size, s);
		return false;
	}
	memcpy(field, s, n);
	return true;
}

/* In name, or split at a slash into prefix and name; false when neither holds it. */
static bool put_path(struct tar_ustar *h, const char *path)
{
	size_t n = strlen(path);
	if (n > sizeof(h->name) && n <= sizeof(h->prefix) + 1 + sizeof(h->name) && is_ascii(path)) {
		/* the first slash that leaves a name short enough, and not empty */
		const char *slash = strchr(path + n - sizeof(h->name) - 1, '/');
		if (slash && slash[1] && (size_t)(slash - path) <= sizeof(h->prefix)) {
			memcpy(h->prefix, path, (size_t)(slash - path));
			memcpy(h->name, slash + 1, strlen(slash + 1));
			return true;
		}
	}
	return put_string(h->name, sizeof(h->name), path);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
static void record(struct buf *b, const char *key_a, const char *key_b, const void *value, size_t n)
{
	size_t rest = strlen(key_a) + strlen(key_b) + n + 3, len = rest + 1;
	for (size_t digits = 1, power = 10; len >= power; power *= 10)
		len = rest + ++digits;
	buf_printf(b, "%zu %s%s=", len, key_a, key_b);
	buf_append(b, value, n);
	buf_char(b, '\n');
}

static void record_text(struct buf *b, const char *key, const char *value)
{
	record(b, key, "", value, strlen(value));
}

static void record_number(struct buf *b, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	record_text(b, key, text);
}

static void record_time(struct buf *b, const char *key, struct timespec t)
{
	bool negative = t.tv_sec < 0;
	int64_t sec = t.tv_sec;
	long nsec = t.tv_nsec;
	if (negative) { /* -2 s + 0.4 s is written -1.6 */
		sec = nsec ? -(sec + 1) : -sec;
		nsec = nsec ? 1000000000 - nsec : 0;
	}
	char text[48];
	int n = snprintf(text, sizeof(text), "%s%" PRId64 ".%09ld", negative ? "-" : "", sec, nsec);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	record(b, key, "", text, (size_t)n);
}

static int add_xattrs(const struct layer_entry *e, struct buf *pax, struct err *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct layer_xattr *x = &e->xattrs[i];
		if (strchr(x->name, '='))
			return err_set(err, ERR_UNSUPPORTED, "tar-cannot-hold-entry",
				       "tar cannot hold an extended attribute with '=' in its name");
		if (x->len > MAX_PAX || pax->len > MAX_PAX)
			break; /* refused below */
		record(pax, "SCHILY.xattr.", x->name, x->value, x->len);
	}
	return 0;
}

static char type_flag(const struct layer_entry *e)
{
	switch (e->hardlink ? 0 : e->mode & S_IFMT) {
	case 0:
		return '1';
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFDIR:
		return '5';
	case S_IFIFO:
		return '6';
	}
	return '0';
}

static void append_ustar(struct tar_ustar *h, struct buf *out)
{
	tar_seal(h);
	buf_append(out, h, sizeof(*h));
}

static void append_pax(const char *path, const struct buf *pax, struct buf *out)
{
	struct tar_ustar h = {.type = 'x'};
	const char *base = strrchr(path, '/');
	memcpy(h.name, PAX_NAME, strlen(PAX_NAME));
	put_rough(h.name + strlen(PAX_NAME), sizeof(h.name) - strlen(PAX_NAME), base ? base + 1 : path);
	tar_put_octal(h.mode, sizeof(h.mode), 0644);
	tar_put_octal(h.uid, sizeof(h.uid), 0);
	tar_put_octal(h.gid, sizeof(h.gid), 0);
	tar_put_octal(h.size, sizeof(h.size), (int64_t)pax->len);
	tar_put_octal(h.mtime, sizeof(h.mtime), 0);
	append_ustar(&h, out);
	static const char zeros[TAR_BLOCK];
	buf_append(out, pax->data, pax->len);
	buf_append(out, zeros, -pax->len % TAR_BLOCK);
}

int layer_tar_header_append(const struct layer_entry *e, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf pax = {0}, path = {0};
	struct tar_ustar h = {.type = type_flag(e)};
	bool directory = h.type == '5', device = h.type == '3' || h.type == '4';
	buf_printf(&path, "%s%s", e->path[0] ? e->path : ".", directory ? "/" : "");
	int r = add_xattrs(e, &pax, err);
	if (r < 0)
		return r;
	/* records in the order of their keys */
	if (!tar_put_octal(h.gid, sizeof(h.gid), e->gid))
		record_number(&pax, "gid", e->gid);
	if ((h.type == '1' || h.type == '2') && !put_string(h.link, sizeof(h.link), e->link))
		record_text(&pax, "linkpath", e->link);
	if (!tar_put_octal(h.mtime, sizeof(h.mtime), e->mtime.tv_sec) || e->mtime.tv_nsec)
		record_time(&pax, "mtime", e->mtime);
	if (!put_path(&h, path.data))
		record_text(&pax, "path", path.data);
	uint64_t size = h.type == '0' ? e->size : 0;
	if (!tar_put_octal(h.size, sizeof(h.size), (int64_t)size))
		record_number(&pax, "size", size);
	if (!tar_put_octal(h.uid, sizeof(h.uid), e->uid))
		record_number(&pax, "uid", e->uid);
	tar_put_octal(h.mode, sizeof(h.mode), e->mode & 07777);
	if (!tar_put_octal(h.major, sizeof(h.major), device ? major(e->rdev) : 0) ||
	    !tar_put_octal(h.minor, sizeof(h.minor), device ? minor(e->rdev) : 0))
		return err_set(err, ERR_UNSUPPORTED, "tar-cannot-hold-entry", "tar cannot hold the device number %u:%u",
			       major(e->rdev), minor(e->rdev));
	if (pax.len > MAX_PAX)
		return err_set(err, ERR_LIMIT, "xattr-too-large", "its extended attributes have more than %zu bytes",
			       MAX_PAX);
	if (pax.len)
		append_pax(e->path, &pax, out);
	append_ustar(&h, out);
	return 0;
}
