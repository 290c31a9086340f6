#include "unit.h"

#include "image/words.h"

static void resolve_one(const struct image_index *x, int root, const char *path, bool follow)
{
	uint32_t id = image_index_resolve(x, path, follow, NULL, NULL);
	CLEANUP_FD int fd = fd_open_in_root(root, path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, NULL);
	if ((fd >= 0) != (id != IMAGE_NONE))
		fail_msg("\"%s\", %s: the kernel %s it, the index %s", path, follow ? "followed" : "not followed",
			 fd >= 0 ? "finds" : "does not find", id != IMAGE_NONE ? "does" : "does not");
	if (fd >= 0)
		same_node(x, id, fd, "");
}

static void resolution_is_the_kernels(void **state)
{
	NEEDS_ROOT();
	private_mounts();
	struct test_store t;
	build(&t);
	char name[8], target[8];
	for (int i = 0; i < 43; i++) { /* 40 is the most that is followed */
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(target, sizeof(target), "s%d", i + 1);
		assert_int_equal(symlinkat(i == 42 ? "bin" : target, t.layers.items[3].fd, name), 0);
	}
	struct image_overlay o;
	int root = overlay_of(&t, &o);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);

	static const char *const first[] = {"",       "/",       "l/",     "/etc/",  "etc/deep/../", "l/dir/", "l/up/",
					    "l/abs/", "l/root/", "../../", "l/dot/", "bin/sh/",      "l/file/"};
	static const char *const last[] = {
	    "",          "l",       "etc",        "etc/",      "etc/passwd",  "etc/passwd/", "etc/passwd/.",
	    "bin/sh/..", "l/loop1", "loop1",      "self/",     "l/self",      "dangling",    "l/dangling",
	    "up",        "up/",     "up/deep/c",  "l/up/deep", "abs",         "abs/c",       "file",
	    "file/",     "slash",   "slash/",     "fileslash", "fileslash/",  "dot",         "dot/",
	    "chain",     "chain/",  "chain1",     "dirdir",    "dirdir/a",    "root",        "root/bin",
	    "rootdot",   "deep/",   "deep/a",     "deep/b",    "..",          ".",           "./",
	    "../",       "....",    "../..//.",   "s0",        "s1",          "s2",          "s3",
	    "s2/",       "s3/",     "s3/sh",      "s2/sh",     "s4/../l/s",   "lib/x",       "lib/y",
	    "gone",      "gone/in", "gone/again", "hard1",     "opq/sub/low", "opq/sub",     "nothing",
	    "fifo",      "a//z",    "a",          "a-b",       "/etc//hosts", "//",
	};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		for (size_t j = 0; j < sizeof(last) / sizeof(last[0]); j++) {
			CLEANUP_FREE char *path = mem_printf("%s%s", first[i], last[j]);
			resolve_one(x, root, path, true);
			resolve_one(x, root, path, false);
		}
	}
	static const size_t lengths[] = {255, 256, 4095, 4096};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		CLEANUP_FREE char *path = mem_alloc(lengths[i] + 1);
		memset(path, 'x', lengths[i]);
		resolve_one(x, root, path, true);
		memset(path, '/', lengths[i]);
		resolve_one(x, root, path, true);
	}
	image_overlay_done(&o);
	test_store_done(&t);
}

static void note(void *ctx, uint32_t id, bool symlink)
{
	struct buf *b = ((void **)ctx)[0];
	buf_char(b, ' ');
	image_index_path(((void **)ctx)[1], id, b);
	buf_str(b, symlink ? "@" : "");
}

static void visit_one(struct image_index *x, const char *path, bool follow, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	void *ctx[2] = {&b, x};
	(void)image_index_resolve(x, path, follow, note, ctx); /* what it visits is the question here */
	assert_string_equal(b.data, want);
}

static void every_node_on_the_way_is_visited(void **state)
{
	NEEDS_ROOT();
	struct test_store t;
	build(&t);
	CLEANUP_IMAGE_INDEX struct image_index *x = index_of(&t);
	visit_one(x, "/bin/sh", true, " / /bin /bin/sh");
	visit_one(x, "/bin/none", true, " / /bin");
	visit_one(x, "/lib/x", true, " / /lib@ /usr /usr/lib /usr/lib/x");
	visit_one(x, "/abs", true, " / /abs@ / /etc /etc/passwd");
	visit_one(x, "/abs", false, " / /abs");
	visit_one(x, "/l/slash", false, " / /l /l/slash");
	visit_one(x, "/l/slash/", false, " / /l /l/slash@ / /etc");
	visit_one(x, "/bin/sh/x", true, " / /bin /bin/sh");
	test_store_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(resolution_is_the_kernels),
	    cmocka_unit_test(every_node_on_the_way_is_visited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
