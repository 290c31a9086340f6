#include "formats/beam.h"

#include <libdeflate.h>

#include "base/buf.h"
#include "unit.h"

static void on_atom(void *ctx, const char *name, size_t n)
{
	buf_printf(ctx, "a:%.*s ", (int)n, name);
}

static void on_text(void *ctx, const char *text, size_t n)
{
	buf_printf(ctx, "s:%.*s ", (int)n, text);
}

static void number(struct buf *b, uint32_t v, size_t size)
{
	for (size_t i = size; i--;)
		buf_char(b, (char)(v >> (8 * i)));
}

static void chunk(struct buf *b, const char *name, const struct buf *content)
{
	buf_append(b, name, 4);
	number(b, (uint32_t)content->len, 4);
	buf_append(b, content->data, content->len);
	for (size_t i = content->len; i % 4; i++)
		buf_char(b, '\0');
}

/* An atom "lists" and one "os", in the form of OTP 28 or the one before; the literals "date -u" and <<"x/y">>. */
static void module(struct buf *out, bool new_form)
{
	static const char terms[] = "\0\0\0\2\0\0\0\13\203k\0\7date -u\0\0\0\11\203m\0\0\0\3x/ym\377\377\377\377";
	CLEANUP_BUF struct buf atoms = {0}, literals = {0};
	number(&atoms, new_form ? -2u : 2, 4);
	number(&atoms, new_form ? 5 << 4 : 5, 1);
	buf_append(&atoms, "lists", 5);
	if (new_form)
		buf_append(&atoms, "\x08\x02", 2); /* two, in two bytes */
	else
		number(&atoms, 2, 1);
	buf_append(&atoms, "os", 2);
	number(&literals, new_form ? 0 : sizeof(terms) - 1, 4);
	if (new_form) {
		buf_append(&literals, terms, sizeof(terms) - 1);
	} else {
		char packed[256];
		struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
		size_t n = libdeflate_zlib_compress(c, terms, sizeof(terms) - 1, packed, sizeof(packed));
		libdeflate_free_compressor(c);
		buf_append(&literals, packed, n);
	}
	buf_append(out, "FOR1\0\0\0\0BEAM", 12);
	chunk(out, "AtU8", &atoms);
	chunk(out, "LitT", &literals);
}

static void names(void **state)
{
	for (int new_form = 0; new_form < 2; new_form++) {
		CLEANUP_BUF struct buf file = {0}, got = {0};
		module(&file, new_form);
		assert_true(beam_read(file.data, file.len, &(struct beam){on_atom, on_text, &got}));
		assert_string_equal(got.data, "a:lists a:os s:date -u s:x/y ");
	}
}

/* erlc +compressed */
static void compressed(void **state)
{
	char packed[512];
	CLEANUP_BUF struct buf file = {0}, got = {0};
	module(&file, false);
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t n = libdeflate_gzip_compress(c, file.data, file.len, packed, sizeof(packed));
	libdeflate_free_compressor(c);
	assert_true(beam_read(packed, n, &(struct beam){on_atom, NULL, &got}));
	assert_string_equal(got.data, "a:lists a:os ");
	packed[n - 1] = 0x7f; /* says that it holds 2 GB */
	assert_false(beam_read(packed, n, &(struct beam){on_atom, NULL, &got}));
}

static void broken(void **state)
{
	CLEANUP_BUF struct buf file = {0};
	module(&file, false);
	for (size_t i = 0; i < file.len; i++) {
		CLEANUP_BUF struct buf got = {0};
		char old = file.data[i];
		assert_int_equal(beam_read(file.data, i, &(struct beam){on_atom, on_text, &got}), i >= 12);
		file.data[i] = (char)0xff;
		(void)beam_read(file.data, file.len, &(struct beam){on_atom, on_text, &got});
		file.data[i] = old;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(compressed),
					   cmocka_unit_test(broken)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
