#include "unit.h"

#include "base/buf.h"
#include "formats/text_search.h"

static void on_found(void *ctx, size_t id, size_t at)
{
	struct buf *b = ctx;
	buf_char(b, (char)('a' + id));
}

static const char *const texts[] = {"/bin/sh", "/etc/ssl/certs", "abcdefgh", "/etc/ssl/certs/ca.crt",
				    "\xff\xfe\xfd\xfc\xfb\xfa\xf9"};

static void search_one(const char *data, size_t n, const char *want)
{
	CLEANUP_STRSET struct strset set = {0};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)strset_add(&set, texts[i]);
	struct text_search *s = text_search_new(&set);
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	text_search_run(s, data, n, on_found, &got);
	text_search_free(s);
	assert_string_equal(got.data, want);
}

/* Wherever a text lies, and however little is around it. */
static void every_place(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t before = 0; before < 9; before++)
			for (size_t after = 0; after < 9; after++) {
				CLEANUP_BUF struct buf data = {0};
				for (size_t j = 0; j < before; j++)
					buf_char(&data, 'x');
				buf_str(&data, texts[i]);
				for (size_t j = 0; j < after; j++)
					buf_char(&data, 'x');
				char id[2] = {(char)('a' + i), '\0'};
				if (i != 3) /* it holds another */
					search_one(data.data, data.len, id);
			}
}

static void several(void **state)
{
	search_one("", 0, "");
	search_one("/bin/s", 6, "");
	search_one("/bin/sh/bin/shabcdefgh", 22, "aac");
	search_one("/bin/shell", 6, ""); /* behind the end */
	search_one("/etc/ssl/certs/ca.crt", 20, "b");
	CLEANUP_STRSET struct strset none = {0};
	struct text_search *s = text_search_new(&none);
	text_search_run(s, "abcdefgh", 8, on_found, NULL);
	text_search_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_place),
	    cmocka_unit_test(several),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
