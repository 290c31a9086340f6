#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "command.h"
#include "trace/syscall_name.h"
#include "trace/trace_file.h"
#include "trace_show.h"

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
	const struct trace_show_options options = {.paths = f->all, .syscalls = f->syscalls};
	trace_show(files, &options, &b);
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

/* The order of strset_sorted. */
static int compare(const struct strset_item *x, const struct strset_item *y)
{
	int c = memcmp(x->s, y->s, x->len < y->len ? x->len : y->len);
	return c ? c : (x->len > y->len) - (x->len < y->len);
}

static void diff_line(struct buf *b, char sign, const struct strset_item *path)
{
	buf_printf(b, "%c ", sign);
	buf_escape(b, path->s, path->len);
	buf_char(b, '\n');
}

static void diff_sets(const struct strset *x, const struct strset *y, struct buf *b)
{
	CLEANUP_FREE size_t *xs = strset_sorted(x);
	CLEANUP_FREE size_t *ys = strset_sorted(y);
	for (size_t i = 0, j = 0; i < x->count || j < y->count;) {
		int c = j == y->count ? -1 : i == x->count ? 1 : compare(&x->items[xs[i]], &y->items[ys[j]]);
		if (c < 0)
			diff_line(b, '-', &x->items[xs[i]]);
		else if (c > 0)
			diff_line(b, '+', &y->items[ys[j]]);
		i += c <= 0;
		j += c >= 0;
	}
}

/* "/bin/sh: x86_64 openat" of each call of each program. */
static void syscall_lines(const struct trace *t, struct strset *out)
{
	for (size_t id = 0; id < t->programs.count; id++) {
		const struct trace_program *p = &t->facts[id];
		for (size_t i = 0; i < p->n_syscalls; i++) {
			const struct trace_abi *abi = trace_abi_of(p->syscalls[i].audit_arch, p->syscalls[i].nr);
			char room[TRACE_SYSCALL_NAME];
			CLEANUP_FREE char *line = mem_printf("%s: %s %s", strset_get(&t->programs, id), abi->name,
							     trace_syscall_name(abi, p->syscalls[i].nr, room));
			(void)strset_add(out, line);
		}
	}
}

static int diff(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	CLEANUP_STRSET struct strset x = {0}, y = {0};
	CLEANUP_BUF struct buf b = {0};
	diff_sets(&files[0].trace.paths, &files[1].trace.paths, &b);
	syscall_lines(&files[0].trace, &x);
	syscall_lines(&files[1].trace, &y);
	diff_sets(&x, &y, &b);
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
