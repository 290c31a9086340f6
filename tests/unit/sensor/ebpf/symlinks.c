#include "unit.h"

#include "sensor/ebpf/symlinks.h"

/* want: NULL = no symlink is there; "?" = nothing is known. */
static void expect(const struct ebpf_symlinks *l, const char *path, const char *want)
{
	const char *target = NULL;
	enum ebpf_symlinks_state state = ebpf_symlinks_find(l, path, &target);
	if (want && strcmp(want, "?") == 0) {
		assert_int_equal(state, EBPF_SYMLINKS_UNKNOWN);
	} else if (!want) {
		assert_int_equal(state, EBPF_SYMLINKS_NONE);
	} else {
		assert_int_equal(state, EBPF_SYMLINKS_LINK);
		assert_string_equal(target, want);
	}
}

static void symlinks_are_made_and_removed(void **state)
{
	struct ebpf_symlinks l = {0};
	expect(&l, "/a", "?");
	ebpf_symlinks_set(&l, "/a", "target");
	expect(&l, "/a", "target");
	ebpf_symlinks_set(&l, "/a", "other");
	expect(&l, "/a", "other");
	ebpf_symlinks_set(&l, "/a", NULL);
	expect(&l, "/a", NULL);
	ebpf_symlinks_done(&l);
}

static void what_moves_takes_what_is_below(void **state)
{
	struct ebpf_symlinks l = {0};
	ebpf_symlinks_set(&l, "/d/one", "1");
	ebpf_symlinks_set(&l, "/d/sub/two", "2");
	ebpf_symlinks_set(&l, "/d2/three", "3");
	ebpf_symlinks_set(&l, "/e/one", "old");
	ebpf_symlinks_move(&l, "/d", "/e");
	expect(&l, "/e/one", "1");
	expect(&l, "/e/sub/two", "2");
	expect(&l, "/d/one", NULL);
	expect(&l, "/d/sub/two", NULL);
	expect(&l, "/d", NULL);
	expect(&l, "/d2/three", "3");
	ebpf_symlinks_set(&l, "/link", "t");
	ebpf_symlinks_move(&l, "/link", "/e/one");
	expect(&l, "/e/one", "t");
	expect(&l, "/link", NULL);
	ebpf_symlinks_done(&l);
}

static void what_is_exchanged_swaps(void **state)
{
	struct ebpf_symlinks l = {0};
	ebpf_symlinks_set(&l, "/a", "1");
	ebpf_symlinks_set(&l, "/b", NULL); /* a file */
	ebpf_symlinks_exchange(&l, "/a", "/b");
	expect(&l, "/b", "1");
	expect(&l, "/a", NULL);
	ebpf_symlinks_set(&l, "/d/x", "2");
	ebpf_symlinks_exchange(&l, "/d", "/b");
	expect(&l, "/b/x", "2");
	expect(&l, "/d", "1");
	expect(&l, "/d/x", NULL);
	ebpf_symlinks_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(symlinks_are_made_and_removed),
	    cmocka_unit_test(what_moves_takes_what_is_below),
	    cmocka_unit_test(what_is_exchanged_swaps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
