#include "trace/unite.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static void larger(uint64_t *of, uint64_t other)
{
	if (other > *of)
		*of = other;
}

/* What trace_merge would not unite so: the figures of into before that. */
struct before {
	struct trace_comparison comparison; /* its counts */
	uint64_t processes, stops, ptraces, unreadable, overflows;
	size_t n_programs;
	uint64_t *runs, *starts; /* by program */
	uint32_t *programs;      /* by path of from: who did it in into; UINT32_MAX = nobody is known */
};

static void remember(const struct trace *into, const struct trace *from, struct before *b)
{
	*b = (struct before){
	    .comparison = into->comparison,
	    .processes = into->processes,
	    .stops = into->stops,
	    .ptraces = into->ptraces,
	    .unreadable = into->unreadable,
	    .overflows = into->overflows,
	    .n_programs = into->programs.count,
	    .runs = mem_calloc(into->programs.count, sizeof(*b->runs)),
	    .starts = mem_calloc(into->programs.count, sizeof(*b->starts)),
	    .programs = mem_calloc(from->paths.count, sizeof(*b->programs)),
	};
	for (size_t i = 0; i < b->n_programs; i++) {
		b->runs[i] = into->facts[i].runs;
		b->starts[i] = into->facts[i].starts;
	}
	for (size_t i = 0; i < from->paths.count; i++) {
		const size_t id = strset_find_len(&into->paths, from->paths.items[i].s, from->paths.items[i].len);
		b->programs[i] = id == STRSET_NONE ? UINT32_MAX : into->entries[id].program;
	}
}

static void forget(struct before *b)
{
	free(b->runs);
	free(b->starts);
	free(b->programs);
}

static void unite_counts(struct trace *into, const struct trace *from, const struct before *b)
{
	struct trace_comparison *c = &into->comparison;
	const struct trace_comparison *x = &b->comparison, *y = &from->comparison;
	for (size_t i = 0; i < TRACE_RULES; i++) {
		c->rules[i] = x->rules[i];
		larger(&c->rules[i], y->rules[i]);
	}
	c->files_calls = x->files_calls;
	c->files_fanotify = x->files_fanotify;
	c->files_both = x->files_both;
	larger(&c->files_calls, y->files_calls);
	larger(&c->files_fanotify, y->files_fanotify);
	larger(&c->files_both, y->files_both);
	into->processes = b->processes;
	into->stops = b->stops;
	into->ptraces = b->ptraces;
	into->unreadable = b->unreadable;
	into->overflows = b->overflows;
	larger(&into->processes, from->processes);
	larger(&into->stops, from->stops);
	larger(&into->ptraces, from->ptraces);
	larger(&into->unreadable, from->unreadable);
	larger(&into->overflows, from->overflows);
}

static void unite_programs(struct trace *into, const struct trace *from, const struct before *b)
{
	for (size_t i = 0; i < from->programs.count; i++) {
		const size_t id = strset_find(&into->programs, strset_get(&from->programs, i));
		struct trace_program *p = &into->facts[id];
		p->runs = id < b->n_programs ? b->runs[id] : 0;
		p->starts = id < b->n_programs ? b->starts[id] : 0;
		larger(&p->runs, from->facts[i].runs);
		larger(&p->starts, from->facts[i].starts);
	}
	for (size_t i = 0; i < from->paths.count; i++) {
		const uint32_t theirs = from->entries[i].program, ours = b->programs[i];
		if (ours >= into->programs.count || theirs >= from->programs.count)
			continue; /* one of them is not known, and the merge took the other */
		const char *name = strset_get(&from->programs, theirs);
		const size_t id = strset_find_len(&into->paths, from->paths.items[i].s, from->paths.items[i].len);
		if (strcmp(name, strset_get(&into->programs, ours)) < 0)
			into->entries[id].program = trace_program(into, name);
	}
}

/* The first of all by their bytes, as many as are told. */
static void unite_unexplained(struct strset *into, const struct strset *from)
{
	CLEANUP_STRSET struct strset all = {0};
	for (size_t i = 0; i < into->count; i++)
		strset_add_len(&all, into->items[i].s, into->items[i].len, NULL);
	for (size_t i = 0; i < from->count; i++)
		strset_add_len(&all, from->items[i].s, from->items[i].len, NULL);
	CLEANUP_FREE size_t *order = strset_sorted(&all);
	strset_done(into);
	for (size_t i = 0; i < all.count && i < LIMIT_TRACE_UNEXPLAINED; i++)
		strset_add_len(into, all.items[order[i]].s, all.items[order[i]].len, NULL);
}

void trace_unite(struct trace *into, const struct trace *from)
{
	struct before b;
	struct strset unexplained = into->comparison.unexplained;
	remember(into, from, &b);
	into->comparison.unexplained = (struct strset){0};
	trace_merge(into, from);
	strset_done(&into->comparison.unexplained);
	unite_unexplained(&unexplained, &from->comparison.unexplained);
	into->comparison.unexplained = unexplained;
	unite_counts(into, from, &b);
	unite_programs(into, from, &b);
	forget(&b);
}
