#include "keep/source/path_texts.h"

#include "unit.h"

#include "image.h"

static void on_node(void *ctx, uint32_t node)
{
	const struct image_index *x = ((void **)ctx)[0];
	struct buf *got = ((void **)ctx)[1];
	if (got->len)
		buf_char(got, ' ');
	image_index_path(x, node, got);
}

static void make(struct test_image *m)
{
	image_init(m);
	image_file(m, "usr/share/app/data/a.dat", "x");
	image_file(m, "usr/share/app-data/b", "x");
	image_file(m, "usr/lib/mod/c", "x");
	image_file(m, "usr/local/share/own/d", "x");
	image_file(m, "opt/tool/e", "x");
	image_file(m, "var/lib/db/f", "x");
	image_link(m, "usr/share/moved", "/var/lib/db");
	image_index(m);
}

static void finds(const char *data, size_t n, const char *want)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	make(&m);
	CLEANUP_BUF struct buf got = {0};
	buf_str(&got, "");
	struct keep_path_texts *p = keep_path_texts_new(m.index);
	keep_path_texts_in(p, data, n, on_node, (void *[]){m.index, &got});
	keep_path_texts_free(p);
	assert_string_equal(got.data, want);
}

#define FINDS(text, want) finds(text, sizeof(text), want)

static void texts(void **state)
{
	FINDS("x\0/usr/share/app\0y", "/usr/share/app");
	FINDS("\0/usr/share/app/%s.dat", "/usr/share/app");
	FINDS("\0/usr/share/app/data/none", "/usr/share/app/data");
	FINDS("\0/usr/share/app//data/a.dat", "/usr/share/app/data/a.dat");
	FINDS("dir=\"/usr/share/app\"", "/usr/share/app");
	FINDS("/usr/share/app:/opt/tool/x", "/usr/share/app /opt/tool");
	FINDS("file:///usr/local/share/own", "/usr/local/share/own");
	FINDS("\0/usr/share/moved/f", "/var/lib/db/f");
	FINDS("\0/usr/share/apple", "/usr/share"); /* another name */
	FINDS("\0/usr/share/ap", "/usr/share");
	FINDS("\0/usr/shard", "");
	FINDS("\0/usr/lib/../share/app", "/usr/lib"); /* as it stands */
	FINDS("\0/etc/app", "");
	FINDS("", "");
}

/* Go and Rust keep texts without an end. */
static void glued(void **state)
{
	FINDS("failed/usr/share/appContent", "/usr/share/app");
	FINDS("failed/usr/share/app-databases", "/usr/share/app-data");
	FINDS("failed/usr/share/app/usr/lib/modX", "/usr/share/app /usr/lib/mod");
	FINDS("failed/usr/share/apX", "/usr/share");
}

static void wide(void **state)
{
	for (size_t before = 0; before < 5; before++)
		for (size_t cut = 0; cut < 2; cut++) {
			CLEANUP_BUF struct buf b = {0};
			for (size_t i = 0; i < before; i++)
				buf_char(&b, 'x');
			for (const char *c = "/usr/share/app"; *c; c++)
				buf_append(&b, (const char[]){*c, '\0'}, 2);
			finds(b.data, b.len - cut, cut ? "/usr/share" : "/usr/share/app");
		}
	FINDS("/\0o\0p\0t\0/\0t\0o\0o\0l\0\0\1", "/opt/tool");
	FINDS("/\0u\0s\0r\0/\0l\0i\0b\1", "/usr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(glued), cmocka_unit_test(wide)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
