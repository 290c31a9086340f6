#include "ci/output/markdown.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ci/output/findings.h"
#include "ci/output/text.h"
#include "oci/ref.h"
#include "report/step/step.h"

#define SHOWN 25           /* findings of one level, and gates */
#define SHOWN_TEXT 120     /* bytes of a value; up to eight times as many when escaped */
#define SHOWN_SENTENCE 400 /* bytes of a finding, likewise */
/* No further item is begun once the page has as many bytes. */
#define ROOM_GATES 20000
#define ROOM_FINDINGS 45000
#define ROOM 55000

/* Adds the source without its tag and digest, in characters that can't end a comment. */
static void add_marker(const struct report_image *source, struct buf *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./:_";
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	const struct oci_name *name;
	const char *text = source->reference ? source->reference : "";
	CLEANUP_FREE char *plain = NULL;
	if (*text && oci_ref_parse(text, &ref, NULL) == 0) {
		bool named = oci_ref_name(&ref, &name, NULL) == 0;
		plain = named ? mem_printf("%s/%s", name->host, name->path) : mem_strdup(ref.location);
	}
	buf_str(out, CI_MARKDOWN_MARKER);
	for (const char *c = plain ? plain : text; *c && c < (plain ? plain : text) + SHOWN_TEXT; c++)
		buf_char(out, strchr(letters, *c) || (*c == '-' && c[1] != '-' && c[1]) ? *c : '_');
	buf_str(out, " -->\n");
}

static void add_success(const struct ci_build *b, struct buf *out)
{
	const struct report *r = b->report;
	char size[32], change[32];
	if (b->verb == CI_BUILD) {
		buf_printf(out, " is %s now (%s)", report_step_size(r->result.size_bytes, size),
			   ci_build_change(r->source.size_bytes, r->result.size_bytes, change));
	} else if (b->verb == CI_VERIFY) {
		buf_str(out, " and ");
		ci_text_code(out, r->result.reference, SHOWN_TEXT);
		buf_str(out, " behave the same");
	} else {
		buf_str(out, " was recorded");
	}
}

static void add_title(const struct ci_build *b, struct buf *out)
{
	static const struct {
		const char *name, *not_proven, *failed;
	} words[] = {
	    [CI_BUILD] = {"build", "not proven, nothing was published", "the build failed"},
	    [CI_VERIFY] = {"verification", "not proven", "the verification failed"},
	    [CI_RECORD] = {"recording", "not proven, no trace was written", "the recording failed"},
	};
	const struct report *r = b->report;
	const char *status = ci_build_status(b);
	buf_printf(out, "### slim: ");
	ci_text_code(out, r->source.reference ? r->source.reference : words[b->verb].name, SHOWN_TEXT);
	if (strcmp(status, "passed") == 0)
		add_success(b, out);
	else if (strcmp(status, "kept-original") == 0)
		buf_str(out, ": **the original was published in the place of the result**");
	else if (strcmp(status, "gate-failed") == 0)
		buf_str(out, ": a gate failed, nothing was published");
	else if (strcmp(status, "not-proven") == 0)
		buf_printf(out, ": %s", words[b->verb].not_proven);
	else
		buf_printf(out, ": %s", strcmp(status, "stopped") == 0 ? "stopped on request" : words[b->verb].failed);
	buf_str(out, "\n\n");
}

static void add_row(const char *label, uint64_t before, uint64_t after, bool bytes, struct buf *out)
{
	char a[32], z[32], change[32];
	snprintf(a, sizeof(a), "%" PRIu64, before);
	snprintf(z, sizeof(z), "%" PRIu64, after);
	buf_printf(out, "| %s | %s | %s | %s |\n", label, bytes ? report_step_size(before, a) : a,
		   bytes ? report_step_size(after, z) : z, ci_build_change(before, after, change));
}

static void add_sizes(const struct ci_build *b, struct buf *out)
{
	const struct report_image *s = &b->report->source, *d = &b->report->result;
	if (!ci_build_has_result(b) || !s->size_bytes)
		return;
	buf_str(out, "| | before | after | change |\n|---|---:|---:|---:|\n");
	add_row("unpacked", s->size_bytes, d->size_bytes, true, out);
	if (s->compressed_bytes && d->compressed_bytes)
		add_row("compressed", s->compressed_bytes, d->compressed_bytes, true, out);
	add_row("files", s->files, d->files, false, out);
	add_row("layers", s->layers, d->layers, false, out);
	buf_char(out, '\n');
}

/* The exercise, over all runs of the original. */
static void add_runs(const struct report *r, struct buf *out)
{
	size_t steps = 0, failed = 0;
	for (size_t i = 0; i < r->runs.count; i++)
		for (size_t j = 0; j < r->runs.items[i].steps.count; j++, steps++)
			failed += report_step_is_failed(&r->runs.items[i].steps.steps[j]);
	if (!r->runs.count)
		return;
	buf_printf(out, "Requests and commands: %zu in %zu run%s, %zu failed\n\n", steps, r->runs.count,
		   r->runs.count == 1 ? "" : "s", failed);
}

static void add_verify(const struct verify_verdict *v, struct buf *out)
{
	if (v->skipped) {
		buf_str(out, "Verified: no, ");
		buf_str(out, v->skipped);
		buf_str(out, "\n\n");
	} else if (v->done) {
		buf_printf(out, "Verified: %zu step%s and %zu run%s equal, %zu difference%s", v->equal_steps,
			   v->equal_steps == 1 ? "" : "s", v->equal_runs, v->equal_runs == 1 ? "" : "s",
			   v->n_differences, v->n_differences == 1 ? "" : "s");
		if (v->n_healed)
			buf_printf(out, ", %zu path%s healed", v->n_healed, v->n_healed == 1 ? "" : "s");
		buf_str(out, "\n\n");
	}
}

static void add_gates(const struct report_gates *g, struct buf *out)
{
	if (!g->count)
		return;
	buf_str(out, "| gate | limit | found | |\n|---|---|---|---|\n");
	size_t shown = 0;
	for (; shown < g->count && shown < SHOWN && out->len < ROOM_GATES; shown++) {
		const struct report_gate *gate = &g->items[shown];
		buf_printf(out, "| %s | ", gate->name);
		ci_text_code(out, gate->limit, SHOWN_TEXT);
		buf_str(out, " | ");
		ci_text_code(out, gate->figure, SHOWN_TEXT);
		buf_str(out, gate->passed ? " | passed |\n" : " | **failed** |\n");
	}
	if (g->count > shown)
		buf_printf(out, "| and %zu more | | | |\n", g->count - shown);
	buf_char(out, '\n');
}

static void add_findings(const struct ci_findings *f, enum ci_level level, const char *title, struct buf *out)
{
	size_t shown = 0, all = ci_findings_count(f, level);
	if (!all)
		return;
	buf_printf(out, "**%s**\n\n", title);
	for (size_t i = 0; i < f->count && shown < SHOWN && out->len < ROOM_FINDINGS; i++) {
		if (f->items[i].level != level)
			continue;
		buf_str(out, "- ");
		ci_text_code(out, f->items[i].text, SHOWN_SENTENCE);
		buf_char(out, '\n');
		shown++;
	}
	if (all > shown)
		buf_printf(out, "- and %zu more\n", all - shown);
	buf_char(out, '\n');
}

static void add_destinations(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_destinations && i < SHOWN && out->len < ROOM; i++) {
		const struct report_destination *d = &r->destinations[i];
		buf_str(out, i ? "- " : "**Published**\n\n- ");
		ci_text_code(out, d->reference, SHOWN_TEXT);
		buf_str(out, ", ");
		ci_text_code(out, d->pinned ? d->pinned : d->digest, 2 * SHOWN_TEXT);
		buf_char(out, '\n');
	}
	buf_str(out, r->n_destinations ? "\n" : "");
}

void ci_markdown(const struct ci_build *b, struct buf *out)
{
	CLEANUP_BUF struct buf page = {0};
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	ci_findings_make(b, &f);
	add_marker(&b->report->source, &page);
	add_title(b, &page);
	add_sizes(b, &page);
	add_runs(b->report, &page);
	add_verify(&b->report->verify, &page);
	add_gates(&b->report->gates, &page);
	add_findings(&f, CI_LEVEL_ERROR, "Errors", &page);
	add_findings(&f, CI_LEVEL_WARNING, "Warnings", &page);
	add_findings(&f, CI_LEVEL_NOTE, "Notes", &page);
	add_destinations(b->report, &page);
	buf_append(out, page.data, page.len);
}
