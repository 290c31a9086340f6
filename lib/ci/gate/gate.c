#include "ci/gate/gate.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "report/step/step.h"
#include "text/quantity.h"

#define SHOWN_REQUEST 100 /* bytes */

/* The figure of a gate. */
struct finding {
	struct buf figure;
	bool passed;
};

static void add_size(struct buf *out, uint64_t bytes)
{
	char size[32];
	buf_str(out, report_step_size(bytes, size));
}

static void add_count(struct buf *out, uint64_t n, const char *noun)
{
	buf_printf(out, "%" PRIu64 " %s%s", n, noun, n == 1 ? "" : "s");
}

/* Adds the bytes if the rounded size looks equal to the limit: "60.0 MB" may be more than 60 MB. */
static void judge_bytes(uint64_t bytes, uint64_t limit, struct finding *f)
{
	add_size(&f->figure, bytes);
	f->passed = bytes <= limit;
	if (f->passed)
		return;
	buf_str(&f->figure, ", ");
	add_size(&f->figure, bytes - limit);
	buf_str(&f->figure, " too much");
}

static void judge_compressed(const struct report_image *result, uint64_t limit, struct finding *f)
{
	if (result->compressed_bytes)
		judge_bytes(result->compressed_bytes, limit, f);
	else
		buf_str(&f->figure,
			"not known, as the destination stores layers unpacked: with --compression gzip it is");
}

static void judge_reduction(const struct report *r, uint64_t limit, struct finding *f)
{
	const double before = (double)r->source.size_bytes, after = (double)r->result.size_bytes;
	const double percent = before > 0 ? (before - after) * 100 / before : 0;
	f->passed = percent * QUANTITY_PERCENT >= (double)limit;
	buf_printf(&f->figure, "%.1f %%, from ", percent);
	add_size(&f->figure, r->source.size_bytes);
	buf_str(&f->figure, " to ");
	add_size(&f->figure, r->result.size_bytes);
}

/* Compares compressed sizes if both are known, because registries store and transfer these. */
static void judge_growth(const struct ci_gate_figures *figures, uint64_t limit, struct finding *f)
{
	const struct report_image *now = &figures->report->result;
	const struct ci_gate_baseline *then = figures->baseline;
	if (then && then->missing) {
		f->passed = true;
		buf_printf(&f->figure, "nothing to compare with: %s is not published yet", then->name);
		return;
	}
	const bool compressed = then && then->compressed_bytes && now->compressed_bytes;
	if (!compressed && (!then || !then->size_bytes || !now->size_bytes)) {
		buf_printf(&f->figure, "not known: %s has compressed sizes only, and the result has none%s",
			   then ? then->name : "the earlier result",
			   then ? ", as the destination stores layers unpacked; with --compression gzip it has" : "");
		return;
	}
	const uint64_t before = compressed ? then->compressed_bytes : then->size_bytes;
	const uint64_t after = compressed ? now->compressed_bytes : now->size_bytes;
	const double percent = ((double)after - (double)before) * 100 / (double)before;
	f->passed = percent * QUANTITY_PERCENT <= (double)limit;
	buf_printf(&f->figure, "%+.1f %%, ", percent);
	add_size(&f->figure, after < before ? before - after : after - before);
	buf_str(&f->figure, after < before ? " less: from " : " more: from ");
	add_size(&f->figure, before);
	buf_str(&f->figure, " to ");
	add_size(&f->figure, after);
	buf_printf(&f->figure, " %s, against %s", compressed ? "compressed" : "unpacked", then->name);
}

static void judge_tree(const struct ci_gate_figures *figures, const struct ci_gate_limit *l, struct finding *f)
{
	const bool keep = l->gate == CI_GATE_MUST_KEEP;
	struct ci_gate_tree_found found = {0};
	if (!figures->tree.keep) {
		buf_str(&f->figure, "not known");
		return;
	}
	ci_gate_tree_find(&figures->tree, l->text, keep, &found);
	f->passed = keep ? found.kept > 0 : !found.kept;
	if (!found.kept && !found.dropped) {
		buf_str(&f->figure, "nothing in the image matches");
	} else {
		buf_str(&f->figure, found.kept ? "the result has " : keep ? "dropped: " : "dropped ");
		buf_append(&f->figure, found.text.data, found.text.len);
	}
	buf_done(&found.text);
}

static void judge_verify(const struct ci_gate_figures *figures, struct finding *f)
{
	const struct verify_verdict *v = &figures->report->verify;
	if (figures->tree.whole) {
		f->passed = true;
		buf_str(&f->figure, "the result has the layers of the source");
		return;
	}
	if (!v->done) {
		buf_printf(&f->figure, "not verified%s%s", v->skipped ? ": " : "", v->skipped ? v->skipped : "");
		return;
	}
	f->passed = v->equal;
	add_count(&f->figure, v->equal_steps, "step");
	buf_str(&f->figure, " and ");
	add_count(&f->figure, v->equal_runs, "run");
	buf_str(&f->figure, v->equal ? " are equal" : " are equal, others are not");
}

static bool is_request(const struct exercise_step *s)
{
	return !exercise_kind_is_command(s->kind) && s->kind != EXERCISE_READY && s->kind != EXERCISE_SIGNAL;
}

/* An unexpected error status is a failure. A guessed path fails only if there was no answer. */
static bool is_failed(const struct exercise_step *s)
{
	return report_step_is_failed(s) ||
	       (s->kind == EXERCISE_HTTP && s->status >= 400 && s->wish == EXERCISE_WISH_SUCCESS);
}

static void judge_requests(const struct run_results *runs, uint64_t limit, struct finding *f)
{
	const struct exercise_step *first = NULL;
	uint64_t sent = 0, failed = 0;
	for (size_t i = 0; i < runs->count; i++)
		for (size_t j = 0; j < runs->items[i].steps.count; j++) {
			const struct exercise_step *s = &runs->items[i].steps.steps[j];
			if (!is_request(s))
				continue;
			sent++;
			if (!is_failed(s))
				continue;
			failed++;
			if (!first)
				first = s;
		}
	f->passed = failed <= limit;
	buf_printf(&f->figure, "%" PRIu64 " of ", failed);
	add_count(&f->figure, sent, "request");
	if (!first)
		return;
	char status[32];
	report_step_status(first, status);
	buf_printf(&f->figure, ", %s", failed > 1 ? "the first is " : "");
	report_step_text(&f->figure, first->what, SHOWN_REQUEST);
	buf_printf(&f->figure, " on port %u: %s", first->port, status);
}

static void judge_unproven(const struct ci_gate_figures *figures, const struct ci_gate_limit *l, struct finding *f)
{
	if (!figures->unproven_known) {
		buf_str(&f->figure, "not known");
		return;
	}
	f->passed = (l->counts_files ? figures->unproven_files : figures->unproven_bytes) <= l->number;
	add_count(&f->figure, figures->unproven_files, "file");
	buf_str(&f->figure, ", ");
	add_size(&f->figure, figures->unproven_bytes);
}

static void judge(const struct ci_gate_limit *l, const struct ci_gate_figures *figures, struct finding *f)
{
	const struct report *r = figures->report;
	switch (l->gate) {
	case CI_GATE_MAX_SIZE:
		return judge_bytes(r->result.size_bytes, l->number, f);
	case CI_GATE_MAX_COMPRESSED:
		return judge_compressed(&r->result, l->number, f);
	case CI_GATE_MIN_REDUCTION:
		return judge_reduction(r, l->number, f);
	case CI_GATE_MAX_GROWTH:
		return judge_growth(figures, l->number, f);
	case CI_GATE_MUST_KEEP:
	case CI_GATE_MUST_DROP:
		return judge_tree(figures, l, f);
	case CI_GATE_REQUIRE_VERIFY:
		return judge_verify(figures, f);
	case CI_GATE_MAX_REQUESTS_FAILED:
		return judge_requests(&r->runs, l->number, f);
	case CI_GATE_MAX_UNPROVEN:
		return judge_unproven(figures, l, f);
	}
}

void ci_gate_judge(const struct ci_gate_limits *limits, const struct ci_gate_figures *figures, struct report_gates *out)
{
	for (unsigned gate = 0; gate < CI_GATES; gate++)
		for (size_t i = 0; i < limits->count; i++) {
			const struct ci_gate_limit *l = &limits->items[i];
			struct finding f = {0};
			if (l->gate != gate)
				continue;
			judge(l, figures, &f);
			report_gates_add(out, ci_gate_names[l->gate], l->text, buf_steal(&f.figure), f.passed);
		}
}

int ci_gate_error(const struct report_gates *g, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	size_t failed = report_gates_failed(g);
	for (size_t i = 0; i < g->count; i++) {
		const struct report_gate *gate = &g->items[i];
		if (gate->passed)
			continue;
		buf_printf(&names, "%s--%s", names.len ? ", " : "", gate->name);
		if (gate->limit)
			buf_printf(&names, " %s", gate->limit);
	}
	if (!failed)
		return 0;
	return err_set(err, ERR_GATE, "gate-failed", "the slim image does not pass %zu of %zu gates: %s", failed,
		       g->count, names.data);
}
