#include "unit.h"

#include "net/protobuf.h"
#include "transport/containerd/snapshots.h"

/* An answer with one mount. */
static void make(const char *type, const char *source, const char *const *options, struct buf *out)
{
	CLEANUP_BUF struct buf mount = {0};
	net_protobuf_put_string(&mount, 1, type);
	net_protobuf_put_string(&mount, 2, source);
	for (; *options; options++)
		net_protobuf_put_string(&mount, 4, *options);
	net_protobuf_put_message(out, 1, &mount);
}

static int directories(const char *type, const char *const *options, struct strlist *out, struct err *err)
{
	CLEANUP_BUF struct buf mounts = {0};
	make(type, "/snapshots/1/fs", options, &mounts);
	return containerd_snapshot_directories(&mounts, out, err);
}

static void an_overlay_has_the_top_first(void **state)
{
	static const char *const options[] = {"index=off", "lowerdir=/s/3/fs:/s/2/fs:/s/1/fs", NULL};
	CLEANUP_STRLIST struct strlist paths = {0};
	assert_int_equal(directories("overlay", options, &paths, NULL), 0);
	assert_int_equal(paths.count, 3);
	assert_string_equal(paths.items[0], "/s/1/fs");
	assert_string_equal(paths.items[2], "/s/3/fs");
}

static void a_single_layer_is_a_bind_mount(void **state)
{
	static const char *const options[] = {"ro", "rbind", NULL};
	CLEANUP_STRLIST struct strlist paths = {0};
	assert_int_equal(directories("bind", options, &paths, NULL), 0);
	assert_int_equal(paths.count, 1);
	assert_string_equal(paths.items[0], "/snapshots/1/fs");
}

static void what_our_overlay_would_not_show(void **state)
{
	static const char *const options[][3] = {
	    {"userxattr", "lowerdir=/a"}, {"lowerdir=/a", "metacopy=on"}, {"lowerdir=/a", "redirect_dir=on"}};
	for (int i = 0; i < 3; i++) {
		CLEANUP_STRLIST struct strlist paths = {0};
		struct err err = {0};
		assert_int_equal(directories("overlay", options[i], &paths, &err), -ERR_UNSUPPORTED);
		assert_string_equal(err.id, "in-place-unsuited");
	}
	static const char *const none[] = {NULL};
	CLEANUP_STRLIST struct strlist paths = {0};
	assert_int_equal(directories("erofs", none, &paths, NULL), -ERR_UNSUPPORTED);
}

static void too_many(void **state)
{
	CLEANUP_BUF struct buf lower = {0};
	CLEANUP_STRLIST struct strlist paths = {0};
	buf_str(&lower, "lowerdir=/a");
	for (int i = 0; i < 600; i++)
		buf_str(&lower, ":/a");
	const char *const options[] = {lower.data, NULL};
	assert_int_equal(directories("overlay", options, &paths, NULL), -ERR_UNSUPPORTED);
}

static void malformed(void **state)
{
	static char bytes[] = "\x0a\x7f";
	const struct buf mounts = {.data = bytes, .len = 2};
	CLEANUP_STRLIST struct strlist paths = {0};
	assert_int_equal(containerd_snapshot_directories(&mounts, &paths, NULL), -ERR_PROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_overlay_has_the_top_first),
	    cmocka_unit_test(a_single_layer_is_a_bind_mount),
	    cmocka_unit_test(what_our_overlay_would_not_show),
	    cmocka_unit_test(too_many),
	    cmocka_unit_test(malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
