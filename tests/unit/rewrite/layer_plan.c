#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "image.h"
#include "rewrite/layer_plan.h"

static void keep(struct keep_set *k, const struct test_image *m, const char *paths)
{
	CLEANUP_FREE char *copy = mem_strdup(paths);
	char *save;
	for (char *p = strtok_r(copy, " ", &save); p; p = strtok_r(NULL, " ", &save))
		keep_node(k, image_node(m, p), KEEP_WHY(KEEP_TRACE, 0));
}

/* The root's owner is whoever runs the test, so its entry may be there. */
static void assert_plan(const struct test_image *m, const struct rewrite_plan *p, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	for (size_t i = 0; i < p->count; i++) {
		if (p->items[i].node == 0)
			continue;
		if (got.len)
			buf_char(&got, ' ');
		image_index_path(m->index, p->items[i].node, &got);
		if (p->items[i].first != IMAGE_NONE) {
			buf_char(&got, '=');
			image_index_path(m->index, p->items[i].first, &got);
		}
	}
	assert_string_equal(got.data ? got.data : "", want);
}

static void plans(const struct test_image *m, const char *kept, const char *want, uint64_t bytes, uint64_t files)
{
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_REWRITE_PLAN struct rewrite_plan p;
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	keep(&k, m, kept);
	rewrite_plan_make(&k, NULL, &p);
	assert_plan(m, &p, want);
	assert_int_equal(p.bytes, bytes);
	assert_int_equal(p.files, files);
}

static void depth_first(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "b/z", "12");
	image_file(&m, "b/a/x", "345");
	image_file(&m, "b.c", "6");
	image_link(&m, "a", "b");
	image_file(&m, "not", "kept");
	image_index(&m);
	plans(&m, "/b.c /b/z /a /b/a/x", "/a /b /b/a /b/a/x /b/z /b.c", 6, 3);
	plans(&m, "/b/a/x /a /b/z /b.c", "/a /b /b/a /b/a/x /b/z /b.c", 6, 3);
	plans(&m, "", "", 0, 0);
}

static void hard_links(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "bin/m", "1234");
	image_hardlink(&m, "bin/a", "bin/m");
	image_hardlink(&m, "bin/z", "bin/m");
	image_hardlink(&m, "other", "bin/m");
	image_file(&m, "bin/single", "12");
	image_index(&m);
	plans(&m, "/bin/z /bin/m /bin/a /other", "/bin /bin/a /bin/m=/bin/a /bin/z=/bin/a /other=/bin/a", 4, 1);
	plans(&m, "/bin/z /bin/m", "/bin /bin/m /bin/z=/bin/m", 4, 1); /* the first name is dropped */
	plans(&m, "/bin/z /bin/single", "/bin /bin/single /bin/z", 6, 2);
}

static void links_of_two_layers_are_two_files(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "a", "1");
	image_hardlink(&m, "b", "a");
	image_hardlink(&m, "c", "a");
	(void)image_layer(&m);
	image_file(&m, "b", "23"); /* copied up */
	image_hardlink(&m, "d", "b");
	image_index(&m);
	plans(&m, "/a /b /c /d", "/a /b /c=/a /d=/b", 3, 2);
}

static void sockets_are_left_out(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s/layer1/sock", m.dir);
	CLEANUP_FD int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(mkfifoat(image_top(&m), "fifo", 0600), 0);
	image_index(&m);
	plans(&m, "/sock /fifo", "/fifo", 0, 0);
}

static void the_root_if_it_says_something(void **state)
{
	static const mode_t modes[] = {0755, 0700, 01777};
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		CLEANUP_KEEP_SET struct keep_set k;
		CLEANUP_REWRITE_PLAN struct rewrite_plan p;
		image_init(&m);
		assert_int_equal(fchmod(image_top(&m), modes[i]), 0);
		image_index(&m);
		keep_set_init(&k, m.index, NULL, KEEP_EXACT);
		keep(&k, &m, "/");
		rewrite_plan_make(&k, NULL, &p);
		assert_int_equal(p.count, modes[i] == 0755 && getuid() == 0 && getgid() == 0 ? 0 : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(depth_first),
	    cmocka_unit_test(hard_links),
	    cmocka_unit_test(links_of_two_layers_are_two_files),
	    cmocka_unit_test(sockets_are_left_out),
	    cmocka_unit_test(the_root_if_it_says_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
