#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/verbs/trace_output.h"
#include "os/output_file.h"
#include "report/trace_view.h"
#include "trace/trace_diff.h"
#include "trace/trace_file.h"

struct trace_flags {
	const char *output;
	bool all, syscalls, json;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct trace_flags, all), NULL, "show: every path too"},
    {"json", 0, OPTION_FLAG, offsetof(struct trace_flags, json), NULL, "also print an error as JSON"},
    {"output", 'o', OPTION_STRING, offsetof(struct trace_flags, output), "FILE",
     "merge: the trace that is written (default: standard output)"},
    {"syscalls", 's', OPTION_FLAG, offsetof(struct trace_flags, syscalls), NULL,
     "show: the system calls of each program too"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
};

/* ---- actions: each returns an exit_code ---- */

static int show(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	const struct report_trace_view_options options = {.paths = f->all, .syscalls = f->syscalls};
	report_trace_view_text(files, &options, &out->result);
	return EXIT_DONE;
}

static int merge(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	CLEANUP_TRACE_FILE struct trace_file all = {0};
	for (size_t i = 0; i < n; i++)
		trace_file_merge(&all, &files[i]);
	int r = f->output ? trace_output_write(f->output, &all, &out->err)
			  : trace_file_write(&all, &out->result, &out->err);
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int diff(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	trace_diff_text(&files[0].trace, &files[1].trace, &out->result);
	return out->result.len ? EXIT_FAILED : EXIT_DONE;
}

/* ---- the verb ---- */

static const struct action {
	const char *name;
	size_t min_files, max_files;
	int (*run)(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out);
} actions[] = {{"show", 1, 1, show}, {"merge", 1, SIZE_MAX, merge}, {"diff", 2, 2, diff}};
#define N_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static int check(const struct action *a, const struct trace_flags *f, size_t n_files, struct err *err)
{
	if (n_files < a->min_files || n_files > a->max_files)
		return err_set(err, ERR_INVAL, "argument-count-wrong", "slim trace %s takes %zu file%s%s, not %zu",
			       a->name, a->min_files, a->min_files == 1 ? "" : "s",
			       a->max_files > a->min_files ? " or more" : "", n_files);
	if (f->all && a->run != show)
		return err_set(err, ERR_INVAL, "option-not-for-command", "--all is for slim trace show");
	if (f->syscalls && a->run != show)
		return err_set(err, ERR_INVAL, "option-not-for-command", "--syscalls is for slim trace show");
	if (f->output && a->run != merge)
		return err_set(err, ERR_INVAL, "option-not-for-command", "--output is for slim trace merge");
	return 0;
}

static const struct action *action_of(const struct trace_flags *f, const struct strlist *args, struct err *err)
{
	const char *name = args->items[0], *names[N_ACTIONS];
	for (size_t i = 0; i < N_ACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(names[i], name) == 0)
			return check(&actions[i], f, args->count - 1, err) < 0 ? NULL : &actions[i];
	}
	const char *near = option_nearest(name, names, N_ACTIONS);
	err_set(err, ERR_INVAL, "command-unknown", "slim trace does show, merge and diff, not %s%s%s", name,
		near ? "; did you mean " : "", near ? near : "");
	return NULL;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct action *action = action_of(options, args, &out->err);
	if (!action)
		return EXIT_USAGE;
	size_t n = args->count - 1;
	struct trace_file *files = mem_calloc(n, sizeof(*files));
	int code = EXIT_DONE;
	for (size_t i = 0; code == EXIT_DONE && i < n; i++)
		if (trace_file_load(AT_FDCWD, args->items[i + 1], &files[i], &out->err) < 0)
			code = EXIT_FAILED;
	if (code == EXIT_DONE)
		code = action->run(options, files, n, out);
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
