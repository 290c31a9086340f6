#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/mem.h"
#include "command.h"
#include "trace/trace_file.h"

struct trace_flags {
	const char *output;
	bool all;
};

static const struct option_row rows[] = {
    {"all", 'a', OPTION_FLAG, offsetof(struct trace_flags, all), NULL, "show: every path too"},
    {"output", 'o', OPTION_STRING, offsetof(struct trace_flags, output), "FILE",
     "merge: the trace that is written (default: standard output)"},
};

#define LABEL "%-12s"

static void text_line(struct buf *b, const char *label, const char *value)
{
	buf_printf(b, LABEL, label);
	buf_escape(b, value, strlen(value));
	buf_char(b, '\n');
}

/* ---- show ---- */

/* Who told of the system calls. */
static const char *caller_names(const struct trace *t)
{
	uint8_t by = 0;
	for (size_t id = 0; id < t->paths.count; id++)
		by |= t->entries[id].witnesses & TRACE_BY_CALL;
	return by == TRACE_BY_CALL ? "ptrace and ebpf" : by == TRACE_BY_EBPF ? "ebpf" : "ptrace";
}

static void show_counts(const struct trace *t, struct buf *b)
{
	struct trace_counts n;
	trace_count(t, &n);
	buf_printf(b, LABEL "%zu: %" PRIu64 " found in the image, %" PRIu64 " not, %" PRIu64 " not known\n", "paths",
		   t->paths.count, n.found[TRACE_FOUND_YES], n.found[TRACE_FOUND_NO], n.found[TRACE_FOUND_UNKNOWN]);
	uint64_t calls = 0, both = 0;
	for (unsigned set = 1; set < 1 << TRACE_WITNESSES; set++)
		if (set & TRACE_BY_CALL)
			*(set & TRACE_BY_FANOTIFY ? &both : &calls) += n.witnesses[set];
	buf_printf(b, LABEL "%s alone %" PRIu64 ", fanotify alone %" PRIu64 ", both %" PRIu64 "\n", "seen by",
		   caller_names(t), calls, n.witnesses[TRACE_BY_FANOTIFY], both);
	for (size_t k = 0; k < TRACE_KINDS; k++)
		if (n.kinds[k])
			buf_printf(b, "  " LABEL "%8" PRIu64 "\n", trace_kind_names[k], n.kinds[k]);
	buf_printf(b, LABEL "%" PRIu64 "\n", "processes", t->processes);
	if (t->unreadable || t->overflows)
		buf_printf(b, LABEL "%" PRIu64 " paths unreadable, %" PRIu64 " queue overflows: not complete\n", "lost",
			   t->unreadable, t->overflows);
}

/* "yes  open,follow  /etc/passwd" */
static void show_path(const struct trace *t, size_t id, struct buf *b)
{
	static const char *const found[] = {"?", "no", "yes"};
	const struct trace_entry *e = &t->entries[id];
	CLEANUP_BUF struct buf kinds = {0};
	for (size_t k = 0; k < TRACE_KINDS; k++)
		if (e->kinds >> k & 1)
			buf_printf(&kinds, "%s%s", kinds.len ? "," : "", trace_kind_names[k]);
	buf_printf(b, "%-5s %-28s ", found[e->found], kinds.len ? kinds.data : "-");
	buf_escape(b, t->paths.items[id].s, t->paths.items[id].len);
	buf_char(b, '\n');
}

static int show(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	const struct trace *t = &files->trace;
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < files->n_images; i++) {
		text_line(&b, i ? "" : "image", files->images[i].reference);
		text_line(&b, "", files->images[i].digest);
	}
	show_counts(t, &b);
	for (size_t i = 0; i < t->n_ports; i++)
		buf_printf(&b, LABEL "%u/%s\n", i ? "" : "ports", t->ports[i].number, t->ports[i].udp ? "udp" : "tcp");
	CLEANUP_FREE size_t *programs = strset_sorted(&t->programs);
	for (size_t i = 0; i < t->programs.count; i++)
		text_line(&b, i ? "" : "programs", strset_get(&t->programs, programs[i]));
	CLEANUP_FREE size_t *paths = strset_sorted(&t->paths);
	if (f->all)
		buf_printf(&b, "\n%-5s %-28s %s\n", "found", "how", "path");
	for (size_t i = 0; f->all && i < t->paths.count; i++)
		show_path(t, paths[i], &b);
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

static int diff(const struct trace_flags *f, const struct trace_file *files, size_t n)
{
	const struct strset *x = &files[0].trace.paths, *y = &files[1].trace.paths;
	CLEANUP_FREE size_t *xs = strset_sorted(x);
	CLEANUP_FREE size_t *ys = strset_sorted(y);
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0, j = 0; i < x->count || j < y->count;) {
		int c = j == y->count ? -1 : i == x->count ? 1 : compare(&x->items[xs[i]], &y->items[ys[j]]);
		if (c < 0)
			diff_line(&b, '-', &x->items[xs[i]]);
		else if (c > 0)
			diff_line(&b, '+', &y->items[ys[j]]);
		i += c <= 0;
		j += c >= 0;
	}
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
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .options_size = sizeof(struct trace_flags),
    .min_args = 2,
    .max_args = SIZE_MAX,
    .run = run,
};
