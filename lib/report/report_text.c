#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "report/step/step.h"

#define LABEL "%-12s"     /* the first column */
#define COLUMN "%12s"     /* a number */
#define SHOWN_FAILURES 5  /* of one run; more are only counted */
#define SHOWN_REQUESTS 40 /* of one run; as above */
#define SHOWN_REQUEST 48  /* bytes of one of these */
#define SHOWN_TEXT 100    /* bytes of a command or request */
#define SHOWN_NEEDS 3
#define SHOWN_UNSTABLE 5
#define SMALL_NEED 100   /* less than this part of the result is not shown */
#define SHOWN_STATUSES 8 /* of one kind of step */
#define SMALL_TREE 20    /* a tree of less than one part in so many is not shown */

static const char *count_text(uint64_t n, char out[32])
{
	snprintf(out, 32, "%" PRIu64, n);
	return out;
}

static const char *seconds_text(uint64_t ms, char out[32])
{
	snprintf(out, 32, "%.2f s", (double)ms / 1e3);
	return out;
}

/* ---- sizes ---- */

static bool has_result(const struct report *r)
{
	return r->result.reference || r->result.digest[0] || r->result.files; /* it may have failed at a gate */
}

static void size_row(const struct report *r, const char *label, uint64_t before, uint64_t after,
		     const char *(*format)(uint64_t, char[32]), bool percent, struct buf *out)
{
	char a[32], b[32];
	buf_printf(out, LABEL COLUMN, label, format(before, a));
	if (has_result(r)) {
		buf_printf(out, "  -> " COLUMN, format(after, b));
		if (percent && before)
			buf_printf(out, "  %+7.1f %%", ((double)after - (double)before) * 100 / (double)before);
	}
	buf_char(out, '\n');
}

static void add_sizes(const struct report *r, struct buf *out)
{
	const struct report_image *s = &r->source, *d = &r->result;
	size_row(r, "unpacked", s->size_bytes, d->size_bytes, report_step_size, true, out);
	if (s->compressed_bytes && (d->compressed_bytes || !has_result(r))) /* unknown in an engine */
		size_row(r, "compressed", s->compressed_bytes, d->compressed_bytes, report_step_size, true, out);
	size_row(r, "files", s->files, d->files, count_text, true, out);
	size_row(r, "layers", s->layers, d->layers, count_text, false, out);
}

/* ---- runs ---- */

static const char *noun(enum exercise_kind kind)
{
	return kind == EXERCISE_READY           ? "check"
	       : kind == EXERCISE_SIGNAL        ? "signal"
	       : kind == EXERCISE_HTTP          ? "request"
	       : exercise_kind_is_command(kind) ? "command"
						: "step";
}

/* "4 x 200, 1 x 404" of the kind of step i, in the order in which the statuses first came. */
static void add_statuses(const struct exercise_log *log, size_t i, struct buf *out)
{
	unsigned shown = 0;
	for (size_t j = i; j < log->count; j++) {
		const struct exercise_step *s = &log->steps[j];
		bool first = s->kind == log->steps[i].kind;
		for (size_t k = i; first && k < j; k++)
			first = log->steps[k].kind != s->kind || log->steps[k].status != s->status;
		if (!first)
			continue;
		if (shown == SHOWN_STATUSES) {
			buf_str(out, ", ...");
			return;
		}
		size_t n = 0;
		for (size_t k = j; k < log->count; k++)
			n += log->steps[k].kind == s->kind && log->steps[k].status == s->status;
		char status[32];
		report_step_status(s, status);
		buf_printf(out, "%s%zu x %s", shown++ ? ", " : "", n, status);
	}
}

static void add_probes(const struct exercise_log *log, struct buf *out)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		size_t n = 0;
		bool first = true;
		for (size_t k = 0; k < log->count; k++) {
			n += log->steps[k].kind == s->kind;
			first &= k >= i || log->steps[k].kind != s->kind;
		}
		if (!first)
			continue;
		buf_printf(out, LABEL, "probed");
		buf_str(out, exercise_kind_name(s->kind));
		buf_printf(out, ", %zu %s%s: ", n, noun(s->kind), n == 1 ? "" : "s");
		add_statuses(log, i, out);
		buf_char(out, '\n');
	}
}

/* Each request with its status, size, time, and whether it came out as expected. */
static void add_requests(const struct exercise_log *log, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		if (exercise_kind_is_command(s->kind) || n++ >= SHOWN_REQUESTS)
			continue;
		CLEANUP_BUF struct buf what = {0};
		char status[32], size[32];
		report_step_status(s, status);
		report_step_text(&what, s->what, SHOWN_REQUEST);
		buf_printf(out, LABEL "  %-*s", "", SHOWN_REQUEST + 3, what.data);
		buf_printf(out, " %5u %9s %9s %6u ms%s\n", s->port, status, report_step_size(s->answer.bytes, size),
			   s->ms,
			   s->unexpected                    ? "  unexpected"
			   : s->wish == EXERCISE_WISH_MET   ? "  expected"
			   : s->wish == EXERCISE_WISH_GUESS ? "  guessed"
							    : "");
	}
	if (n > SHOWN_REQUESTS)
		buf_printf(out, LABEL "  and %zu more\n", "", n - SHOWN_REQUESTS);
}

static void add_failures(const struct exercise_log *log, struct buf *out)
{
	size_t failed = 0;
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		if (!report_step_is_failed(s) || failed++ >= SHOWN_FAILURES)
			continue;
		char status[32];
		report_step_status(s, status);
		buf_printf(out, LABEL, "  failed");
		report_step_text(out, s->what, SHOWN_TEXT);
		if (s->port)
			buf_printf(out, " on port %u", s->port);
		buf_str(out, ": ");
		if (s->error || !s->unexpected)
			buf_str(out, status);
		if (s->error)
			buf_str(out, ", ");
		if (s->error || s->unexpected)
			report_step_text(out, s->error ? s->error : s->unexpected, 2 * SHOWN_TEXT);
		buf_char(out, '\n');
	}
	if (failed > SHOWN_FAILURES)
		buf_printf(out, LABEL "%zu more failed\n", "", failed - SHOWN_FAILURES);
}

static void add_run(const struct run_result *run, struct buf *out)
{
	char t[32];
	buf_printf(out, LABEL, "ran");
	report_step_text(out, run->command, SHOWN_TEXT);
	buf_printf(out, "\n" LABEL, "");
	if (run->ready_ms)
		buf_printf(out, "ready after %s, ", seconds_text(run->ready_ms, t));
	seconds_text(run->ms, t);
	if (run->end == RUN_END_KILLED)
		buf_printf(out, "killed by slim after %s\n", t);
	else
		buf_printf(out, "%s after %s with status %d\n", run->end == RUN_END_STOPPED ? "stopped" : "ended", t,
			   run->status);
	if (run->failure) {
		buf_printf(out, LABEL, "  failed");
		report_step_text(out, run->failure, 3 * SHOWN_TEXT);
		buf_char(out, '\n');
	}
	add_probes(&run->steps, out);
	add_requests(&run->steps, out);
	add_failures(&run->steps, out);
}

/* ---- the rest ---- */

static void add_trace_files(const struct report_trace *t, struct buf *out)
{
	for (size_t i = 0; i < t->n_files; i++) {
		buf_printf(out, LABEL, i ? "" : "trace");
		report_step_text(out, t->files[i].path, SIZE_MAX);
		buf_printf(out, ", %" PRIu64 " paths%s\n", t->files[i].paths,
			   t->files[i].same_image ? "" : ", of another image");
	}
}

static void add_trace(const struct report_trace *t, struct buf *out)
{
	if (!t->paths && !t->processes)
		return;
	buf_printf(out, LABEL "%" PRIu64 " paths, %" PRIu64 " process%s", "traced", t->paths, t->processes,
		   t->processes == 1 ? "" : "es");
	if (t->programs)
		buf_printf(out, ", %" PRIu64 " program%s", t->programs, t->programs == 1 ? "" : "s");
	if (t->kernel_paths)
		buf_printf(out, ", %" PRIu64 " opened by the kernel itself", t->kernel_paths);
	buf_char(out, '\n');
	if (t->found || t->not_found) {
		buf_printf(out, LABEL "%" PRIu64 " found in the image, %" PRIu64 " not; files seen", "", t->found,
			   t->not_found);
		if (t->by_ptrace || !t->by_ebpf)
			buf_printf(out, " by ptrace %" PRIu64 ",", t->by_ptrace);
		if (t->by_ebpf)
			buf_printf(out, " by eBPF %" PRIu64 ",", t->by_ebpf);
		buf_printf(out, " by fanotify %" PRIu64 "\n", t->by_fanotify);
	}
	for (size_t i = 0; i < t->n_ports; i++)
		buf_printf(out, "%s%u/%s", i ? ", " : "            listened on ", t->ports[i].number,
			   t->ports[i].udp ? "udp" : "tcp");
	buf_str(out, t->n_ports ? "\n" : "");
	add_trace_files(t, out);
}

/* "run 1", "runs 1, 3" */
static void add_run_numbers(uint32_t runs, struct buf *out)
{
	const char *before = runs & (runs - 1) ? "runs " : "run ";
	for (unsigned i = 0; i < 32; i++)
		if (runs >> i & 1) {
			buf_printf(out, "%s%u", before, i + 1);
			before = ", ";
		}
}

static void add_stability(const struct report_stability *s, struct buf *out)
{
	if (!s->runs)
		return;
	buf_printf(out, LABEL "%u runs used %" PRIu64 " file%s of the image, ", "repeated", s->runs, s->files,
		   s->files == 1 ? "" : "s");
	if (!s->files_in_some) {
		buf_str(out, "the same in each run\n");
		return;
	}
	buf_printf(out, "%" PRIu64 " of them (%.1f %%) in some runs only; they are kept\n", s->files_in_some,
		   (double)s->files_in_some * 100 / (double)s->files);
	for (size_t i = 0; i < s->n_items && i < SHOWN_UNSTABLE; i++) {
		buf_printf(out, LABEL "  ", "");
		report_step_text(out, s->items[i].path, 2 * SHOWN_TEXT);
		buf_str(out, ", in ");
		add_run_numbers(s->items[i].runs, out);
		buf_char(out, '\n');
	}
	if (s->n_items > SHOWN_UNSTABLE)
		buf_printf(out, LABEL "  and %zu more\n", "", s->n_items - SHOWN_UNSTABLE);
}

static void add_application(const struct report_application *a, struct buf *out)
{
	char size[32];
	if (!a->files)
		return;
	buf_printf(out, LABEL "%s in %" PRIu64 " file%s that no run used:", "application",
		   report_step_size(a->bytes, size), a->files, a->files == 1 ? "" : "s");
	for (size_t i = 0; i < REPORT_TREES && a->biggest[i].path; i++) {
		buf_str(out, i ? ", " : " ");
		report_step_text(out, a->biggest[i].path, SHOWN_TEXT);
		buf_printf(out, " %s", report_step_size(a->biggest[i].bytes, size));
	}
	buf_str(out, "; --keep closure or --exclude DIR drops it\n");
}

static void add_trees(const struct report_shares *s, struct buf *out)
{
	char size[32];
	for (size_t i = 0; i < REPORT_TREES && s->trees[i].path; i++) {
		if (i && s->trees[i].bytes < s->bytes[REPORT_SHARE_TREES] / SMALL_TREE)
			break;
		buf_str(out, i ? ", " : " (");
		report_step_text(out, s->trees[i].path, SHOWN_TEXT);
		buf_printf(out, " %s", report_step_size(s->trees[i].bytes, size));
	}
	buf_str(out, s->trees[0].path ? ")" : "");
}

static void add_shares(const struct report_shares *s, struct buf *out)
{
	static const struct {
		enum report_share share;
		const char *what;
	} order[] = {{REPORT_SHARE_USED, "used"},
		     {REPORT_SHARE_NEEDED, "needed by that"},
		     {REPORT_SHARE_APPLICATION, "of the application"},
		     {REPORT_SHARE_TREES, "in programs' own directories"},
		     {REPORT_SHARE_NAMED, "in packages that were installed by name"},
		     {REPORT_SHARE_OPTIONS, "asked for by options"},
		     {REPORT_SHARE_REST, "kept by --keep most"}};
	char size[32];
	bool any = false;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!s->bytes[order[i].share])
			continue;
		if (any)
			buf_str(out, ", ");
		else
			buf_printf(out, LABEL, "kept");
		buf_printf(out, "%s %s", report_step_size(s->bytes[order[i].share], size), order[i].what);
		any = true;
		if (order[i].share == REPORT_SHARE_TREES)
			add_trees(s, out);
	}
	buf_str(out, any ? "\n" : "");
}

static const struct exercise_step *step_at(const struct run_results *runs, size_t n)
{
	size_t run = 0;
	while (n >= runs->items[run].steps.count)
		n -= runs->items[run++].steps.count;
	return &runs->items[run].steps.steps[n];
}

/* The steps that were the first to need most. */
static void add_needs(const struct report *r, struct buf *out)
{
	const struct report_needs *needs = &r->needs;
	CLEANUP_FREE bool *shown = mem_calloc(needs->count, sizeof(*shown));
	char size[32];
	for (size_t n = 0; n < SHOWN_NEEDS && n < needs->count; n++) {
		size_t most = 0;
		for (size_t i = 0; i < needs->count; i++)
			if (shown[most] || (!shown[i] && needs->items[i].bytes > needs->items[most].bytes))
				most = i;
		const struct report_need *need = &needs->items[most];
		if (shown[most] || !need->bytes || need->bytes < r->result.size_bytes / SMALL_NEED)
			break;
		shown[most] = true;
		buf_printf(out, LABEL "by ", n ? "" : "first used");
		report_step_text(out, step_at(&r->runs, most)->what, SHOWN_TEXT);
		buf_printf(out, " %s", report_step_size(need->bytes, size));
		if (need->package) {
			buf_printf(out, ", of that %s of the package ", report_step_size(need->package_bytes, size));
			report_step_text(out, need->package, SHOWN_TEXT);
		}
		buf_char(out, '\n');
	}
}

static void add_count(const char *separator, uint64_t n, const char *noun, struct buf *out)
{
	buf_printf(out, "%s%" PRIu64 " %s%s", separator, n, noun, n == 1 ? "" : "s");
}

static void add_items(const char *label, const struct strlist *items, const char *after, struct buf *out)
{
	for (size_t i = 0; i < items->count && i < SHOWN_FAILURES; i++) {
		buf_printf(out, LABEL, label);
		report_step_text(out, items->items[i], 2 * SHOWN_TEXT);
		buf_printf(out, "%s\n", after);
	}
}

static void add_healed(const struct verify_verdict *v, struct buf *out)
{
	for (size_t i = 0; i < v->n_healed && i < SHOWN_FAILURES; i++) {
		buf_printf(out, LABEL, "  healed");
		report_step_text(out, v->healed[i].path, 2 * SHOWN_TEXT);
		buf_str(out, ": ");
		report_step_text(out, v->healed[i].why, 3 * SHOWN_TEXT);
		buf_char(out, '\n');
	}
}

static void add_verify(const struct verify_verdict *v, struct buf *out)
{
	if (!v->done && !v->skipped)
		return;
	if (v->skipped) {
		buf_printf(out, LABEL "no: %s\n", "verified", v->skipped);
		return;
	}
	buf_printf(out, LABEL, "verified");
	add_count("", v->equal_steps, "step", out);
	add_count(" and ", v->equal_runs, "run", out);
	buf_str(out, " equal");
	if (v->n_differences)
		add_count(", ", v->n_differences, "difference", out);
	if (v->n_lookups)
		add_count(", ", v->n_lookups, "path", out);
	buf_str(out, !v->n_lookups ? "" : v->equal ? " of compiled Python missed" : " missed");
	if (v->n_healed)
		add_count(", ", v->n_healed, "path", out);
	buf_str(out, v->n_healed ? " healed" : "");
	if (v->variable.count)
		add_count(", ", v->variable.count, "value", out);
	buf_str(out, v->variable.count == 1 ? " left out that varies by itself"
		     : v->variable.count    ? " left out that vary by themselves"
					    : "");
	if (v->incomparable.count)
		buf_printf(out, ", %zu incomparable", v->incomparable.count);
	if (v->repeats)
		buf_printf(out, "; values differed, so what differs was run %u time%s more", v->repeats,
			   v->repeats == 1 ? "" : "s");
	buf_char(out, '\n');
	add_items("  varies", &v->variable, "", out);
	add_items("  no proof", &v->incomparable, ": incomparable, as it differs between runs of the original", out);
	add_healed(v, out);
	add_items("  left out", &v->left_out, ", which the result looks for", out);
}

static void add_times(const struct report *r, struct buf *out)
{
	uint64_t total = 0;
	char t[32];
	if (!r->n_stages)
		return;
	buf_printf(out, LABEL, "time");
	for (size_t i = 0; i < r->n_stages; i++) {
		report_step_text(out, r->stages[i].name, SHOWN_TEXT);
		buf_printf(out, " %s, ", seconds_text(r->stages[i].ms, t));
		total += r->stages[i].ms;
	}
	buf_printf(out, "in all %s\n", seconds_text(total, t));
	if (r->cached_layers)
		buf_printf(out, LABEL "%" PRIu64 " of %" PRIu64 " layers came unpacked from the cache\n", "",
			   r->cached_layers, r->source.layers);
	if (r->in_place_layers)
		buf_printf(out,
			   LABEL "%" PRIu64 " of %" PRIu64 " layers were used where the source has them, %s written to "
				 "the store\n",
			   "", r->in_place_layers, r->source.layers, report_step_size(r->store_bytes, t));
}

static void add_line(const char *label, const char *s, struct buf *out)
{
	if (!s || !s[0])
		return;
	buf_printf(out, LABEL, label);
	report_step_text(out, s, SIZE_MAX);
	buf_char(out, '\n');
}

static void add_destination(const struct report_destination *d, struct buf *out)
{
	add_line("result", d->reference, out);
	for (size_t i = 0; i < d->names.count; i++)
		add_line("", d->names.items[i], out);
	add_line("", d->pinned ? d->pinned : d->digest, out);
}

/* First, because the figures below look like those of a slim image. */
static void add_original(const struct report *r, struct buf *out)
{
	if (!report_gates_kept_original(&r->gates))
		return;
	buf_printf(out, LABEL "PUBLISHED IN THE PLACE OF A SLIM IMAGE: ", "ORIGINAL");
	report_step_text(out, r->error.msg, SIZE_MAX);
	buf_char(out, '\n');
}

static void add_verdicts(const struct report *r, struct buf *out)
{
	add_verify(&r->verify, out);
	report_unproven_text(&r->unproven, out);
	report_gates_text(&r->gates, out);
	report_lock_text(&r->lock, r->gates.published && !report_gates_kept_original(&r->gates), out);
	add_times(r, out);
	for (size_t i = 0; i < r->notes.count; i++)
		add_line("note", r->notes.items[i].text, out);
}

void report_text_brief(const struct report *r, struct buf *out)
{
	add_sizes(r, out);
	report_drift_text(&r->drift, out);
	add_verdicts(r, out);
}

void report_text_destinations(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_destinations; i++)
		add_destination(&r->destinations[i], out);
	if (!r->n_destinations) {
		add_line("result", r->result.reference, out);
		add_line("", r->result.digest, out);
	}
}

void report_text(const struct report *r, struct buf *out)
{
	add_original(r, out);
	add_line("source", r->source.reference, out);
	add_sizes(r, out);
	for (size_t i = 0; i < r->runs.count; i++)
		if (!r->runs.items[i].variant)
			add_run(&r->runs.items[i], out);
	add_trace(&r->trace, out);
	report_drift_text(&r->drift, out);
	add_stability(&r->stability, out);
	add_shares(&r->shares, out);
	add_needs(r, out);
	add_application(&r->application, out);
	add_verdicts(r, out);
	report_text_destinations(r, out);
}
