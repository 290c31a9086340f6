#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cmd/batch/child.h"
#include "cmd/batch/run.h"
#include "os/fd.h"

/* Whether the last argument is the limit that this child should have. */
static int heeds(const struct strlist *argv, const char *what)
{
	const char *last = argv->items[argv->count - 1];
	const bool right =
	    *what == 'n' ? strcmp(last, what) == 0 : strcmp(last, *what == 'o' ? "--timeout=2" : "--timeout=7") == 0;
	return right && puts("{\"schema\":\"slim.report/v1\"}") >= 0 ? 0 : 1;
}

/* This program is its own child, as slim is: what it does then, its second argument says. */
static int be_child(const struct strlist *argv)
{
	static const char report[] = "{\"schema\":\"slim.report/v1\",\"error\":{\"code\":\"x\"}}\n";
	const char *what = argv->items[2];
	char byte;
	if (strcmp(what, "done") == 0) {
		fprintf(stderr, "slim: pack\nrest\x1b[1m \\x41 \u00e9");
		return puts("{\"schema\":\"slim.report/v1\"}") < 0;
	}
	if (strcmp(what, "not proven") == 0)
		return fputs(report, stdout) < 0 ? 1 : 3;
	if (strcmp(what, "failed") == 0)
		return puts("{\"schema\":\"slim.error/v1\",\"error\":{\"code\":\"tag-not-found\"}}") < 0 ? 0 : 1;
	if (strcmp(what, "silent") == 0)
		return 0;
	if (strcmp(what, "strange") == 0)
		return puts("{\"a\":1}") < 0 ? 0 : 77;
	if (strcmp(what, "killed") == 0)
		return raise(SIGKILL);
	if (strcmp(what, "tells CI") == 0)
		fprintf(stderr, "::error::lost\n##vso[task]x\n%*d::error::not lost\n::set", LIMIT_BATCH_LINE, 1);
	for (size_t i = 0; strcmp(what, "flood") == 0 && i <= LIMIT_BATCH_REPORT / 1024; i++)
		printf("%1024d", 1);
	if (strcmp(what, "no limit") == 0 || strcmp(what, "limit") == 0 || strcmp(what, "own limit") == 0)
		return heeds(argv, what);
	if (strcmp(what, "stdin") == 0) /* nothing of the arguments is left there */
		return read(STDIN_FILENO, &byte, 1) == 0 && puts("{\"schema\":\"slim.report/v1\"}") >= 0 ? 0 : 1;
	return 0;
}

/* Builds images that are one of these each; n of them. What was printed goes to *printed. */
static unsigned timeout; /* of the batch; 0 = none */

static int run_images(const char *const *whats, size_t n, unsigned jobs, struct batch_results *out, struct buf *printed,
		      struct err *err)
{
	CLEANUP_BATCH_FILE struct batch_file file = {.images = mem_calloc(n, sizeof(*file.images)), .count = n};
	const struct progress progress = {.cancel_fd = stop_open(NULL)};
	CLEANUP_FD int mine = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), file_fd = memfd_create("stderr", MFD_CLOEXEC);
	for (size_t i = 0; i < n; i++) {
		file.images[i].name = mem_printf("i%zu", i);
		strlist_add(&file.images[i].argv, "build");
		strlist_add(&file.images[i].argv, whats[i]);
		if (strcmp(whats[i], "own limit") == 0)
			strlist_add(&file.images[i].argv, "--timeout=2");
	}
	fflush(stderr);
	assert_true(dup2(file_fd, STDERR_FILENO) >= 0);
	int r = batch_run_images(&file, &(struct batch_run_options){jobs, timeout}, &progress, out, err);
	fflush(stderr);
	assert_true(dup2(mine, STDERR_FILENO) >= 0);
	assert_int_equal(lseek(file_fd, 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(file_fd, 1 << 20, "stderr", printed, NULL), 0);
	for (size_t i = 0; i < n; i++) /* they are borrowed from the file */
		out->items[i].name = out->items[i].source = "";
	return r;
}

static const char *error_of(const struct batch_result *r)
{
	const char *code = json_string_value(json_object_get(r->error, "code"));
	return code ? code : "none";
}

static void reports_are_collected(void **state)
{
	static const struct {
		const char *what, *error;
		int status;
		bool report;
	} cases[] = {
	    {"done", "none", 0, true},
	    {"not proven", "x", 3, true},
	    {"failed", "tag-not-found", 1, false},
	    {"silent", "json-malformed", 1, false},
	    {"strange", "batch-report-missing", 1, false},
	    {"killed", "batch-child-killed", 1, false},
	    {"flood", "batch-report-too-large", 1, false},
	    {"stdin", "none", 0, true},
	};
	enum { N = sizeof(cases) / sizeof(cases[0]) };
	const char *whats[N];
	CLEANUP_BATCH_RESULTS struct batch_results r = {0};
	CLEANUP_BUF struct buf printed = {0};
	for (size_t i = 0; i < N; i++)
		whats[i] = cases[i].what;
	assert_int_equal(run_images(whats, N, 3, &r, &printed, NULL), 0);
	assert_int_equal(r.count, N);
	for (size_t i = 0; i < N; i++) {
		assert_string_equal(error_of(&r.items[i]), cases[i].error);
		assert_int_equal(r.items[i].status, cases[i].status);
		assert_int_equal(r.items[i].report != NULL, cases[i].report);
		assert_true(r.items[i].started);
	}
	assert_string_equal(printed.data, "slim: i0: pack\nslim: i0: rest\\x1b[1m \\x41 \u00e9\n");
}

/* Only what stands at the beginning of a whole line is for the CI system. */
static void commands_for_ci_stay_as_they_are(void **state)
{
	const char *whats[] = {"tells CI"};
	CLEANUP_BATCH_RESULTS struct batch_results r = {0};
	CLEANUP_BUF struct buf printed = {0};
	assert_int_equal(run_images(whats, 1, 1, &r, &printed, NULL), 0);
	assert_ptr_equal(strstr(printed.data, "::error::lost\n##vso[task]x\nslim: i0:   "), printed.data);
	assert_non_null(strstr(printed.data, " 1\nslim: i0: ::error::not lost\n::set\n"));
}

static void none_starts_after_a_request_to_stop(void **state)
{
	const char *whats[] = {"silent", "silent", "silent"};
	CLEANUP_BATCH_RESULTS struct batch_results r = {0};
	CLEANUP_BUF struct buf printed = {0};
	struct err err = {0};
	assert_true(stop_open(&err) >= 0);
	stop_request();
	assert_int_equal(run_images(whats, 3, 1, &r, &printed, &err), -ERR_CANCELLED);
	stop_forget();
	assert_true(r.items[0].started);
	assert_false(r.items[2].started);
}

/* The time is over before the first ends: the children know it by themselves. */
static void none_starts_once_the_time_is_over(void **state)
{
	const char *whats[] = {"silent", "silent", "silent"};
	CLEANUP_BATCH_RESULTS struct batch_results r = {0};
	CLEANUP_BUF struct buf printed = {0};
	struct err err = {0};
	assert_true(stop_open(&err) >= 0);
	stop_request_timeout();
	timeout = 7;
	assert_int_equal(run_images(whats, 3, 1, &r, &printed, &err), -ERR_TIMEOUT);
	timeout = 0;
	stop_forget();
	assert_string_equal(err.id, "command-timeout");
	assert_non_null(strstr(err.msg, "7 s of --timeout are over: 0 of 3 images"));
	assert_true(r.items[0].started);
	assert_false(r.items[2].started);
}

static void children_get_what_is_left_of_the_time(void **state)
{
	static const struct {
		const char *what;
		unsigned timeout;
	} cases[] = {{"no limit", 0}, {"limit", 7}, {"own limit", 1000}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BATCH_RESULTS struct batch_results r = {0};
		CLEANUP_BUF struct buf printed = {0};
		timeout = cases[i].timeout;
		assert_int_equal(run_images(&cases[i].what, 1, 1, &r, &printed, NULL), 0);
		timeout = 0;
		assert_int_equal(r.items[0].status, 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reports_are_collected),
	    cmocka_unit_test(commands_for_ci_stay_as_they_are),
	    cmocka_unit_test(none_starts_after_a_request_to_stop),
	    cmocka_unit_test(none_starts_once_the_time_is_over),
	    cmocka_unit_test(children_get_what_is_left_of_the_time),
	};
	if (argc > 1 && strcmp(argv[1], BATCH_CHILD) == 0) {
		CLEANUP_STRLIST struct strlist arguments = {0};
		return batch_child_arguments(&arguments, NULL) < 0 ? 9 : be_child(&arguments);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
