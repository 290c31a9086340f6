#include "sensor/ebpf/record_reader.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "sensor/decode.h"
#include "sensor/ebpf/call_index.h"

/* A record of the entry of a call, until that of its exit comes. */
struct pending {
	size_t size;
	struct record record; /* and its items */
};

void ebpf_record_reader_init(struct ebpf_record_reader *r, int rootfs, uint32_t device,
			     struct sensor_event_queue *events, struct sensor_paths *paths,
			     struct ebpf_commands *commands)
{
	*r = (struct ebpf_record_reader){
	    .events = events, .paths = paths, .commands = commands, .world = {.rootfs = rootfs, .device = device}};
}

void ebpf_record_reader_done(struct ebpf_record_reader *r)
{
	for (size_t i = 0; i < r->pending.count; i++)
		free((void *)(uintptr_t)r->pending.items[i].value);
	idmap_done(&r->pending);
	idmap_done(&r->programs);
	trace_done(&r->trace);
	strset_done(&r->walked.keys);
	ebpf_record_world_done(&r->world);
	strset_done(&r->runtime_paths);
}

uint32_t ebpf_record_reader_program(const struct ebpf_record_reader *r, uint64_t name)
{
	const uint64_t *program = idmap_find(&r->programs, 0, name);
	return program ? (uint32_t)*program : UINT32_MAX;
}

/* ---- calls ---- */

static void put(struct ebpf_record_reader *r, enum sensor_event_kind kind, const struct record *rec,
		struct sensor_event ev)
{
	ev.kind = kind;
	ev.pid = (pid_t)rec->tid;
	ev.task = ebpf_commands_task(r->commands, rec->task);
	if (ev.task >= 0)
		sensor_event_queue_put(r->events, &ev);
}

static void forget_before(struct ebpf_record_reader *r, uint64_t thread)
{
	const uint64_t *p = idmap_find(&r->pending, 0, thread);
	if (!p)
		return;
	free((void *)(uintptr_t)*p);
	idmap_remove(&r->pending, 0, thread);
}

static void keep_before(struct ebpf_record_reader *r, const struct record *rec, size_t size)
{
	struct pending *p = mem_alloc(offsetof(struct pending, record) + size);
	p->size = size;
	memcpy(&p->record, rec, size);
	forget_before(r, rec->thread); /* of one that was killed in the middle of its call */
	*idmap_at(&r->pending, 0, rec->thread, NULL) = (uintptr_t)p;
}

static struct sensor_decode_call call_of(struct ebpf_record_reader *r, const struct record *rec,
					 struct ebpf_record_facts *f)
{
	const uint64_t *before = idmap_find(&r->pending, 0, rec->thread);
	if (before) {
		const struct pending *p = (const struct pending *)(uintptr_t)*before;
		f->before = &p->record;
		f->before_size = p->size;
	}
	struct sensor_decode_call call = {
	    .facts = &f->facts,
	    .program = ebpf_record_reader_program(r, rec->program),
	    .paths = r->paths,
	    .walked = &r->walked,
	};
	for (int i = 0; i < 6; i++)
		call.args[i] = rec->args[i];
	return call;
}

static void on_call(struct ebpf_record_reader *r, const struct record *rec, size_t size)
{
	struct ebpf_record_facts f = ebpf_record_facts(rec, size, &r->world, &r->lost);
	struct sensor_decode_call call = call_of(r, rec, &f);
	uint32_t nr;
	ebpf_call_at(rec->abi, rec->nr, &call.audit_arch, &nr);
	call.row = sensor_syscalls_find(call.audit_arch, nr);
	call.failed = rec->result < 0;
	if (call.row)
		sensor_decode_paths(&call, &r->trace, NULL);
	forget_before(r, rec->thread);
}

static void on_exec(struct ebpf_record_reader *r, const struct record *rec, size_t size)
{
	struct ebpf_record_facts f = ebpf_record_facts(rec, size, &r->world, &r->lost);
	struct sensor_decode_call call = call_of(r, rec, &f);
	bool first = rec->result;
	call.row = sensor_syscalls_named("execve");
	CLEANUP_BUF struct buf path = {0}, again = {0};
	CLEANUP_TRACE struct trace scratch = {0};
	sensor_decode_paths(&call, &scratch, &path);
	uint32_t program = path.len ? trace_program(&r->trace, path.data) : UINT32_MAX;
	*idmap_at(&r->programs, 0, rec->program, NULL) = program;
	call.program = ebpf_record_reader_program(r, rec->args[RECORD_PARENT]);
	/* Symlinks that the runtime crosses to reach the container's first program don't count. */
	r->trace.unreadable += first ? scratch.unreadable : 0;
	if (first && path.len)
		trace_add(&r->trace, path.data, path.len, TRACE_EXEC | TRACE_OPENED | TRACE_FOLLOW, program,
			  TRACE_BY_EBPF);
	else
		sensor_decode_paths(&call, &r->trace, &again); /* who wants the path gets all that was walked before */
	forget_before(r, rec->thread);
	if (first)
		put(r, SENSOR_STARTED, rec, (struct sensor_event){0});
}

/* ---- all else ---- */

static void on_listen(struct ebpf_record_reader *r, const struct record *rec)
{
	struct trace_port port = {.number = (uint16_t)rec->args[0], .udp = rec->args[1]};
	trace_add_port(&r->trace, port.number, port.udp);
	put(r, SENSOR_LISTEN, rec, (struct sensor_event){.port = port});
}

static void on_ended(struct ebpf_record_reader *r, const struct record *rec)
{
	struct sensor_event ev = {.status = -1};
	if (ebpf_commands_end(r->commands, rec->task, &ev.status))
		put(r, SENSOR_ENDED, rec, ev);
	ebpf_commands_forget(r->commands, rec->task);
}

static void on_opened(struct ebpf_record_reader *r, const struct record *rec, size_t size)
{
	char path[PATH_MAX];
	if (ebpf_record_path(rec, size, ITEM_ROOT, path) > 0)
		(void)strset_add(&r->runtime_paths, path);
	if (ebpf_record_path(rec, size, ITEM_POINT, path) > 0) /* what fanotify has of a mount of the runtime */
		(void)strset_add(&r->runtime_paths, path);
}

static void on_mount(struct ebpf_record_reader *r, const struct record *rec, size_t size)
{
	char root[PATH_MAX], point[PATH_MAX];
	if (ebpf_record_path(rec, size, ITEM_ROOT, root) <= 0 || ebpf_record_path(rec, size, ITEM_POINT, point) <= 0)
		return;
	struct sensor_mounts_entry e = {(uint32_t)rec->args[0], rec->args[1], rec->args[2], root, point};
	sensor_mounts_add(&r->world.mounts, rec->mount_ns, &e);
}

void ebpf_record_reader_take(void *ctx, const void *data, size_t size)
{
	struct ebpf_record_reader *r = ctx;
	const struct record *rec = data;
	if (size < sizeof(*rec))
		return;
	r->trace.step = (uint16_t)rec->step;
	switch ((enum record_type)rec->type) {
	case RECORD_BEFORE:
		keep_before(r, rec, size);
		break;
	case RECORD_CALL:
		on_call(r, rec, size);
		break;
	case RECORD_EXEC:
		on_exec(r, rec, size);
		break;
	case RECORD_LISTEN:
		on_listen(r, rec);
		break;
	case RECORD_OPENED:
		on_opened(r, rec, size);
		break;
	case RECORD_MOUNTS:
		sensor_mounts_begin(&r->world.mounts, rec->mount_ns);
		break;
	case RECORD_MOUNT:
		on_mount(r, rec, size);
		break;
	case RECORD_ENDED:
		on_ended(r, rec);
		break;
	}
}
