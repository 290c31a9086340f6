#include "unit.h"

#include "probe/routes/compiled.h"

static bool has(const struct routes_finds *f, const char *path)
{
	return strset_find(&f->paths[ROUTES_COMPILED], path) != STRSET_NONE;
}

static void texts_with_an_end(void **state)
{
	static const char data[] = "\0/one\0/two/three.txt\0/etc/passwd\0word/not\0";
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	routes_bytes_read(&f, data, sizeof(data));
	assert_true(has(&f, "/one"));
	assert_true(has(&f, "/two/three.txt"));
	assert_false(has(&f, "/etc/passwd"));
	assert_false(has(&f, "/not"));
}

/* As Go and Rust have them. */
static void glued_texts(void **state)
{
	static const char data[] = ", val --/items/proc//shell390625:https ./healthz/static//uid_map01234\0/env/exeErr";
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	routes_bytes_read(&f, data, sizeof(data));
	assert_true(has(&f, "/items"));
	assert_true(has(&f, "/shell"));
	assert_true(has(&f, "/healthz"));
	assert_true(has(&f, "/static"));
	assert_true(has(&f, "/env"));
	assert_true(has(&f, "/exe"));
}

/* A text at the very end has no byte behind it. */
static void a_text_that_is_cut_off(void **state)
{
	static const char data[] = {'x', ' ', '/', 'a', 'b', 'c', '/', 'd'};
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	routes_bytes_read(&f, data, sizeof(data));
	assert_int_equal(f.paths[ROUTES_COMPILED].count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_with_an_end),
	    cmocka_unit_test(glued_texts),
	    cmocka_unit_test(a_text_that_is_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
