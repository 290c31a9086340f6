#include "report/report.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const report_share_names[REPORT_SHARES] = {[REPORT_SHARE_NEEDED] = "needed",
						       [REPORT_SHARE_USED] = "used",
						       [REPORT_SHARE_APPLICATION] = "application",
						       [REPORT_SHARE_TREES] = "trees",
						       [REPORT_SHARE_NAMED] = "named_packages",
						       [REPORT_SHARE_OPTIONS] = "options",
						       [REPORT_SHARE_REST] = "rest"};

void report_stage_add(struct report *r, const char *name, uint64_t ms)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (strcmp(r->stages[i].name, name) == 0) {
			r->stages[i].ms += ms;
			return;
		}
	assert(r->n_stages < sizeof(r->stages) / sizeof(*r->stages));
	r->stages[r->n_stages++] = (struct report_stage){name, ms};
}

static int by_number(const void *a, const void *b)
{
	const struct trace_port *x = a, *y = b;
	return x->number != y->number ? x->number - y->number : x->udp - y->udp;
}

void report_trace_add(struct report *r, const struct trace *t)
{
	struct report_trace *to = &r->trace;
	struct trace_counts n;
	trace_count(t, &n);
	to->paths = t->paths.count;
	to->processes = t->processes;
	to->programs = t->programs.count;
	to->found = n.found[TRACE_FOUND_YES];
	to->not_found = n.found[TRACE_FOUND_NO];
	const struct trace_comparison *c = &t->comparison;
	uint64_t by_calls = c->files_calls + c->files_both;
	to->by_ebpf = t->witnesses & TRACE_BY_EBPF ? by_calls : 0;
	to->by_ptrace = (t->witnesses & TRACE_BY_CALL) != TRACE_BY_EBPF ? by_calls : 0;
	to->by_fanotify = c->files_fanotify + c->files_both;
	memcpy(to->differences, c->rules, sizeof(to->differences));
	to->kernel_paths = c->rules[TRACE_RULE_INTERPRETER];
	free(to->ports);
	to->ports = mem_dup(t->ports, t->n_ports * sizeof(*to->ports));
	to->n_ports = t->n_ports;
	if (to->n_ports)
		qsort(to->ports, to->n_ports, sizeof(*to->ports), by_number);
}

void report_trace_file_add(struct report *r, const char *path, uint64_t paths, bool same_image)
{
	struct report_trace *t = &r->trace;
	t->files = mem_realloc(t->files, t->n_files + 1, sizeof(*t->files));
	t->files[t->n_files++] = (struct report_trace_file){mem_strdup(path), paths, same_image};
}

void report_done(struct report *r)
{
	run_results_done(&r->runs);
	verify_verdict_done(&r->verify);
	report_gates_done(&r->gates);
	report_lock_done(&r->lock);
	report_drift_done(&r->drift);
	notes_done(&r->notes);
	for (size_t i = 0; i < r->trace.n_files; i++)
		free(r->trace.files[i].path);
	free(r->trace.files);
	free(r->trace.ports);
	free(r->source.reference);
	free(r->result.reference);
	for (size_t i = 0; i < r->n_destinations; i++) {
		free(r->destinations[i].reference);
		strlist_done(&r->destinations[i].names);
		free(r->destinations[i].pinned);
	}
	free(r->destinations);
	for (size_t i = 0; i < REPORT_TREES; i++) {
		free(r->application.biggest[i].path);
		free(r->shares.trees[i].path);
	}
	for (size_t i = 0; i < r->needs.count; i++)
		free(r->needs.items[i].package);
	free(r->needs.items);
	for (size_t i = 0; i < r->stability.n_items; i++)
		free(r->stability.items[i].path);
	free(r->stability.items);
	report_unproven_done(&r->unproven);
	json_list_done(&r->kept);
	json_list_done(&r->dropped);
	json_decref(r->packages);
	json_decref(r->layers);
	*r = (struct report){0};
}
