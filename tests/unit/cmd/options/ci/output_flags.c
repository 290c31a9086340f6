#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/options/ci/output_flags.h"
#include "os/fd.h"
#include "report/sample.h"

/* Every test has the current directory for itself. */
static char dir[64];

static int setup(void **state)
{
	strcpy(dir, "/tmp/slim-output-flags.XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return chdir("/") == 0 && fd_remove_tree(AT_FDCWD, dir, NULL) == 0 ? 0 : -1;
}

static const char *get(void *ctx, const char *name)
{
	return strlist_get_env(ctx, name);
}

static bool is_directory(void *ctx, const char *path)
{
	return false;
}

/* variables: NAME=VALUE, the last one NULL. */
static void plan(const struct output_flags *f, const char *const *variables, struct output_plan *out)
{
	CLEANUP_STRLIST struct strlist list = {0};
	const struct job_environment env = {get, is_directory, &list};
	struct err err = {0};
	for (; variables && *variables; variables++)
		strlist_add(&list, *variables);
	assert_int_equal(output_plan_init(f, &(struct output_subject){0}, &env, out, &err), 0);
}

static void has(const struct output_plan *p, size_t i, const char *what, const char *path)
{
	assert_true(i < p->count);
	assert_string_equal(p->items[i].what, what);
	assert_string_equal(p->items[i].path, path);
}

static void only_where_the_system_told(void **state)
{
	static const char *const github[] = {"GITHUB_ACTIONS=true", "GITHUB_OUTPUT=out", "AGENT_TEMPDIRECTORY=/tmp",
					     "GITHUB_STEP_SUMMARY=sum", NULL},
				 *const azure[] = {"TF_BUILD=True", "AGENT_TEMPDIRECTORY=/agent", "GITHUB_OUTPUT=out",
						   NULL},
				 *const gitlab[] = {"GITLAB_CI=true", NULL};
	const struct output_flags none = {0}, off = {.ci = "none"}, folder = {.ci_dir = "d", .junit = "j"};
	struct output_plan p = {0};
	plan(&none, github, &p);
	has(&p, 0, "GITHUB_OUTPUT", "out");
	has(&p, 1, "GITHUB_STEP_SUMMARY", "sum");
	assert_int_equal(p.count, 2);
	output_plan_done(&p);
	plan(&off, github, &p);
	assert_int_equal(p.count, 0);
	plan(&none, azure, &p);
	has(&p, 0, "AGENT_TEMPDIRECTORY", "/agent/slim-summary.md");
	assert_int_equal(p.count, 1);
	output_plan_done(&p);
	plan(&none, gitlab, &p);
	assert_int_equal(p.count, 0);
	plan(&folder, gitlab, &p);
	has(&p, 0, "--junit", "j");
	has(&p, 1, "--ci-dir", "d/metrics.txt");
	has(&p, 2, "--ci-dir", "d/gl-code-quality-report.json");
	has(&p, 3, "--ci-dir", "d/slim.env");
	assert_int_equal(p.count, 4);
	output_plan_done(&p);
	plan(&folder, NULL, &p);
	has(&p, 1, "--ci-dir", "d/slim.sarif");
	has(&p, 2, "--ci-dir", "d/slim.md");
	assert_int_equal(p.count, 3);
	output_plan_done(&p);
}

static void an_unwritable_file_is_named(void **state)
{
	const struct output_flags f = {.junit = "a.xml", .sarif = "missing/b"};
	CLEANUP_OUTPUT_PLAN struct output_plan p = {0};
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf commands = {0};
	struct err err = {0};
	plan(&f, NULL, &p);
	assert_int_equal(output_plan_check(&p, &err), -ERR_NOTFOUND);
	assert_non_null(strstr(err.msg, "--sarif: cannot write missing/b"));
	assert_int_equal(output_plan_write(&p, &(struct ci_build){&r, NULL, "1"}, &commands, &err), -ERR_NOTFOUND);
	assert_int_equal(access("a.xml", R_OK), 0); /* the others are written */
}

static size_t size_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

static void github_files_grow(void **state)
{
	static const char *const github[] = {"GITHUB_OUTPUT=out", "GITHUB_STEP_SUMMARY=sum", NULL};
	const struct output_flags f = {.ci = "github"};
	CLEANUP_OUTPUT_PLAN struct output_plan p = {0};
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf commands = {0};
	struct err err = {0};
	const struct ci_build b = {&r, NULL, "1"};
	sample_sizes(&r);
	notes_add(&r.notes, "test-note", "a note");
	plan(&f, github, &p);
	assert_int_equal(output_plan_write(&p, &b, &commands, &err), 0);
	assert_string_equal(commands.data, "::notice title=slim%3A test-note::a note\n");
	const size_t once = size_of("sum");
	assert_int_equal(output_plan_write(&p, &b, &commands, &err), 0);
	assert_int_equal(size_of("sum"), 2 * once);
	assert_int_equal(truncate("sum", 1 << 20), 0); /* full: it stays as it is, and the outputs are written */
	const size_t outputs = size_of("out");
	assert_int_equal(output_plan_write(&p, &b, &commands, &err), 0);
	assert_int_equal(size_of("sum"), 1 << 20);
	assert_int_equal(size_of("out"), outputs / 2 * 3);
}

static void tekton_gets_a_file_each(void **state)
{
	const struct output_flags f = {.ci = "tekton", .ci_dir = "."};
	CLEANUP_OUTPUT_PLAN struct output_plan p = {0};
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf commands = {0}, text = {0};
	struct err err = {0};
	sample_sizes(&r);
	sample_result(&r);
	plan(&f, NULL, &p);
	assert_int_equal(output_plan_write(&p, &(struct ci_build){&r, NULL, "1"}, &commands, &err), 0);
	assert_int_equal(fd_read_file(AT_FDCWD, "IMAGE_URL", 100, &text, &err), 0);
	assert_string_equal(text.data, "oci:out:slim");
	assert_int_equal(size_of("PINNED"), 0);
	assert_int_equal(commands.len, 0);
}

static void standard_output_is_counted(void **state)
{
	assert_int_equal(output_flags_on_stdout(&(struct output_flags){.junit = "-", .dotenv = "/dev/stdout"}), 2);
	assert_int_equal(output_flags_on_stdout(&(struct output_flags){.junit = "a"}), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(only_where_the_system_told), TEST(an_unwritable_file_is_named), TEST(github_files_grow),
	    TEST(tekton_gets_a_file_each),    TEST(standard_output_is_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
