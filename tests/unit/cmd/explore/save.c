#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "cmd/explore/sample.h"
#include "cmd/explore/save.h"
#include "os/fd.h"

struct fixture {
	struct sample sample;
	struct explore_state s;
	char dir[32], file[48];
};

static void fixture_init(struct fixture *f)
{
	sample_of_report(&f->sample);
	explore_state_init(&f->s, &f->sample.model, 80, 24);
	snprintf(f->dir, sizeof(f->dir), "/tmp/slim-save-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof(f->file), "%s/p", f->dir);
	f->s.file = mem_strdup(f->file);
	explore_marks_set(&f->s.marks, "/usr", EXPLORE_INCLUDE);
}

static void fixture_done(struct fixture *f)
{
	explore_state_done(&f->s);
	sample_done(&f->sample);
	unlink(f->file);
	assert_int_equal(rmdir(f->dir), 0);
}

static void expect_file(const struct fixture *f, const char *part)
{
	CLEANUP_BUF struct buf text = {0};
	struct err err = {0};
	if (fd_read_file(AT_FDCWD, f->file, 10000, &text, &err) < 0)
		fail_msg("%s", err.msg);
	assert_non_null(strstr(text.data, part));
}

static void a_new_file(void **state)
{
	struct fixture f;
	fixture_init(&f);
	explore_save(&f.s, false);
	expect_file(&f, "\"include\": [\n    \"/usr\"\n  ]");
	assert_false(f.s.marks.changed);
	fixture_done(&f);
}

static void a_file_that_is_there(void **state)
{
	struct fixture f;
	struct err err = {0};
	fixture_init(&f);
	CLEANUP_FD int fd = open(f.file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(fd, "mine", 4, &err), 0);
	explore_save(&f.s, false);
	assert_int_equal(f.s.prompt.kind, EXPLORE_PROMPT_REPLACE);
	expect_file(&f, "mine");
	assert_true(f.s.marks.changed);
	explore_save(&f.s, true);
	expect_file(&f, "slim.policy/v1");
	fixture_done(&f);
}

static void refuses_one(const char *file)
{
	struct fixture f;
	fixture_init(&f);
	free(f.s.file);
	f.s.file = mem_strdup(file);
	explore_save(&f.s, true);
	assert_non_null(f.s.message);
	assert_true(f.s.marks.changed);
	fixture_done(&f);
}

static void what_is_not_a_file(void **state)
{
	refuses_one("-");
	refuses_one("/dev/stdout");
	refuses_one("/dev/null");
	refuses_one("/tmp");
	refuses_one("/nonexistent/p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_file),
	    cmocka_unit_test(a_file_that_is_there),
	    cmocka_unit_test(what_is_not_a_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
