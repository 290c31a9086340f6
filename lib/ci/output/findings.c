#include "ci/output/findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/strset.h"
#include "report/step/step.h"

#define MOST_OF_KIND 200
#define VALUE 200 /* bytes of a value in a sentence */

void ci_findings_done(struct ci_findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].id);
		free(f->items[i].subject);
		free(f->items[i].text);
		free(f->items[i].path);
	}
	free(f->items);
	*f = (struct ci_findings){0};
}

/* Takes the strings of item over. */
static void take(struct ci_findings *f, const struct ci_finding *item)
{
	f->items = mem_grow(f->items, f->count, &f->cap, sizeof(*f->items));
	f->items[f->count++] = *item;
}

/* Takes text over. */
static struct ci_finding *add(struct ci_findings *f, enum ci_level level, const char *id, const char *subject,
			      char *text)
{
	const struct ci_finding item = {
	    .level = level,
	    .id = mem_strdup(id),
	    .subject = mem_strdup(subject ? subject : ""),
	    .text = text,
	};
	take(f, &item);
	return &f->items[f->count - 1];
}

static void add_error(const struct ci_build *b, struct ci_findings *f)
{
	const struct err *e = b->error && b->error->code ? b->error : &b->report->error;
	if (e->code)
		add(f, CI_LEVEL_ERROR, e->id, b->report->source.reference, mem_strdup(e->msg));
}

static void add_gates(const struct report_gates *g, struct ci_findings *f)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct report_gate *gate = &g->items[i];
		if (gate->passed)
			continue;
		CLEANUP_FREE char *id = mem_printf("gate-%s", gate->name);
		add(f, CI_LEVEL_ERROR, id, gate->limit,
		    mem_printf("the gate --%s%s%s failed: %s", gate->name, gate->limit ? " " : "",
			       gate->limit ? gate->limit : "", gate->figure ? gate->figure : "not met"));
	}
}

static void add_verify(const struct verify_verdict *v, struct ci_findings *f)
{
	for (size_t i = 0; i < v->n_differences && i < MOST_OF_KIND; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_FREE char *subject = mem_printf("%s: %s", d->where, d->what);
		buf_printf(&text, "%s: the %s of the slim image is ", d->where, d->what);
		report_step_text(&text, *d->got ? d->got : "(nothing)", VALUE);
		buf_str(&text, ", that of the original ");
		report_step_text(&text, *d->expected ? d->expected : "(nothing)", VALUE);
		add(f, CI_LEVEL_ERROR, "difference", subject, buf_steal(&text));
	}
	for (size_t i = 0; i < v->n_lookups && i < MOST_OF_KIND; i++) {
		const struct verify_verdict_lookup *l = &v->lookups[i];
		struct ci_finding *made =
		    add(f, v->equal ? CI_LEVEL_NOTE : CI_LEVEL_ERROR, "file-missed", l->path,
			mem_printf("%s%sthe slim image looked for %s, which only the original has",
				   l->program ? l->program : "", l->program ? ": " : "", l->path));
		made->path = mem_strdup(l->path);
	}
}

static void add_step(const struct exercise_step *s, struct ci_findings *f)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_FREE char *subject = s->port ? mem_printf("%s on port %u", s->what, s->port) : mem_strdup(s->what);
	char status[32];
	report_step_status(s, status);
	buf_printf(&text, "%s failed: %s", subject, status);
	if (s->error || s->unexpected)
		buf_str(&text, ", ");
	report_step_text(&text, s->error ? s->error : s->unexpected, VALUE);
	add(f, CI_LEVEL_WARNING, exercise_kind_is_command(s->kind) ? "command-failed" : "request-failed", subject,
	    buf_steal(&text));
}

static void add_runs(const struct run_results *runs, struct ci_findings *f)
{
	size_t steps = 0;
	for (size_t i = 0; i < runs->count; i++) {
		const struct run_result *run = &runs->items[i];
		if (run->failure)
			add(f, CI_LEVEL_WARNING, "run-failed", run->command,
			    mem_printf("%s: %s", run->command ? run->command : "the run", run->failure));
		for (size_t j = 0; j < run->steps.count && steps < MOST_OF_KIND; j++)
			if (report_step_is_failed(&run->steps.steps[j])) {
				add_step(&run->steps.steps[j], f);
				steps++;
			}
	}
}

static void add_lock(const struct report_lock *l, struct ci_findings *f)
{
	if (!l->state || strcmp(l->state, "changed") != 0)
		return;
	CLEANUP_FREE char *summary = report_lock_summary(l);
	add(f, CI_LEVEL_WARNING, "lock-changed", l->file,
	    mem_printf("the build differs from %s: %s", l->file ? l->file : "the lock file", summary));
	for (size_t i = 0; i < l->lines.count && i < MOST_OF_KIND; i++)
		add(f, CI_LEVEL_NOTE, "lock-change", l->lines.items[i], mem_strdup(l->lines.items[i]));
}

static void add_unproven(const struct report_unproven *u, struct ci_findings *f)
{
	char size[32];
	if (u->files)
		add(f, CI_LEVEL_NOTE, "unproven", NULL,
		    mem_printf("%" PRIu64 " file%s left out (%s) although kept files name %s, and no run used %s",
			       u->files, u->files == 1 ? " is" : "s are", report_step_size(u->bytes, size),
			       u->files == 1 ? "it" : "them", u->files == 1 ? "it" : "them"));
	for (size_t i = 0; i < u->count && i < MOST_OF_KIND; i++) {
		const struct report_unproven_file *file = &u->items[i];
		struct ci_finding *made =
		    add(f, CI_LEVEL_NOTE, "file-unproven", file->path,
			mem_printf("%s (%s) is left out; %u kept file%s named it, such as %s", file->path,
				   report_step_size(file->bytes, size), file->named_by, file->named_by == 1 ? "" : "s",
				   file->example ? file->example : "?"));
		made->path = mem_strdup(file->path);
	}
}

static void add_notes(const struct notes *notes, struct ci_findings *f)
{
	for (size_t i = 0; i < notes->count && i < MOST_OF_KIND; i++)
		add(f, CI_LEVEL_NOTE, notes->items[i].id, notes->items[i].text, mem_strdup(notes->items[i].text));
}

/* Puts errors first and keeps the order within a level. Merges findings of one request that failed in several runs. */
static void sort(struct ci_findings *f)
{
	struct ci_findings sorted = {0}, again = {0};
	CLEANUP_STRSET struct strset known = {0};
	for (int level = CI_LEVEL_ERROR; level <= CI_LEVEL_NOTE; level++)
		for (size_t i = 0; i < f->count; i++) {
			const struct ci_finding *item = &f->items[i];
			if ((int)item->level != level)
				continue;
			CLEANUP_FREE char *key = mem_printf("%s %s", item->id, item->subject);
			bool is_new = strset_find(&known, key) == STRSET_NONE;
			(void)strset_add(&known, key);
			take(is_new ? &sorted : &again, item);
		}
	free(f->items);
	*f = sorted;
	ci_findings_done(&again);
}

void ci_findings_make(const struct ci_build *b, struct ci_findings *out)
{
	const struct report *r = b->report;
	*out = (struct ci_findings){0};
	add_error(b, out);
	add_gates(&r->gates, out);
	add_verify(&r->verify, out);
	add_runs(&r->runs, out);
	add_notes(&r->notes, out);
	add_lock(&r->lock, out);
	add_unproven(&r->unproven, out);
	sort(out);
}

size_t ci_findings_count(const struct ci_findings *f, enum ci_level level)
{
	size_t n = 0;
	for (size_t i = 0; i < f->count; i++)
		n += f->items[i].level == level;
	return n;
}

void ci_finding_fingerprint(const struct ci_finding *f, char out[SHA256_HEX_SIZE])
{
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	uint8_t sum[SHA256_SIZE];
	sha256_update(h, f->id, strlen(f->id) + 1);
	sha256_update(h, f->subject, strlen(f->subject));
	sha256_final(h, sum);
	sha256_hex(sum, out);
}
