#include <string.h>

#include "report/reasons.h"
#include "report/report.h"
#include "report/report_error.h"
#include "report/step/step.h"
#include "report/timings.h"
#include "text/json.h"

/* NULL and "" are both "none". */
static json_t *text(const char *s)
{
	return s && s[0] ? json_bytes(s, strlen(s)) : json_null();
}

static json_t *number(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *image_json(const struct report_image *image)
{
	json_t *v = json_object();
	json_object_set_new(v, "reference", text(image->reference));
	json_object_set_new(v, "digest", text(image->digest));
	json_object_set_new(v, "size_bytes", number(image->size_bytes));
	json_object_set_new(v, "compressed_bytes", number(image->compressed_bytes));
	json_object_set_new(v, "layers", number(image->layers));
	json_object_set_new(v, "files", number(image->files));
	return v;
}

static json_t *destinations_json(const struct report *r)
{
	json_t *all = json_array();
	for (size_t i = 0; i < r->n_destinations; i++) {
		const struct report_destination *d = &r->destinations[i];
		json_t *v = json_object(), *names = json_array();
		for (size_t k = 0; k < d->names.count; k++)
			json_array_append_new(names, text(d->names.items[k]));
		json_object_set_new(v, "reference", text(d->reference));
		json_object_set_new(v, "names", names);
		json_object_set_new(v, "digest", text(d->digest));
		json_object_set_new(v, "pinned", d->pinned ? text(d->pinned) : json_null());
		json_array_append_new(all, v);
	}
	return all;
}

static json_t *timing_json(const struct report *r)
{
	json_t *v = json_object();
	uint64_t total = 0;
	for (size_t i = 0; i < r->n_stages; i++) {
		json_object_set_new(v, r->stages[i].name, number(r->stages[i].ms));
		total += r->stages[i].ms;
	}
	json_object_set_new(v, "total", number(total));
	return v;
}

static json_t *need_json(const struct report_need *n)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "files", number(n->files), "bytes", number(n->bytes), "package",
			 text(n->package), "package_bytes", number(n->package_bytes));
}

/* need: NULL = not known. */
static json_t *step_json(const struct exercise_step *s, const struct report_need *need)
{
	json_t *v = report_step_json(s);
	json_object_set_new(v, "first_to_need", need ? need_json(need) : json_null());
	return v;
}

static json_t *runs_json(const struct report *r)
{
	json_t *runs = json_array();
	size_t n = 0;
	for (size_t i = 0; i < r->runs.count; i++) {
		const struct run_result *run = &r->runs.items[i];
		json_t *v = json_object(), *steps = json_array(), *witnesses = json_array();
		for (size_t j = 0; j < run->steps.count; j++, n++)
			json_array_append_new(
			    steps, step_json(&run->steps.steps[j], n < r->needs.count ? &r->needs.items[n] : NULL));
		for (size_t j = 0; j < TRACE_WITNESSES; j++)
			if (run->witnesses & 1 << j)
				json_array_append_new(witnesses, json_string(trace_witness_names[j]));
		json_object_set_new(v, "repeat", json_integer(run->variant + 1));
		json_object_set_new(v, "command", text(run->command));
		json_object_set_new(v, "status", json_integer(run->status));
		json_object_set_new(v, "ended_by", json_string(run_end_name(run->end)));
		json_object_set_new(v, "failure", text(run->failure));
		json_object_set_new(v, "ms", number(run->ms));
		json_object_set_new(v, "started_ms", number(run->started_ms));
		json_object_set_new(v, "ready_ms", number(run->ready_ms));
		json_object_set_new(v, "exercised_ms", number(run->exercised_ms));
		json_object_set_new(v, "witnesses", witnesses);
		json_object_set_new(v, "steps", steps);
		json_array_append_new(runs, v);
	}
	return runs;
}

static json_t *trace_json(const struct report_trace *t)
{
	json_t *v = json_object(), *witnesses = json_object(), *ports = json_array(), *files = json_array(),
	       *differences = json_object();
	for (size_t i = 0; i < TRACE_RULES; i++)
		json_object_set_new(differences, trace_rule_names[i], number(t->differences[i]));
	json_object_set_new(witnesses, "ptrace", number(t->by_ptrace));
	json_object_set_new(witnesses, "ebpf", number(t->by_ebpf));
	json_object_set_new(witnesses, "fanotify", number(t->by_fanotify));
	for (size_t i = 0; i < t->n_ports; i++)
		json_array_append_new(ports,
				      json_sprintf("%u/%s", t->ports[i].number, t->ports[i].udp ? "udp" : "tcp"));
	for (size_t i = 0; i < t->n_files; i++) {
		json_t *f = json_object();
		json_object_set_new(f, "path", text(t->files[i].path));
		json_object_set_new(f, "paths", number(t->files[i].paths));
		json_object_set_new(f, "same_image", json_boolean(t->files[i].same_image));
		json_array_append_new(files, f);
	}
	json_object_set_new(v, "paths", number(t->paths));
	json_object_set_new(v, "found", number(t->found));
	json_object_set_new(v, "not_found", number(t->not_found));
	json_object_set_new(v, "processes", number(t->processes));
	json_object_set_new(v, "programs", number(t->programs));
	json_object_set_new(v, "kernel_paths", number(t->kernel_paths));
	json_object_set_new(v, "witnesses", witnesses);
	json_object_set_new(v, "witness_differences", differences);
	json_object_set_new(v, "ports", ports);
	json_object_set_new(v, "files", files);
	return v;
}

static json_t *trees_json(const struct report_tree trees[REPORT_TREES])
{
	json_t *all = json_array();
	for (size_t i = 0; i < REPORT_TREES && trees[i].path; i++)
		json_array_append_new(
		    all, json_pack("{s:o, s:o}", "path", text(trees[i].path), "bytes", number(trees[i].bytes)));
	return all;
}

static json_t *application_json(const struct report_application *a)
{
	json_t *v = json_object();
	json_object_set_new(v, "bytes", number(a->bytes));
	json_object_set_new(v, "files", number(a->files));
	json_object_set_new(v, "biggest", trees_json(a->biggest));
	return v;
}

static json_t *shares_json(const struct report_shares *s)
{
	json_t *v = json_object();
	for (size_t i = 0; i < REPORT_SHARES; i++)
		json_object_set_new(v, report_share_names[i], number(s->bytes[i]));
	json_object_set_new(v, "biggest_trees", trees_json(s->trees));
	return v;
}

static json_t *stability_json(const struct report_stability *s)
{
	if (!s->runs)
		return json_null();
	const uint64_t in_all = s->files - s->files_in_some;
	json_t *v = json_object(), *paths = json_array();
	for (size_t i = 0; i < s->n_items; i++) {
		json_array_append_new(paths, json_pack("{s:o, s:o}", "path", text(s->items[i].path), "runs",
						       report_reasons_runs(s->items[i].runs)));
	}
	json_object_set_new(v, "runs", json_integer(s->runs));
	json_object_set_new(v, "files", number(s->files));
	json_object_set_new(v, "files_in_all", number(in_all));
	json_object_set_new(v, "files_in_some", number(s->files_in_some));
	json_object_set_new(v, "percent_in_all", number(s->files ? in_all * 100 / s->files : 100));
	json_object_set_new(v, "in_some", paths);
	return v;
}

static json_t *verify_json(const struct verify_verdict *v)
{
	json_t *o = json_object(), *differences = json_array(), *healed = json_array(), *lookups = json_array();
	json_t *left_out = json_array(), *variable = json_array(), *incomparable = json_array();
	for (size_t i = 0; i < v->n_differences; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		json_t *e = json_object();
		json_object_set_new(e, "where", text(d->where));
		json_object_set_new(e, "what", text(d->what));
		json_object_set_new(e, "expected", text(d->expected));
		json_object_set_new(e, "got", text(d->got));
		json_array_append_new(differences, e);
	}
	for (size_t i = 0; i < v->n_healed; i++) {
		json_t *e = json_object();
		json_object_set_new(e, "path", text(v->healed[i].path));
		json_object_set_new(e, "why", text(v->healed[i].why));
		json_object_set_new(e, "round", json_integer(v->healed[i].round));
		json_array_append_new(healed, e);
	}
	for (size_t i = 0; i < v->n_lookups; i++) {
		json_t *e = json_object();
		json_object_set_new(e, "path", text(v->lookups[i].path));
		json_object_set_new(e, "program", text(v->lookups[i].program));
		json_array_append_new(lookups, e);
	}
	for (size_t i = 0; i < v->left_out.count; i++)
		json_array_append_new(left_out, text(v->left_out.items[i]));
	for (size_t i = 0; i < v->variable.count; i++)
		json_array_append_new(variable, text(v->variable.items[i]));
	for (size_t i = 0; i < v->incomparable.count; i++)
		json_array_append_new(incomparable, text(v->incomparable.items[i]));
	json_object_set_new(o, "done", json_boolean(v->done));
	json_object_set_new(o, "skipped", text(v->skipped));
	json_object_set_new(o, "equal", json_boolean(v->equal));
	json_object_set_new(o, "rounds", json_integer(v->rounds));
	json_object_set_new(o, "repeats", json_integer(v->repeats));
	json_object_set_new(o, "equal_steps", number(v->equal_steps));
	json_object_set_new(o, "equal_runs", number(v->equal_runs));
	json_object_set_new(o, "differences", differences);
	json_object_set_new(o, "lookups", lookups);
	json_object_set_new(o, "healed", healed);
	json_object_set_new(o, "left_out", left_out);
	json_object_set_new(o, "variable", variable);
	json_object_set_new(o, "incomparable", incomparable);
	return o;
}

static json_t *notes_json(const struct report *r)
{
	json_t *notes = json_array();
	for (size_t i = 0; i < r->notes.count; i++) {
		json_t *v = json_object();
		json_object_set_new(v, "code", json_string(r->notes.items[i].id));
		json_object_set_new(v, "text", text(r->notes.items[i].text));
		json_array_append_new(notes, v);
	}
	return notes;
}

static void write_head(const struct report *r, struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *source = image_json(&r->source);
	json_object_set_new(source, "cached_layers", number(r->cached_layers));
	json_object_set_new(source, "in_place_layers", number(r->in_place_layers));
	json_object_set_new(source, "store_bytes", number(r->store_bytes));
	json_object_set_new(root, "schema", json_string("slim.report/v1"));
	json_object_set_new(root, "source", source);
	json_object_set_new(root, "result", image_json(&r->result));
	json_object_set_new(root, "destinations", destinations_json(r));
	json_object_set_new(root, "timing_ms", timing_json(r));
	json_object_set_new(root, "runs", runs_json(r));
	json_t *trace = trace_json(&r->trace);
	json_object_set_new(trace, "drift", report_drift_json(&r->drift));
	json_object_set_new(root, "trace", trace);
	json_object_set_new(root, "stability", stability_json(&r->stability));
	json_object_set_new(root, "application", application_json(&r->application));
	json_object_set_new(root, "kept_for", shares_json(&r->shares));
	json_object_set_new(root, "verify", verify_json(&r->verify));
	json_object_set_new(root, "gates", report_gates_json(&r->gates));
	if (r->unproven.items)
		json_object_set_new(root, "unproven", report_unproven_json(&r->unproven));
	json_object_set_new(root, "lock", report_lock_json(&r->lock));
	json_object_set_new(root, "notes", notes_json(r));
	if (r->error.code)
		json_object_set_new(root, "error", report_error_member(&r->error));
	if (r->timings)
		json_object_set_new(root, "timings", report_timings_json(r->timings));
	if (r->layers)
		json_object_set(root, "layers", r->layers);
	if (r->packages)
		json_object_set(root, "packages", r->packages);
	json_write_pretty(root, out);
}

int report_json_write(const struct report *r, bool reasons, buf_sink *sink, void *ctx, struct err *err)
{
	static const char end[] = "\n}\n";
	const size_t end_len = sizeof(end) - 1;
	CLEANUP_BUF struct buf head = {0};
	write_head(r, &head);
	int e = sink(ctx, head.data, head.len - end_len, err);
	if (e == 0 && reasons && r->kept.depth)
		e = json_list_write(&r->kept, "kept", sink, ctx, err);
	if (e == 0 && reasons && r->dropped.depth)
		e = json_list_write(&r->dropped, "dropped", sink, ctx, err);
	return e < 0 ? e : sink(ctx, end, end_len, err);
}

void report_json(const struct report *r, bool reasons, struct buf *out)
{
	(void)!report_json_write(r, reasons, buf_sink_append, out, NULL); /* memory does not fail */
}
