#include "listings.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ci/lock/use.h"
#include "image.h"

struct test_build {
	struct test_image image;
	struct keep_set keep;
	char *file;
};

static void begin(struct test_build *b)
{
	image_init(&b->image);
	image_file(&b->image, "app/main.py", "1");
	image_index(&b->image);
	keep_set_init(&b->keep, b->image.index, NULL, KEEP_EXACT);
	b->file = mem_printf("%s/slim.lock", b->image.dir);
}

static void end(struct test_build *b)
{
	keep_set_done(&b->keep);
	free(b->file);
	image_done(&b->image);
}

/* A build of the whole image. Its state, or the id of the error. */
static void build_one(struct test_build *b, bool check, bool update, const char *want, size_t changes)
{
	const struct ci_lock_options o = {.file = b->file, .check = check, .update = update};
	const struct packages packages = {0};
	const struct packages_edits edits = {0};
	const struct ci_lock_tree tree = {.keep = &b->keep, .whole = true, .packages = &packages, .edits = &edits};
	struct ci_lock_use u = {0};
	struct report_lock report = {0};
	struct err e = {0};
	if (ci_lock_use_open(&u, &o, &e) < 0) {
		assert_string_equal(e.id, want);
	} else {
		assert_int_equal(ci_lock_use_compare(&u, &o, &tree, NULL, &report, &e), 0);
		assert_int_equal(ci_lock_use_write(&u, &o, &report, &e), 0);
		assert_string_equal(report.state, want);
	}
	assert_int_equal(report.lines.count, changes);
	report_lock_done(&report);
	ci_lock_use_done(&u);
}

static void put(const struct test_build *b, const char *text)
{
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, b->file, text, strlen(text), 0644, NULL), 0);
}

static void states(void **state)
{
	struct test_build b;
	begin(&b);
	build_one(&b, true, false, "lock-not-found", 0);
	build_one(&b, false, false, "new", 0);
	build_one(&b, true, false, "same", 0);
	put(&b, "slim.lock/v9");
	build_one(&b, false, false, "lock-schema-unknown", 0);
	put(&b, CI_LOCK_SCHEMA "\n");
	build_one(&b, true, false, "changed", 1);
	build_one(&b, false, false, "changed", 1); /* it is not written */
	build_one(&b, false, true, "updated", 1);
	build_one(&b, false, true, "same", 0);
	/* as git leaves it */
	put(&b, CI_LOCK_SCHEMA "\n<<<<<<< HEAD\n");
	build_one(&b, true, false, "lock-conflict", 0);
	build_one(&b, false, true, "new", 0);
	build_one(&b, true, false, "same", 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(states)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
