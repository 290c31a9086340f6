#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"
#include "sensor/walk.h"

static void note(void *ctx, const char *path, bool link)
{
	buf_printf(ctx, "%s%s ", link ? "@" : "", path);
}

static void walk_one(int root, const char *path, bool follow, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	sensor_walk_path(sensor_walk_link_at, &root, path, follow, note, &got);
	if (strcmp(got.data, want) != 0)
		print_message("%s: %s\n", path, got.data);
	assert_string_equal(got.data, want);
}

static void every_link_is_noted(void **state)
{
	char dir[] = "/tmp/slim-walk-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FD int root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(root, "d", 0700), 0);
	assert_int_equal(symlinkat("d", root, "rel"), 0);
	assert_int_equal(symlinkat("/d", root, "abs"), 0);
	assert_int_equal(symlinkat("../../../abs/x", root, "d/up"), 0);
	assert_int_equal(symlinkat("loop", root, "loop"), 0);
	static const struct {
		const char *path;
		bool follow;
		const char *want;
	} cases[] = {
	    {"/", true, "/ "},
	    {"", true, "/ "},
	    {"d/./x", true, "/d/x "},
	    {"rel/x", true, "@/rel /d/x "},
	    {"/abs/x", true, "@/abs /d/x "},
	    {"rel", false, "/rel "},
	    {"rel", true, "@/rel /d "},
	    {"rel/", false, "@/rel /d "},
	    {"rel/..", true, "@/rel / "},
	    {"../../d", true, "/d "},
	    {"rel/up", true, "@/rel @/d/up @/abs /d/x "}, /* ".." stays below the root */
	    {"rel/up", false, "@/rel /d/up "},
	    {"none/a/../b", true, "/none/b "},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		walk_one(root, cases[i].path, cases[i].follow, cases[i].want);
	CLEANUP_BUF struct buf loop = {0};
	sensor_walk_path(sensor_walk_link_at, &root, "loop", true, note, &loop); /* ends */
	assert_true(loop.len > 0);
	CLEANUP_FD int tmp = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fd_remove_tree(tmp, dir + 5, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_link_is_noted)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
