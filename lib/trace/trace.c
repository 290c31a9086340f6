#include "trace/trace.h"

#include <stdlib.h>

#include "base/mem.h"

const char *const trace_kind_names[TRACE_KINDS] = {
    "open",  "exec",   "stat",  "readlink", "list",  "chdir",  "connect", "bind",     "xattr",
    "watch", "create", "write", "remove",   "mount", "kernel", "follow",  "nofollow",
};

const char *const trace_witness_names[TRACE_WITNESSES] = {"ptrace", "fanotify"};

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
	e->kinds |= kinds;
	e->witnesses |= witness;
	if (e->program == UINT32_MAX)
		e->program = program;
}

uint32_t trace_program(struct trace *t, const char *path)
{
	return (uint32_t)strset_add(&t->programs, path);
}

void trace_add_port(struct trace *t, uint16_t number, bool udp)
{
	for (size_t i = 0; i < t->n_ports; i++)
		if (t->ports[i].number == number && t->ports[i].udp == udp)
			return;
	t->ports = mem_grow(t->ports, t->n_ports, &t->ports_cap, sizeof(*t->ports));
	t->ports[t->n_ports++] = (struct trace_port){number, udp};
}

void trace_merge(struct trace *into, const struct trace *from)
{
	for (size_t id = 0; id < from->paths.count; id++) {
		const struct trace_entry *e = &from->entries[id];
		uint32_t program = e->program < from->programs.count
				       ? trace_program(into, strset_get(&from->programs, e->program))
				       : UINT32_MAX;
		const struct strset_item *path = &from->paths.items[id];
		trace_add(into, path->s, path->len, e->kinds, program, e->witnesses);
		struct trace_entry *to = &into->entries[strset_find_len(&into->paths, path->s, path->len)];
		if (e->found > to->found)
			to->found = e->found;
	}
	for (size_t id = 0; id < from->programs.count; id++) /* also those that touched nothing first */
		(void)trace_program(into, strset_get(&from->programs, id));
	for (size_t i = 0; i < from->n_ports; i++)
		trace_add_port(into, from->ports[i].number, from->ports[i].udp);
	for (size_t i = 0; i < from->refused.count; i++)
		strset_add(&into->refused, strset_get(&from->refused, i));
	into->processes += from->processes;
	into->stops += from->stops;
	into->ptraces += from->ptraces;
	into->unreadable += from->unreadable;
	into->overflows += from->overflows;
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
	strset_done(&t->paths);
	strset_done(&t->programs);
	strset_done(&t->refused);
	free(t->entries);
	free(t->ports);
	*t = (struct trace){0};
}
