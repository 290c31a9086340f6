#include "sensor/ebpf/totals.h"

#include <bpf/bpf.h>

#include "sensor/ebpf/call_index.h"
#include "trace/syscall_name.h"

static void add_refused(struct trace *t, uint32_t audit_arch, uint32_t nr)
{
	char room[TRACE_SYSCALL_NAME];
	const struct trace_abi *abi = trace_abi_of(audit_arch, nr);
	if (abi)
		strset_add(&t->refused, trace_syscall_name(abi, nr, room));
}

static void add_used(const struct ebpf_loaded *l, struct ebpf_record_reader *r)
{
	uint64_t key, *from = NULL;
	struct record_used u;
	while (bpf_map_get_next_key(l->used, from, &key) == 0) {
		from = &key;
		uint32_t program = ebpf_record_reader_program(r, key), arch, nr;
		if ((program == UINT32_MAX && key != RECORD_REFUSED) || bpf_map_lookup_elem(l->used, &key, &u) < 0)
			continue;
		for (uint32_t bit = 0; bit < RECORD_ABIS * RECORD_CALLS; bit++)
			if (u.bits[bit / 64] >> bit % 64 & 1) {
				ebpf_call_at(bit / RECORD_CALLS, bit % RECORD_CALLS, &arch, &nr);
				if (key == RECORD_REFUSED)
					add_refused(&r->trace, arch, nr);
				else
					trace_add_syscall(&r->trace, program, arch, nr);
			}
	}
}

static void add_runs(const struct ebpf_loaded *l, struct ebpf_record_reader *r)
{
	struct record_run key, *from = NULL;
	uint64_t n;
	while (bpf_map_get_next_key(l->runs, from, &key) == 0) {
		from = &key;
		uint32_t program = ebpf_record_reader_program(r, key.program);
		if (program == UINT32_MAX || bpf_map_lookup_elem(l->runs, &key, &n) < 0)
			continue;
		while (n--)
			trace_add_run(&r->trace, program, ebpf_record_reader_program(r, key.parent));
	}
}

static uint64_t counter(const struct ebpf_loaded *l, uint32_t which)
{
	uint64_t n = 0;
	return bpf_map_lookup_elem(l->counters, &which, &n) == 0 ? n : 1; /* not known: not complete */
}

void ebpf_totals_add(const struct ebpf_loaded *loaded, struct ebpf_record_reader *r)
{
	add_used(loaded, r);
	add_runs(loaded, r);
	r->trace.processes += counter(loaded, COUNT_PROCESSES);
	r->trace.overflows += counter(loaded, COUNT_LOST) + ebpf_missed(loaded) + r->lost;
}
