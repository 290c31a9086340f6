#include "formats/java_class.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

enum { UTF8 = 1, LONG = 5, DOUBLE = 6, CLASS = 7 };

struct reader {
	const unsigned char *p, *end;
};

static uint32_t number(struct reader *r, size_t bytes)
{
	uint32_t v = 0;
	for (; bytes; bytes--)
		v = v << 8 | (r->p < r->end ? *r->p++ : 0);
	return v;
}

/* Reads up to the constants. Returns how many places they take, 0 if it is not a class file. */
static uint32_t begin(struct reader *r, const char *data, size_t n)
{
	*r = (struct reader){(const unsigned char *)data, (const unsigned char *)data + n};
	if (number(r, 4) != 0xcafebabe)
		return 0;
	(void)number(r, 4); /* version */
	return number(r, 2);
}

/* Go over one constant; *size: bytes behind its tag, of a text those behind its length. 0 if it is broken. */
static uint32_t constant(struct reader *r, uint32_t *size)
{
	/* bytes behind the tag, by tag; 0 = none such */
	static const uint8_t sizes[] = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};
	uint32_t tag = number(r, 1);
	*size = tag == UTF8 ? number(r, 2) : tag < sizeof(sizes) ? sizes[tag] : 0;
	if ((!*size && tag != UTF8) || (size_t)(r->end - r->p) < *size)
		return 0;
	r->p += *size;
	return tag;
}

bool java_class_name(const char *data, size_t n, struct buf *out)
{
	struct reader r;
	uint32_t count = begin(&r, data, n), size;
	CLEANUP_FREE const unsigned char **at = mem_calloc(count + 1, sizeof(*at));
	for (uint32_t i = 1; i < count; i++) {
		at[i] = r.p;
		uint32_t tag = constant(&r, &size);
		if (!tag)
			return false;
		i += tag == LONG || tag == DOUBLE; /* take two places */
	}
	(void)number(&r, 2); /* access flags */
	uint32_t class = number(&r, 2);
	if (!class || class >= count || !at[class] || *at[class] != CLASS)
		return false;
	struct reader c = {at[class] + 1, r.end};
	uint32_t name = number(&c, 2);
	if (!name || name >= count || !at[name] || *at[name] != UTF8)
		return false;
	struct reader u = {at[name] + 1, r.end};
	uint32_t len = number(&u, 2);
	buf_append(out, u.p, len);
	return len && len <= LIMIT_PATH && !memchr(u.p, '\0', len);
}

void java_class_texts(const char *data, size_t n, void (*on_text)(void *ctx, const char *text, size_t n), void *ctx)
{
	struct reader r;
	uint32_t count = begin(&r, data, n), size;
	for (uint32_t i = 1, tag; i < count && (tag = constant(&r, &size)); i++) {
		if (tag == UTF8)
			on_text(ctx, (const char *)r.p - size, size);
		i += tag == LONG || tag == DOUBLE;
	}
}
