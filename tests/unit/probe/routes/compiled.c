#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
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

/* A file of n classes that hold nothing, but are long. */
static int jar_of(unsigned n, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	int fd = dup(fileno(file));
	CLEANUP_FREE char *class = calloc(1, size);
	struct archive *a = archive_write_new();
	archive_write_set_format_zip(a);
	assert_int_equal(archive_write_open_fd(a, fd), ARCHIVE_OK);
	for (unsigned i = 0; i < n; i++) {
		char name[32];
		snprintf(name, sizeof(name), "a/C%u.class", i);
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, name);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_size(e, (la_int64_t)size);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, class, size), (la_ssize_t)size);
		archive_entry_free(e);
	}
	archive_write_free(a);
	fclose(file);
	return fd;
}

/* A jar of little bytes can hold many. */
static void a_jar_has_a_limit(void **state)
{
	enum { SIZE = 100000, MAX = 250000 };
	CLEANUP_ROUTES_FINDS struct routes_finds f = {0};
	CLEANUP_FD int fd = jar_of(40, SIZE);
	uint64_t read = routes_jar_read(&f, fd, MAX);
	assert_true(read >= MAX && read < MAX + 2 * SIZE);
	assert_true(routes_jar_read(&f, fd, UINT64_MAX) > 40 * SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_with_an_end),
	    cmocka_unit_test(glued_texts),
	    cmocka_unit_test(a_text_that_is_cut_off),
	    cmocka_unit_test(a_jar_has_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
