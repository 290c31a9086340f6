/* tests/unit/formats/cli_maker.h - makes the smallest .NET assembly that names others, libraries, types and texts. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct cli_sample {
	const char *assemblies[4], *libraries[4], *texts[4]; /* each up to NULL */
	const char *types[4][2];                             /* namespace and name */
};

static inline void put(struct buf *b, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_char(b, i < 8 ? (char)(v >> (8 * i)) : 0);
}

static inline void pad(struct buf *b, size_t to)
{
	while (b->len < to)
		buf_char(b, '\0');
}

static inline uint16_t add_name(struct buf *heap, const char *name)
{
	uint16_t at = (uint16_t)heap->len;
	buf_append(heap, name, strlen(name) + 1);
	return at;
}

static inline size_t count_of(const char *const *list)
{
	size_t n = 0;
	while (n < 4 && list[n])
		n++;
	return n;
}

/* Tables Module, TypeRef, ModuleRef, AssemblyRef; names: the heap. */
static inline void put_tables(struct buf *b, const struct cli_sample *s, struct buf *names)
{
	size_t types = 0;
	while (types < 4 && s->types[types][0])
		types++;
	put(b, 0, 4);
	put(b, 2, 2); /* version 2.0, small heaps */
	put(b, 0, 2);
	put(b, 1 | 1 << 1 | 1ull << 0x1a | 1ull << 0x23, 8);
	put(b, 0, 8);
	put(b, 1, 4);
	put(b, types, 4);
	put(b, count_of(s->libraries), 4);
	put(b, count_of(s->assemblies), 4);
	put(b, 0, 10);
	for (size_t i = 0; i < types; i++) {
		put(b, 6, 2);
		put(b, add_name(names, s->types[i][1]), 2);
		put(b, add_name(names, s->types[i][0]), 2);
	}
	for (size_t i = 0; i < count_of(s->libraries); i++)
		put(b, add_name(names, s->libraries[i]), 2);
	for (size_t i = 0; i < count_of(s->assemblies); i++) {
		put(b, 4, 8); /* version 4.0.0.0 */
		put(b, 0, 6);
		put(b, add_name(names, s->assemblies[i]), 2);
		put(b, 0, 4);
	}
	pad(b, (b->len + 3) / 4 * 4);
}

static inline void put_stream(struct buf *b, size_t at, size_t n, const char *name)
{
	put(b, at, 4);
	put(b, n, 4);
	buf_append(b, name, strlen(name) + 1);
	pad(b, (b->len + 3) / 4 * 4);
}

static inline void cli_assembly(struct buf *out, const struct cli_sample *s)
{
	CLEANUP_BUF struct buf tables = {0}, names = {0}, texts = {0}, meta = {0};
	buf_char(&names, '\0');
	buf_char(&texts, '\0');
	put_tables(&tables, s, &names);
	for (size_t i = 0; i < count_of(s->texts); i++) {
		size_t n = 2 * strlen(s->texts[i]) + 1;
		put(&texts, n < 0x80 ? n : 0x80 | n >> 8, 1);
		if (n >= 0x80)
			put(&texts, n, 1);
		for (const char *c = s->texts[i]; *c; c++)
			put(&texts, (unsigned char)*c, 2);
		buf_char(&texts, '\0');
	}
	put(&meta, 0x424a5342, 4);
	put(&meta, 0x00010001, 4);
	put(&meta, 0, 4);
	put(&meta, 4, 4);
	buf_append(&meta, "v4\0", 4);
	put(&meta, 3 << 16, 4);
	size_t at = meta.len + 12 + 20 + 12;
	put_stream(&meta, at, tables.len, "#~");
	put_stream(&meta, at + tables.len, names.len, "#Strings");
	put_stream(&meta, at + tables.len + names.len, texts.len, "#US");
	buf_append(&meta, tables.data, tables.len);
	buf_append(&meta, names.data, names.len);
	buf_append(&meta, texts.data, texts.len);

	buf_str(out, "MZ");
	pad(out, 0x3c);
	put(out, 0x40, 4);
	put(out, 0x4550, 4);
	put(out, 0x014c, 2);
	put(out, 1, 2); /* one section */
	put(out, 0, 12);
	put(out, 224, 2);
	put(out, 0, 2);
	size_t optional = out->len;
	put(out, 0x10b, 2);
	pad(out, optional + 92);
	put(out, 16, 4);
	pad(out, optional + 96 + 14 * 8);
	put(out, 0x2000, 4);
	put(out, 72, 4);
	pad(out, optional + 224);
	buf_append(out, ".text\0\0", 8);
	put(out, 72 + meta.len, 4);
	put(out, 0x2000, 4);
	put(out, 72 + meta.len, 4);
	put(out, 512, 4);
	pad(out, 512);
	put(out, 72, 4);
	put(out, 0x00050002, 4);
	put(out, 0x2000 + 72, 4);
	put(out, meta.len, 4);
	pad(out, 512 + 72);
	buf_append(out, meta.data, meta.len);
}
