#include "report/why_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define SHOWN_NAMES 20 /* of steps, if no step matches */
#define NAME_ROOM 100  /* bytes of one, there */

/* A file that the step was the first to need. */
struct file {
	const char *path;
	int64_t size;
	size_t package; /* id in packages */
};

struct needs {
	struct file *files;
	size_t count, cap;
	struct strset packages; /* "" = of none */
	int64_t *bytes;         /* by package */
	size_t bytes_cap;
};

static void needs_done(struct needs *n)
{
	free(n->files);
	free(n->bytes);
	strset_done(&n->packages);
}

static void add_file(struct needs *n, const char *path, int64_t size, const char *package)
{
	bool added;
	size_t id = strset_add_len(&n->packages, package, strlen(package), &added);
	if (added) {
		n->bytes = mem_grow(n->bytes, id, &n->bytes_cap, sizeof(*n->bytes));
		n->bytes[id] = 0;
	}
	n->bytes[id] += size;
	n->files = mem_grow(n->files, n->count, &n->cap, sizeof(*n->files));
	n->files[n->count++] = (struct file){path, size, id};
}

static void collect(struct report_why_lists *w, size_t step, struct needs *out)
{
	const struct report_why_paths *kept = &w->lists[REPORT_WHY_KEPT];
	for (size_t id = 0; id < kept->paths.count; id++) {
		if (kept->places[id].step != step)
			continue;
		const char *path = strset_get(&kept->paths, id);
		json_auto_t *v = report_why_lists_find(w, REPORT_WHY_KEPT, path);
		const char *package = json_string_value(json_object_get(v, "package"));
		if (json_is_integer(json_object_get(v, "size"))) /* a regular file */
			add_file(out, path, kept->places[id].size, package ? package : "");
	}
}

/* The package with most bytes first, in it the largest file. */
static int by_size(const void *a, const void *b, void *ctx)
{
	const struct needs *n = ctx;
	const struct file *x = a, *y = b;
	if (n->bytes[x->package] != n->bytes[y->package])
		return n->bytes[x->package] < n->bytes[y->package] ? 1 : -1;
	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	return x->size != y->size ? (x->size < y->size ? 1 : -1) : strcmp(x->path, y->path);
}

static void print(const char *what, struct needs *n, struct buf *out)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < n->count; i++)
		bytes += n->files[i].size;
	buf_escape(out, what, strlen(what));
	buf_printf(out, " was the first to need %zu file%s, %" PRId64 " bytes\n", n->count, n->count == 1 ? "" : "s",
		   bytes);
	qsort_r(n->files, n->count, sizeof(*n->files), by_size, n);
	for (size_t i = 0; i < n->count; i++) {
		const struct file *f = &n->files[i];
		const char *package = strset_get(&n->packages, f->package);
		if (i == 0 || f->package != n->files[i - 1].package) {
			buf_printf(out, "  %" PRId64 " bytes of ", n->bytes[f->package]);
			buf_str(out, *package ? "the package " : "no package");
			buf_escape(out, package, strlen(package));
			buf_char(out, '\n');
		}
		buf_printf(out, "    %10" PRId64 "  ", f->size);
		buf_escape(out, f->path, strlen(f->path));
		buf_char(out, '\n');
	}
}

static int not_found(const json_t *runs, const char *text, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	CLEANUP_STRSET struct strset seen = {0};
	size_t i, j;
	json_t *run, *step;
	json_array_foreach (runs, i, run)
		json_array_foreach (json_object_get(run, "steps"), j, step) {
			const char *what = json_string_value(json_object_get(step, "what"));
			bool added = false;
			if (what)
				strset_add_len(&seen, what, strnlen(what, NAME_ROOM), &added);
			if (added && seen.count <= SHOWN_NAMES)
				buf_printf(&names, "%s%s", names.len ? ", " : "", strset_get(&seen, seen.count - 1));
		}
	return err_set(err, ERR_NOTFOUND, "step-not-found",
		       "the report has no step with \"%s\" in its name; it has %s%s", text,
		       names.len ? names.data : "none at all", seen.count > SHOWN_NAMES ? ", and more" : "");
}

int report_why_request(struct report_why_lists *w, const char *text, struct buf *out, struct err *err)
{
	size_t n = 0, found = 0, printed = 0, i, j;
	json_t *run, *step;
	if (!w->lists[REPORT_WHY_KEPT].exists)
		return err_set(err, ERR_CORRUPT, "report-without-reasons",
			       "this report was written without the reasons: it has no array \"kept\"");
	json_array_foreach (w->runs, i, run)
		json_array_foreach (json_object_get(run, "steps"), j, step) {
			const char *what = json_string_value(json_object_get(step, "what"));
			n++;
			if (!what || !strstr(what, text))
				continue;
			CLEANUP(needs_done) struct needs needs = {0};
			found++;
			collect(w, n, &needs);
			printed += needs.count > 0;
			if (needs.count)
				print(what, &needs, out);
		}
	if (w->failed.code) {
		if (err)
			*err = w->failed;
		return -(int)w->failed.code;
	}
	if (found && !printed)
		buf_str(out, "what it needed had been used before\n");
	return found ? 0 : not_found(w->runs, text, err);
}
