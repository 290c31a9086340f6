#include "formats/cli_metadata.h"

#include <string.h>

#include "base/limits.h"
#include "formats/cli_image.h"

/* Tables that matter here, and the columns that are not an index into one table (numbers below TABLES). */
enum { TYPE_REF = 0x01, MODULE_REF = 0x1a, ASSEMBLY_REF = 0x23, TABLES = 0x2d };
enum column {
	END = TABLES,
	U2,
	U4,
	STRING,
	GUID,
	BLOB,
	TYPE_OR_REF, /* the coded indexes of II.24.2.6 from here on */
	CONSTANT,
	ATTRIBUTE_PARENT,
	MARSHAL,
	SECURITY,
	MEMBER_PARENT,
	SEMANTICS,
	METHOD,
	FORWARDED,
	IMPLEMENTATION,
	ATTRIBUTE_TYPE,
	SCOPE,
};

/* A coded index has room for the rows of its biggest table, and for a tag. */
static const struct {
	uint8_t tag_bits, n, tables[22];
} coded[] = {
    [TYPE_OR_REF - TYPE_OR_REF] = {2, 3, {0x02, 0x01, 0x1b}},
    [CONSTANT - TYPE_OR_REF] = {2, 3, {0x04, 0x08, 0x17}},
    [ATTRIBUTE_PARENT - TYPE_OR_REF] = {5, 22, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14,
						0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},
    [MARSHAL - TYPE_OR_REF] = {1, 2, {0x04, 0x08}},
    [SECURITY - TYPE_OR_REF] = {2, 3, {0x02, 0x06, 0x20}},
    [MEMBER_PARENT - TYPE_OR_REF] = {3, 5, {0x02, 0x01, 0x1a, 0x06, 0x1b}},
    [SEMANTICS - TYPE_OR_REF] = {1, 2, {0x14, 0x17}},
    [METHOD - TYPE_OR_REF] = {1, 2, {0x06, 0x0a}},
    [FORWARDED - TYPE_OR_REF] = {1, 2, {0x04, 0x06}},
    [IMPLEMENTATION - TYPE_OR_REF] = {2, 3, {0x26, 0x23, 0x27}},
    [ATTRIBUTE_TYPE - TYPE_OR_REF] = {3, 2, {0x06, 0x0a}},
    [SCOPE - TYPE_OR_REF] = {2, 4, {0x00, 0x1a, 0x23, 0x01}},
};

/* II.22, up to the last table that matters. */
static const uint8_t schema[ASSEMBLY_REF + 1][10] = {
    {U2, STRING, GUID, GUID, GUID, END},
    {SCOPE, STRING, STRING, END},
    {U4, STRING, STRING, TYPE_OR_REF, 0x04, 0x06, END},
    {0x04, END},
    {U2, STRING, BLOB, END},
    {0x06, END},
    {U4, U2, U2, STRING, BLOB, 0x08, END},
    {0x08, END},
    {U2, U2, STRING, END},
    {0x02, TYPE_OR_REF, END},
    {MEMBER_PARENT, STRING, BLOB, END},
    {U2, CONSTANT, BLOB, END},
    {ATTRIBUTE_PARENT, ATTRIBUTE_TYPE, BLOB, END},
    {MARSHAL, BLOB, END},
    {U2, SECURITY, BLOB, END},
    {U2, U4, 0x02, END},
    {U4, 0x04, END},
    {BLOB, END},
    {0x02, 0x14, END},
    {0x14, END},
    {U2, STRING, TYPE_OR_REF, END},
    {0x02, 0x17, END},
    {0x17, END},
    {U2, STRING, BLOB, END},
    {U2, 0x06, SEMANTICS, END},
    {0x02, METHOD, METHOD, END},
    {STRING, END},
    {BLOB, END},
    {U2, FORWARDED, STRING, MODULE_REF, END},
    {U4, 0x04, END},
    {U4, U4, END},
    {U4, END},
    {U4, U2, U2, U2, U2, U4, BLOB, STRING, STRING, END},
    {U4, END},
    {U4, U4, U4, END},
    {U2, U2, U2, U2, U4, BLOB, STRING, STRING, BLOB, END},
};

struct tables {
	const struct cli_image *image;
	uint32_t rows[64];
	uint8_t heaps;         /* bit 0, 1, 2: strings, GUIDs, blobs have 4 bytes */
	uint64_t at[TABLES];   /* offset of a table in the stream */
	uint64_t size[TABLES]; /* bytes of one row */
};

static size_t column_size(const struct tables *t, uint8_t column)
{
	if (column < TABLES)
		return t->rows[column] > 0xffff ? 4 : 2;
	if (column == U2 || column == U4)
		return column == U2 ? 2 : 4;
	if (column <= BLOB)
		return t->heaps >> (column - STRING) & 1 ? 4 : 2;
	uint32_t most = 0;
	for (uint8_t i = 0; i < coded[column - TYPE_OR_REF].n; i++) {
		uint32_t rows = t->rows[coded[column - TYPE_OR_REF].tables[i]];
		most = rows > most ? rows : most;
	}
	return most >= 1u << (16 - coded[column - TYPE_OR_REF].tag_bits) ? 4 : 2;
}

static void begin(struct tables *t, const struct cli_image *image)
{
	const struct cli_stream *s = &image->tables;
	*t = (struct tables){.image = image, .heaps = (uint8_t)cli_stream_number(s, 6, 1)};
	uint64_t valid = cli_stream_number(s, 8, 8), at = 24;
	for (unsigned i = 0; i < 64; i++) {
		if (!(valid >> i & 1))
			continue;
		t->rows[i] = (uint32_t)cli_stream_number(s, at, 4);
		at += 4;
	}
	if (t->heaps & 0x40) /* of an uncompressed stream */
		at += 4;
	for (unsigned i = 0; i <= ASSEMBLY_REF; i++) {
		t->at[i] = at;
		for (const uint8_t *c = schema[i]; *c != END; c++)
			t->size[i] += column_size(t, *c);
		at += t->size[i] * t->rows[i];
	}
}

/* The text of a column of strings; "" for what is broken. */
static const char *name_at(const struct tables *t, unsigned table, uint32_t row, unsigned column)
{
	const struct cli_stream *s = &t->image->strings;
	uint64_t at = t->at[table] + t->size[table] * row;
	for (unsigned i = 0; i < column; i++)
		at += column_size(t, schema[table][i]);
	uint64_t offset = cli_stream_number(&t->image->tables, at, column_size(t, STRING));
	if (offset >= s->n || !memchr(s->p + offset, '\0', s->n - offset))
		return "";
	const char *name = (const char *)s->p + offset;
	return strnlen(name, LIMIT_NAME + 1) <= LIMIT_NAME ? name : "";
}

/* Rows that are in the stream. */
static uint32_t rows_of(const struct tables *t, unsigned table)
{
	uint64_t n = t->image->tables.n, at = t->at[table];
	uint64_t room = at < n ? (n - at) / t->size[table] : 0;
	return t->rows[table] < room ? t->rows[table] : (uint32_t)room;
}

static void names(const struct tables *t, unsigned table, unsigned column, void (*on_name)(void *, const char *),
		  void *ctx)
{
	for (uint32_t i = 0; on_name && i < rows_of(t, table); i++) {
		const char *name = name_at(t, table, i, column);
		if (*name)
			on_name(ctx, name);
	}
}

/* UTF-16 to UTF-8. False for what has surrogates, which no name of a file has. */
static bool convert(const struct cli_stream *s, size_t at, size_t units, struct buf *out)
{
	out->len = 0;
	for (size_t i = 0; i < units; i++) {
		uint32_t c = (uint32_t)cli_stream_number(s, at + 2 * i, 2);
		if (c >= 0xd800 && c < 0xe000)
			return false;
		if (c < 0x80) {
			buf_char(out, (char)c);
			continue;
		}
		if (c < 0x800) {
			buf_char(out, (char)(0xc0 | c >> 6));
		} else {
			buf_char(out, (char)(0xe0 | c >> 12));
			buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		}
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	}
	return out->len > 0;
}

/* II.24.2.4: each with its length in bytes, in one, two or four bytes; an odd one has a flag at its end. */
static void texts(const struct cli_stream *s, const struct cli_metadata *c)
{
	CLEANUP_BUF struct buf text = {0};
	for (uint64_t at = 1; at < s->n;) {
		unsigned first = s->p[at], width = first < 0x80 ? 1 : first < 0xc0 ? 2 : 4;
		uint64_t n = 0;
		for (unsigned i = 0; i < width; i++)
			n = n << 8 | cli_stream_number(s, at + i, 1);
		n &= width == 1 ? 0x7f : width == 2 ? 0x3fff : 0x1fffffff;
		at += width;
		if (at > s->n || n > s->n - at)
			return;
		if (n > 1 && n <= 2 * LIMIT_PATH && convert(s, at, n / 2, &text))
			c->text(c->ctx, text.data, text.len);
		at += n;
	}
}

bool cli_metadata_read(int fd, const struct cli_metadata *c)
{
	CLEANUP_CLI_IMAGE struct cli_image image;
	struct tables t;
	if (!cli_image_read(fd, &image))
		return false;
	begin(&t, &image);
	names(&t, ASSEMBLY_REF, 6, c->assembly, c->ctx);
	names(&t, MODULE_REF, 0, c->library, c->ctx);
	for (uint32_t i = 0; c->type && i < rows_of(&t, TYPE_REF); i++)
		c->type(c->ctx, name_at(&t, TYPE_REF, i, 2), name_at(&t, TYPE_REF, i, 1));
	if (c->text)
		texts(&image.texts, c);
	return true;
}
