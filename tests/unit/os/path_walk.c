#include "unit.h"

#include "base/mem.h"
#include "os/path_walk.h"

/* Walks path, where each name that begins with 'l' is a symlink: l1 to links[1], ... The steps as text. */
static char *steps(const char *path, const char *const *links, bool follow_last)
{
	CLEANUP_PATH_WALK struct path_walk w;
	path_walk_init(&w, path);
	struct buf out = {0};
	buf_str(&out, "");
	enum path_walk_step step;
	const char *name;
	size_t len;
	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END) {
		buf_printf(&out, "%s%.*s", out.len ? " " : "", (int)len, name);
		assert_int_equal(step == PATH_WALK_UP, len == 2 && strncmp(name, "..", 2) == 0);
		assert_int_equal(step == PATH_WALK_STAY, len == 1 && name[0] == '.');
		if (step != PATH_WALK_NAME || name[0] != 'l' || (!follow_last && path_walk_is_last(&w)))
			continue;
		const char *target = links[name[1] - '0'];
		if (!path_walk_follow_copy(&w, target)) {
			buf_str(&out, " LIMIT");
			return buf_steal(&out);
		}
		buf_str(&out, target[0] == '/' ? "->/" : "->");
	}
	if (w.slash)
		buf_str(&out, " /");
	return buf_steal(&out);
}

static void components(void **state)
{
	static const char *const links[] = {"a", "b/c", "/d/", "l1", "l2/../l1", ".", ""};
	static const struct {
		const char *path, *follow, *leave; /* leave NULL = the same */
	} cases[] = {
	    {"", "", NULL},
	    {"/", " /", NULL},
	    {"a", "a", NULL},
	    {"/a//b/", "a b /", NULL},
	    {"./a/../.b/..c/...", ". a .. .b ..c ...", NULL},
	    {"a/.", "a .", NULL},
	    {"l0", "l0-> a", "l0"},
	    {"l0/", "l0-> a /", NULL},
	    {"l1/x", "l1-> b c x", NULL},
	    {"l2", "l2->/ d /", "l2"},
	    {"l2//x", "l2->/ d x", NULL},
	    {"l3", "l3-> l1-> b c", "l3"},
	    {"l3/", "l3-> l1-> b c /", NULL},
	    {"x/l4/y", "x l4-> l2->/ d .. l1-> b c y", NULL},
	    {"l4/l0", "l4-> l2->/ d .. l1-> b c l0-> a", "l4-> l2->/ d .. l1-> b c l0"},
	    {"l5/..", "l5-> . ..", NULL},
	    {"l6/a", "l6-> a", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int follow = 0; follow < 2; follow++) {
			CLEANUP_FREE char *got = steps(cases[i].path, links, follow);
			const char *want = !follow && cases[i].leave ? cases[i].leave : cases[i].follow;
			if (strcmp(got, want) != 0)
				fail_msg("%s: \"%s\", expected \"%s\"", cases[i].path, got, want);
		}
}

static void links_are_counted(void **state)
{
	static const char *const links[] = {"l0", "x/l1", "a"};
	for (size_t i = 0; i < 2; i++) {
		CLEANUP_FREE char *path = mem_printf("l%zu", i);
		CLEANUP_FREE char *got = steps(path, links, true);
		unsigned n = 0;
		for (const char *s = got; (s = strstr(s, "->")); s++)
			n++;
		assert_int_equal(n, LIMIT_SYMLINKS);
		assert_string_equal(got + strlen(got) - 6, " LIMIT");
	}
	CLEANUP_BUF struct buf path = {0}; /* beside each other, as well */
	for (int i = 0; i < LIMIT_SYMLINKS; i++)
		buf_str(&path, "l2/");
	CLEANUP_FREE char *enough = steps(path.data, links, true);
	assert_null(strstr(enough, "LIMIT"));
	buf_str(&path, "l2");
	CLEANUP_FREE char *many = steps(path.data, links, true);
	assert_non_null(strstr(many, "LIMIT"));
}

static void up(void **state)
{
	CLEANUP_BUF struct buf at = {0};
	path_walk_up(&at);
	assert_int_equal(at.len, 0);
	buf_str(&at, "/a/bc");
	path_walk_up(&at);
	assert_string_equal(at.data, "/a");
	path_walk_up(&at);
	assert_string_equal(at.data, "");
	path_walk_up(&at);
	assert_string_equal(at.data, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(components),
	    cmocka_unit_test(links_are_counted),
	    cmocka_unit_test(up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
