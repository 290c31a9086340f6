#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

const char *const trace_kind_names[TRACE_KINDS] = {
    "open",  "exec",   "stat",  "readlink", "list",  "chdir",  "connect", "bind",     "xattr",
    "watch", "create", "write", "remove",   "mount", "kernel", "follow",  "nofollow",
};

const char *const trace_rule_names[TRACE_RULES] = {
    "unexplained", "other-name", "created", "removed", "interpreter", "mounted", "refused",
};

const char *const trace_witness_names[TRACE_WITNESSES] = {"ptrace", "fanotify", "ebpf"};

void trace_add(struct trace *t, const char *path, size_t len, uint32_t kinds, uint32_t program, uint8_t witness)
{
	if (!len)
		return;
	bool added;
	size_t id = strset_add_len(&t->paths, path, len, &added);
	if (added) {
		t->entries = mem_grow(t->entries, id, &t->cap, sizeof(*t->entries));
		t->entries[id] = (struct trace_entry){.program = UINT32_MAX};
	}
	struct trace_entry *e = &t->entries[id];
	if (added || ((kinds & TRACE_OPENED) && !e->opened))
		e->step = t->step;
	e->kinds |= kinds & ~(uint32_t)TRACE_OPENED;
	e->opened |= (kinds & TRACE_OPENED) != 0;
	e->witnesses |= witness;
	if (e->program == UINT32_MAX)
		e->program = program;
}

uint32_t trace_program(struct trace *t, const char *path)
{
	bool added;
	size_t id = strset_add_len(&t->programs, path, strlen(path), &added);
	if (added) {
		t->facts = mem_grow(t->facts, id, &t->facts_cap, sizeof(*t->facts));
		t->facts[id] = (struct trace_program){0};
	}
	return (uint32_t)id;
}

/* Put a value into a sorted array of *n unless it is there. compare as of bsearch. */
static void *insert_sorted(void *array, size_t *n, size_t *cap, const void *value, size_t size,
			   int (*compare)(const void *, const void *))
{
	size_t low = 0, high = *n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = compare(value, (char *)array + mid * size);
		if (c == 0)
			return array;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	array = mem_grow(array, *n, cap, size);
	char *at = (char *)array + low * size;
	memmove(at + size, at, (*n - low) * size);
	memcpy(at, value, size);
	(*n)++;
	return array;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static int by_call(const void *a, const void *b)
{
	const struct trace_syscall *x = a, *y = b;
	return x->audit_arch != y->audit_arch ? (x->audit_arch > y->audit_arch ? 1 : -1)
					      : (x->nr > y->nr) - (x->nr < y->nr);
}

void trace_add_parent(struct trace *t, uint32_t program, uint32_t parent)
{
	struct trace_program *p = &t->facts[program];
	p->parents = insert_sorted(p->parents, &p->n_parents, &p->parents_cap, &parent, sizeof(parent), by_id);
}

void trace_add_run(struct trace *t, uint32_t program, uint32_t parent)
{
	t->facts[program].runs++;
	if (parent == UINT32_MAX)
		t->facts[program].starts++;
	else
		trace_add_parent(t, program, parent);
}

/* arm has a few calls from 0xf0001 (arch/arm/include/uapi/asm/unistd.h). */
bool trace_syscall_exists(uint32_t nr)
{
	return (nr & ~TRACE_X32) < TRACE_SYSCALL_END || (nr > 0xf0000 && nr < 0xf0010);
}

void trace_add_syscall(struct trace *t, uint32_t program, uint32_t audit_arch, uint32_t nr)
{
	struct trace_program *p = &t->facts[program];
	const struct trace_syscall call = {audit_arch, nr};
	if (!trace_syscall_exists(nr))
		return;
	p->syscalls = insert_sorted(p->syscalls, &p->n_syscalls, &p->syscalls_cap, &call, sizeof(call), by_call);
}

void trace_add_unexplained(struct trace *t, const char *path, size_t len)
{
	if (t->comparison.unexplained.count < LIMIT_TRACE_UNEXPLAINED)
		(void)strset_add_len(&t->comparison.unexplained, path, len, NULL);
}

void trace_add_port(struct trace *t, uint16_t number, bool udp)
{
	for (size_t i = 0; i < t->n_ports; i++)
		if (t->ports[i].number == number && t->ports[i].udp == udp)
			return;
	t->ports = mem_grow(t->ports, t->n_ports, &t->ports_cap, sizeof(*t->ports));
	t->ports[t->n_ports++] = (struct trace_port){number, udp};
}

void trace_mark_variant(struct trace *t, unsigned variant)
{
	for (size_t id = 0; id < t->paths.count; id++)
		t->entries[id].variants |= UINT32_C(1) << variant;
}

static void merge_program(struct trace *into, const struct trace *from, size_t id)
{
	const struct trace_program *p = &from->facts[id];
	uint32_t to = trace_program(into, strset_get(&from->programs, id));
	for (size_t i = 0; i < p->n_syscalls; i++)
		trace_add_syscall(into, to, p->syscalls[i].audit_arch, p->syscalls[i].nr);
	for (size_t i = 0; i < p->n_parents; i++)
		trace_add_parent(into, to, trace_program(into, strset_get(&from->programs, p->parents[i])));
	into->facts[to].runs += p->runs;
	into->facts[to].starts += p->starts;
}

/* A file may have been seen in both: only the figures of a trace alone are known. */
static void merge_files(struct trace *into, const struct trace *from)
{
	struct trace_comparison *c = &into->comparison;
	const bool first = !into->paths.count, nothing = !from->paths.count;
	if (nothing)
		return;
	c->files_calls = first ? from->comparison.files_calls : 0;
	c->files_fanotify = first ? from->comparison.files_fanotify : 0;
	c->files_both = first ? from->comparison.files_both : 0;
}

void trace_merge(struct trace *into, const struct trace *from)
{
	merge_files(into, from);
	for (size_t id = 0; id < from->paths.count; id++) {
		const struct trace_entry *e = &from->entries[id];
		uint32_t program = e->program < from->programs.count
				       ? trace_program(into, strset_get(&from->programs, e->program))
				       : UINT32_MAX;
		const struct strset_item *path = &from->paths.items[id];
		into->step = e->step;
		trace_add(into, path->s, path->len, e->kinds | (e->opened ? TRACE_OPENED : 0), program, e->witnesses);
		struct trace_entry *to = &into->entries[strset_find_len(&into->paths, path->s, path->len)];
		if (e->found > to->found)
			to->found = e->found;
		to->content = trace_content_unite(to->content, e->content);
		if (e->known > to->known)
			to->known = e->known;
		to->variants |= e->variants;
	}
	into->step = 0;
	for (size_t id = 0; id < from->programs.count; id++)
		merge_program(into, from, id);
	for (size_t i = 0; i < from->assumed.count; i++)
		(void)strset_add(&into->assumed, strset_get(&from->assumed, i));
	for (size_t i = 0; i < from->n_ports; i++)
		trace_add_port(into, from->ports[i].number, from->ports[i].udp);
	for (size_t i = 0; i < from->refused.count; i++)
		strset_add(&into->refused, strset_get(&from->refused, i));
	for (size_t i = 0; i < TRACE_RULES; i++)
		into->comparison.rules[i] += from->comparison.rules[i];
	for (size_t i = 0; i < from->comparison.unexplained.count; i++) {
		const struct strset_item *path = &from->comparison.unexplained.items[i];
		trace_add_unexplained(into, path->s, path->len);
	}
	into->witnesses |= from->witnesses;
	into->processes += from->processes;
	into->stops += from->stops;
	into->ptraces += from->ptraces;
	into->direct_reads += from->direct_reads;
	into->unreadable += from->unreadable;
	into->overflows += from->overflows;
}

void trace_take(struct trace *into, struct trace *from)
{
	if (!into->paths.count && !into->programs.count) {
		struct trace rest = *into;
		*into = *from;
		*from = rest;
	}
	trace_merge(into, from);
}

void trace_count(const struct trace *t, struct trace_counts *out)
{
	*out = (struct trace_counts){0};
	for (size_t id = 0; id < t->paths.count; id++) {
		const struct trace_entry *e = &t->entries[id];
		for (size_t k = 0; k < TRACE_KINDS; k++)
			out->kinds[k] += e->kinds >> k & 1;
		out->found[e->found]++;
		out->witnesses[e->witnesses & ((1 << TRACE_WITNESSES) - 1)]++;
	}
}

void trace_done(struct trace *t)
{
	for (size_t id = 0; id < t->programs.count; id++) {
		free(t->facts[id].syscalls);
		free(t->facts[id].parents);
	}
	free(t->facts);
	strset_done(&t->paths);
	strset_done(&t->programs);
	strset_done(&t->refused);
	strset_done(&t->assumed);
	strset_done(&t->comparison.unexplained);
	free(t->entries);
	free(t->ports);
	*t = (struct trace){0};
}
