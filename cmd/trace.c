#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "command.h"
#include "report/trace_view.h"
#include "trace/trace_diff.h"
#include "trace/trace_file.h"

struct trace_flags {
	const char *output;
	bool all, syscalls;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct trace_flags, all), NULL, "show: every path too"},
    {"output", 'o', OPTION_STRING, offsetof(struct trace_flags, output), "FILE",
     "merge: the trace that is written (default: standard output)"},
    {"syscalls", 's', OPTION_FLAG, offsetof(struct trace_flags, syscalls), NULL,
     "show: the system calls of each program too"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
};

/* ---- show ---- */

static int show(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	const struct report_trace_view_options options = {.paths = f->all, .syscalls = f->syscalls};
	report_trace_view_text(files, &options, &b);
	return print(&b);
}

/* ---- merge ---- */

static int merge(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	CLEANUP_TRACE_FILE struct trace_file all = {0};
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	for (size_t i = 0; i < n; i++)
		trace_file_merge(&all, &files[i]);
	if (trace_file_write(&all, &b, &err) < 0)
		return fail(&err);
	if (!f->output)
		return print(&b);
	return fd_write_file_atomic(AT_FDCWD, f->output, b.data, b.len, 0644, &err) < 0 ? fail(&err) : EXIT_DONE;
}

/* ---- diff ---- */

static int diff(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	trace_diff_text(&files[0].trace, &files[1].trace, &b);
	int code = print(&b);
	return code == EXIT_DONE && b.len ? EXIT_FAILED : code;
}

/* ---- the verb ---- */

static const struct action {
	const char *name;
	size_t min_files, max_files;
	int (*run)(const struct trace_flags *f, const struct trace_file *files, size_t n);
} actions[] = {{"show", 1, 1, show}, {"merge", 1, SIZE_MAX, merge}, {"diff", 2, 2, diff}};
#define N_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static const struct action *action_of(const struct trace_flags *f, const struct strlist *args, struct err *err)
{
	const char *name = args->items[0], *names[N_ACTIONS];
	for (size_t i = 0; i < N_ACTIONS; i++) {
		const struct action *a = &actions[i];
		names[i] = a->name;
		if (strcmp(a->name, name) != 0)
			continue;
		if (args->count - 1 < a->min_files || args->count - 1 > a->max_files)
			err_set(err, ERR_INVAL, "slim trace %s takes %zu file%s%s, not %zu", name, a->min_files,
				a->min_files == 1 ? "" : "s", a->max_files > a->min_files ? " or more" : "",
				args->count - 1);
		else if (f->all && a->run != show)
			err_set(err, ERR_INVAL, "--all is for slim trace show");
		else if (f->syscalls && a->run != show)
			err_set(err, ERR_INVAL, "--syscalls is for slim trace show");
		else if (f->output && a->run != merge)
			err_set(err, ERR_INVAL, "--output is for slim trace merge");
		else
			return a;
		return NULL;
	}
	const char *near = option_nearest(name, names, N_ACTIONS);
	err_set(err, ERR_INVAL, "slim trace does show, merge and diff, not %s%s%s", name, near ? "; did you mean " : "",
		near ? near : "");
	return NULL;
}

static int run(void *options, const struct strlist *args)
{
	struct err err = {0};
	const struct action *action = action_of(options, args, &err);
	if (!action)
		return fail_usage(&err);
	size_t n = args->count - 1;
	struct trace_file *files = mem_calloc(n, sizeof(*files));
	int code = EXIT_DONE;
	for (size_t i = 0; code == EXIT_DONE && i < n; i++)
		if (trace_file_load(AT_FDCWD, args->items[i + 1], &files[i], &err) < 0)
			code = fail(&err);
	if (code == EXIT_DONE)
		code = action->run(options, files, n);
	for (size_t i = 0; i < n; i++)
		trace_file_done(&files[i]);
	free(files);
	return code;
}

const struct command command_trace = {
    .name = "trace",
    .args = "show FILE | merge FILE... | diff FILE FILE",
    .summary = "Show, unite and compare stored traces",
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct trace_flags),
    .min_args = 2,
    .max_args = SIZE_MAX,
    .run = run,
};
