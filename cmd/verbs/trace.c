#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/verbs/trace_output.h"
#include "cmd/verbs/trace_share.h"
#include "os/output_file.h"
#include "report/trace_view.h"
#include "trace/trace_diff.h"
#include "trace/trace_file.h"

struct trace_flags {
	struct trace_share_flags share;
	const char *output;
	bool all, syscalls, json;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct trace_flags, all), NULL, "show: list every path, too"},
    {"json", 0, OPTION_FLAG, offsetof(struct trace_flags, json), NULL, "print an error as JSON, too"},
    {"output", 'o', OPTION_STRING, offsetof(struct trace_flags, output), "FILE",
     "merge, pull: write the trace to this file, or with pull to a directory (default: standard output)"},
    {"syscalls", 's', OPTION_FLAG, offsetof(struct trace_flags, syscalls), NULL,
     "show: list the system calls of each program, too"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&trace_share_group, offsetof(struct trace_flags, share)},
    {&registry_flags_group, offsetof(struct trace_flags, share.registry)},
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

static int push(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	return trace_share_push(&f->share, files, n, out);
}

/* Writes all traces into one file, or each into its own file in the directory. */
static int pull(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out)
{
	(void)files;
	(void)n;
	return trace_share_pull(&f->share, f->output, out);
}

/* ---- the verb ---- */

static const struct action {
	const char *name;
	size_t min_files, max_files;
	bool ref; /* the last argument is an image */
	int (*run)(const struct trace_flags *f, const struct trace_file *files, size_t n, struct outcome *out);
} actions[] = {
    {"show", 1, 1, false, show},       {"merge", 1, SIZE_MAX, false, merge}, {"diff", 2, 2, false, diff},
    {"push", 1, SIZE_MAX, true, push}, {"pull", 0, 0, true, pull},
};
#define N_ACTIONS (sizeof(actions) / sizeof(actions[0]))

static int check_options(const struct action *a, const struct trace_flags *f, struct err *err)
{
	const struct {
		const char *name, *of;
		bool wrong;
	} options[] = {
	    {"all", "show", f->all && a->run != show},
	    {"syscalls", "show", f->syscalls && a->run != show},
	    {"output", "merge and pull", f->output && a->run != merge && a->run != pull},
	    {"unredacted", "push", f->share.unredacted && a->run != push},
	    {"platform", "push and pull", f->share.platform && !a->ref},
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].wrong)
			return err_set(err, ERR_INVAL, "option-not-for-command",
				       "--%s is an option of slim trace %s only", options[i].name, options[i].of);
	return 0;
}

static int check(const struct action *a, const struct trace_flags *f, size_t n_args, struct err *err)
{
	const size_t n_files = a->ref && n_args ? n_args - 1 : n_args;
	if (n_files < a->min_files || n_files > a->max_files || (a->ref && !n_args))
		return err_set(err, ERR_INVAL, "argument-count-wrong", "slim trace %s takes %s%zu file%s%s%s, not %zu",
			       a->name, a->ref && !a->max_files ? "an image and " : "", a->min_files,
			       a->min_files == 1 ? "" : "s", a->max_files > a->min_files ? " or more" : "",
			       a->ref && a->max_files ? " and an image" : "", n_files);
	return check_options(a, f, err);
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
	err_set(err, ERR_INVAL, "command-unknown",
		"slim trace has the commands show, merge, diff, push and pull, not %s%s%s", name,
		near ? "; did you mean " : "", near ? near : "");
	return NULL;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct trace_flags *f = options;
	const struct action *action = action_of(f, args, &out->err);
	if (!action)
		return EXIT_USAGE;
	size_t n = args->count - 1 - action->ref;
	f->share.ref = action->ref ? args->items[args->count - 1] : NULL;
	struct trace_file *files = mem_calloc(n, sizeof(*files));
	int code = EXIT_DONE;
	for (size_t i = 0; code == EXIT_DONE && i < n; i++)
		if (trace_file_load(AT_FDCWD, args->items[i + 1], &files[i], &out->err) < 0)
			code = EXIT_FAILED;
	if (code == EXIT_DONE)
		code = action->run(f, files, n, out);
	for (size_t i = 0; i < n; i++)
		trace_file_done(&files[i]);
	free(files);
	return code;
}

static void defaults(void *options)
{
	registry_flags_init(&((struct trace_flags *)options)->share.registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct trace_flags *)options)->share.registry);
}

static const char *const examples[] = {
    "Show what a trace holds.",
    "slim trace show trace.json",
    "Join two traces.",
    "slim trace merge first.json second.json -o trace.json",
    "Store a trace beside its image in a registry.",
    "slim trace push trace.json registry.example.com/app:2",
    NULL,
};

const struct command command_trace = {
    .name = "trace",
    .args = "show FILE | merge FILE... | diff FILE FILE | push FILE... REF | pull REF",
    .summary = "Show, merge, compare and share stored traces",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct trace_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 2,
    .max_args = SIZE_MAX,
    .run = run,
};
