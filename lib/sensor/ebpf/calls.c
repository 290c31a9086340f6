#include "sensor/ebpf/calls.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/call_index.h"
#include "sensor/filter.h"
#include "sensor/syscalls.h"
#include "trace/syscall_name.h"

#define CALLS (RECORD_ABIS * RECORD_CALLS)

static struct record_call call_of_row(const struct sensor_syscall *row, uint32_t audit_arch)
{
	struct record_call c = {
	    .flags = CALL_KNOWN,
	    .dir = row->dir,
	    .path = row->path,
	    .dir2 = row->kinds2 ? row->dir2 : -1,
	    .path2 = row->kinds2 ? row->path2 : -1,
	    .meaning = row->flags,
	    .text = -1,
	};
	bool changes_names = row->detail == SENSOR_DETAIL_SYMLINK || (row->kinds2 & TRACE_CREATE);
	bool changes_mounts = row->detail == SENSOR_DETAIL_MOUNT || (row->detail == SENSOR_DETAIL_ROOT && row->kinds2);
	if (sensor_syscall_may_be_fstat(row->name))
		c.flags |= CALL_STAT_AT;
	if (row->detail == SENSOR_DETAIL_SOCKADDR)
		c.flags |= CALL_SOCKADDR;
	if (row->detail == SENSOR_DETAIL_OPEN_HOW)
		c.flags |= CALL_HOW;
	if (row->detail == SENSOR_DETAIL_OPEN || row->detail == SENSOR_DETAIL_OPEN_HOW ||
	    strcmp(row->name, "creat") == 0)
		c.flags |= CALL_OPEN;
	if (row->detail == SENSOR_DETAIL_EXEC)
		c.flags |= CALL_EXEC;
	if (((row->kinds & TRACE_CHDIR) && row->path >= 0) || changes_mounts ||
	    (row->detail == SENSOR_DETAIL_EXEC && row->dir >= 0))
		c.flags |= CALL_BEFORE;
	if (changes_names || changes_mounts || row->detail == SENSOR_DETAIL_ROOT)
		c.flags |= CALL_CHANGES;
	if (changes_mounts)
		c.flags |= CALL_MOUNTS;
	if (row->detail == SENSOR_DETAIL_LISTEN || (row->kinds & TRACE_BIND))
		c.flags |= CALL_SOCKET;
	if (row->detail == SENSOR_DETAIL_SYMLINK)
		c.text = 0;
	if (row->detail == SENSOR_DETAIL_FANOTIFY && !(audit_arch & __AUDIT_ARCH_64BIT)) {
		c.dir++;
		c.path++;
	}
	return c;
}

static struct record_call *call_at(struct record_call *calls, uint32_t abi, uint32_t index)
{
	return &calls[abi * RECORD_CALLS + index];
}

static void on_call(void *ctx, uint32_t audit_arch, uint32_t nr, const struct sensor_syscall *row)
{
	uint32_t abi, index;
	if (row->detail != SENSOR_DETAIL_PTRACE && ebpf_call_index(audit_arch, nr, &abi, &index))
		*call_at(ctx, abi, index) = call_of_row(row, audit_arch);
}

/* To what the call has already. */
static void add_flags(struct record_call *calls, const char *name, uint32_t flags)
{
	uint32_t abi, index;
	for (size_t i = 0; i < TRACE_ABIS; i++) {
		int64_t nr = trace_syscall_number(&trace_abis[i], name);
		if (nr >= 0 && ebpf_call_index(trace_abis[i].audit_arch, (uint32_t)nr, &abi, &index))
			call_at(calls, abi, index)->flags |= flags;
	}
}

int ebpf_calls_fill(int map, const struct strset *refused)
{
	CLEANUP_FREE struct record_call *calls = mem_calloc(CALLS, sizeof(*calls));
	CLEANUP_FREE uint32_t *keys = mem_calloc(CALLS, sizeof(*keys));
	uint32_t abi, index, n = CALLS;
	sensor_syscalls_init();
	sensor_syscalls_each(on_call, calls);
	add_flags(calls, "exit", CALL_ENDS);
	add_flags(calls, "exit_group", CALL_ENDS);
	for (size_t i = 0; i < refused->count; i++)
		add_flags(calls, strset_get(refused, i), CALL_DENIED);
	if (ebpf_call_socketcall(&abi, &index))
		*call_at(calls, abi, index) =
		    (struct record_call){CALL_KNOWN | CALL_SOCKETCALL, -1, -1, -1, -1, -1, -1, {0}};
	for (uint32_t i = 0; i < CALLS; i++)
		keys[i] = i;
	return bpf_map_update_batch(map, keys, calls, &n, NULL) < 0 ? -errno : 0;
}
