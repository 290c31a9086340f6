#include "sensor/ebpf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/proc_status.h"
#include "sensor/arch.h"
#include "sensor/decode.h"
#include "sensor/ebpf_load.h"
#include "sensor/facts_record.h"
#include "sensor/guard.h"
#include "trace/syscall_name.h"

#define READ_MS 50 /* most records wake nobody */

/* A command; its slot is what the kernel's side calls its task. */
struct slot {
	enum { SLOT_FREE, SLOT_RUNS, SLOT_FAILED } state;
	int task;
	struct subproc proc;
	bool killed;
};

/* A record of the entry of a call, until that of its exit comes. */
struct pending {
	struct record *record;
	size_t size;
};

struct ebpf {
	struct ebpf_loaded loaded;
	struct guard guard;
	struct ring_buffer *ring;
	struct event_queue *events;
	struct view *view;
	pthread_t thread;
	bool running;
	int stop_fd;
	pthread_mutex_t lock; /* of slots */
	struct slot slots[RECORD_TASKS];

	/* only the thread, or after _join */
	struct trace trace;
	struct view_walked walked;
	struct record_world world;
	struct strset programs; /* their names in records, 8 bytes */
	uint32_t *program_ids;  /* by id of programs: in the trace */
	size_t programs_cap;
	struct strset threads;   /* that made such calls; 8 bytes */
	struct pending *pending; /* by id of threads */
	size_t pending_cap;
	struct strset runtime_paths;
	uint64_t lost;
};

/* ---- the members ---- */

static bool kill_slot(int map, uint32_t slot, bool all)
{
	uint64_t key, *from = NULL;
	bool some = false;
	struct record_member m;
	while (bpf_map_get_next_key(map, from, &key) == 0) {
		from = &key;
		if (bpf_map_lookup_elem(map, &key, &m) < 0 || (!all && m.task != slot) || m.process <= 1)
			continue;
		some = true;
		kill((pid_t)m.process, SIGKILL);
	}
	return some;
}

static bool kill_all(const int *fds)
{
	return kill_slot(fds[0], 0, true);
}

/* ---- programs ---- */

static uint32_t program_of(const struct ebpf *e, uint64_t name)
{
	size_t id = strset_find_len(&e->programs, (const char *)&name, sizeof(name));
	return id == STRSET_NONE ? UINT32_MAX : e->program_ids[id];
}

static void set_program(struct ebpf *e, uint64_t name, uint32_t program)
{
	bool added;
	size_t id = strset_add_len(&e->programs, (const char *)&name, sizeof(name), &added);
	if (added)
		e->program_ids = mem_grow(e->program_ids, id, &e->programs_cap, sizeof(*e->program_ids));
	e->program_ids[id] = program;
}

/* ---- records ---- */

static void put(struct ebpf *e, enum sensor_event_kind kind, const struct record *r, struct sensor_event ev)
{
	ev.kind = kind;
	ev.pid = (pid_t)r->tid;
	pthread_mutex_lock(&e->lock);
	const struct slot *s = &e->slots[r->task % RECORD_TASKS];
	bool known = s->state == SLOT_RUNS;
	ev.task = s->task;
	pthread_mutex_unlock(&e->lock);
	if (known)
		event_queue_put(e->events, &ev);
}

/* NULL when there is none. */
static struct pending *pending_of(struct ebpf *e, uint64_t thread)
{
	size_t id = strset_find_len(&e->threads, (const char *)&thread, sizeof(thread));
	return id != STRSET_NONE && e->pending[id].record ? &e->pending[id] : NULL;
}

static void keep_before(struct ebpf *e, const struct record *r, size_t size)
{
	bool added;
	size_t id = strset_add_len(&e->threads, (const char *)&r->thread, sizeof(r->thread), &added);
	if (added) {
		e->pending = mem_grow(e->pending, id, &e->pending_cap, sizeof(*e->pending));
		e->pending[id] = (struct pending){0};
	}
	free(e->pending[id].record); /* of one that was killed in the middle of its call */
	e->pending[id] = (struct pending){memcpy(mem_alloc(size), r, size), size};
}

static struct decode_call call_of(struct ebpf *e, const struct record *r, struct facts_record *f)
{
	struct pending *p = pending_of(e, r->thread);
	if (p) {
		f->before = p->record;
		f->before_size = p->size;
	}
	struct decode_call call = {
	    .facts = &f->facts,
	    .program = program_of(e, r->program),
	    .view = e->view,
	    .walked = &e->walked,
	};
	for (int i = 0; i < 6; i++)
		call.args[i] = r->args[i];
	return call;
}

static void forget_before(struct ebpf *e, const struct record *r)
{
	struct pending *p = pending_of(e, r->thread);
	if (!p)
		return;
	free(p->record);
	*p = (struct pending){0};
}

static void on_call(struct ebpf *e, const struct record *r, size_t size)
{
	struct facts_record f = facts_record(r, size, &e->world, &e->lost);
	struct decode_call call = call_of(e, r, &f);
	uint32_t nr;
	arch_audit_call(r->abi, r->nr, &call.audit_arch, &nr);
	call.row = sensor_syscalls_find(call.audit_arch, nr);
	call.failed = r->result < 0;
	if (call.row)
		decode_paths(&call, &e->trace, NULL);
	forget_before(e, r);
}

static void on_exec(struct ebpf *e, const struct record *r, size_t size)
{
	struct facts_record f = facts_record(r, size, &e->world, &e->lost);
	struct decode_call call = call_of(e, r, &f);
	bool first = r->result;
	call.row = sensor_syscalls_named("execve");
	CLEANUP_BUF struct buf path = {0}, again = {0};
	CLEANUP_TRACE struct trace scratch = {0};
	decode_paths(&call, &scratch, &path);
	uint32_t program = path.len ? trace_program(&e->trace, path.data) : UINT32_MAX;
	set_program(e, r->program, program);
	call.program = program_of(e, r->args[RECORD_PARENT]);
	/* What the runtime crosses to reach the container's first program does not count. */
	e->trace.unreadable += first ? scratch.unreadable : 0;
	if (first && path.len)
		trace_add(&e->trace, path.data, path.len, TRACE_EXEC | TRACE_OPENED | TRACE_FOLLOW, program,
			  TRACE_BY_EBPF);
	else
		decode_paths(&call, &e->trace, &again); /* who wants the path gets all that was walked before */
	forget_before(e, r);
	if (first)
		put(e, SENSOR_STARTED, r, (struct sensor_event){0});
}

static void on_listen(struct ebpf *e, const struct record *r)
{
	struct trace_port port = {.number = (uint16_t)r->args[0], .udp = r->args[1]};
	trace_add_port(&e->trace, port.number, port.udp);
	put(e, SENSOR_LISTEN, r, (struct sensor_event){.port = port});
}

static void on_ended(struct ebpf *e, const struct record *r)
{
	struct slot *s = &e->slots[r->task % RECORD_TASKS];
	struct sensor_event ev = {.status = -1};
	pthread_mutex_lock(&e->lock); /* held by _start until it knows what became of its command */
	struct subproc proc = s->proc;
	bool runs = s->state == SLOT_RUNS;
	pthread_mutex_unlock(&e->lock);
	if (runs && subproc_wait(&proc, -1, NULL, &ev.status, NULL) == 0)
		put(e, SENSOR_ENDED, r, ev);
	pthread_mutex_lock(&e->lock);
	s->state = SLOT_FREE;
	pthread_mutex_unlock(&e->lock);
}

static void on_mount(struct ebpf *e, const struct record *r, size_t size)
{
	char root[PATH_MAX], point[PATH_MAX];
	if (record_place(r, size, ITEM_ROOT, root) > 0 && record_place(r, size, ITEM_POINT, point) > 0)
		mounts_add(&e->world.mounts, r->mount_ns,
			   &(struct mounts_entry){(uint32_t)r->args[0], r->args[1], r->args[2], root, point});
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct ebpf *e = ctx;
	const struct record *r = data;
	char path[PATH_MAX];
	if (size < sizeof(*r))
		return 0;
	switch ((enum record_type)r->type) {
	case RECORD_BEFORE:
		keep_before(e, r, size);
		break;
	case RECORD_CALL:
		on_call(e, r, size);
		break;
	case RECORD_EXEC:
		on_exec(e, r, size);
		break;
	case RECORD_LISTEN:
		on_listen(e, r);
		break;
	case RECORD_OPENED:
		if (record_place(r, size, ITEM_ROOT, path) > 0)
			(void)strset_add(&e->runtime_paths, path);
		if (record_place(r, size, ITEM_POINT, path) > 0) /* what fanotify has of a mount of the runtime */
			(void)strset_add(&e->runtime_paths, path);
		break;
	case RECORD_MOUNTS:
		mounts_begin(&e->world.mounts, r->mount_ns);
		break;
	case RECORD_MOUNT:
		on_mount(e, r, size);
		break;
	case RECORD_ENDED:
		on_ended(e, r);
		break;
	}
	return 0;
}

/* What was killed may have forked meanwhile. */
static void kill_again(struct ebpf *e)
{
	for (uint32_t i = 0; i < RECORD_TASKS; i++) {
		pthread_mutex_lock(&e->lock);
		bool killed = e->slots[i].state == SLOT_RUNS && e->slots[i].killed;
		pthread_mutex_unlock(&e->lock);
		if (killed)
			(void)kill_slot(e->loaded.members, i, false);
	}
}

static void *reader(void *arg)
{
	struct ebpf *e = arg;
	struct pollfd fds[2] = {
	    {.fd = ring_buffer__epoll_fd(e->ring), .events = POLLIN},
	    {.fd = e->stop_fd, .events = POLLIN},
	};
	while (!(fds[1].revents & POLLIN)) {
		if (poll(fds, 2, READ_MS) < 0 && errno != EINTR)
			break;
		(void)ring_buffer__consume(e->ring); /* our callback does not fail */
		kill_again(e);
	}
	return NULL;
}

/* ---- start and end ---- */

/* The kernel's own form of a device number. */
static uint32_t kernel_device(int rootfs)
{
	struct stat st;
	if (rootfs < 0 || fstat(rootfs, &st) < 0)
		return 0;
	return (uint32_t)(major(st.st_dev) << 20 | minor(st.st_dev));
}

static int start_guard(struct ebpf *e, struct err *err)
{
	int fds[1 + EBPF_PROGRAMS] = {e->loaded.members};
	size_t n = 1;
	for (size_t i = 0; i < e->loaded.count; i++) /* the programs go on while it holds them */
		fds[n++] = bpf_link__fd(e->loaded.links[i]);
	return guard_start(&e->guard, kill_all, fds, n, err);
}

int ebpf_new(int rootfs, struct event_queue *events, struct view *view, struct ebpf **out, struct err *err)
{
	struct ebpf *e = mem_alloc(sizeof(*e));
	*e = (struct ebpf){.events = events, .view = view, .stop_fd = eventfd(0, EFD_CLOEXEC), .guard.life = -1};
	e->world = (struct record_world){.rootfs = rootfs, .device = kernel_device(rootfs)};
	pthread_mutex_init(&e->lock, NULL);
	int r = e->stop_fd < 0 ? err_sys(err, errno, "eventfd") : ebpf_load(&e->loaded, e->world.device, err);
	if (r == 0)
		r = start_guard(e, err);
	if (r == 0 && !(e->ring = ring_buffer__new(e->loaded.ring, on_record, e, NULL)))
		r = err_sys(err, errno, "ring buffer");
	if (r == 0 && pthread_create(&e->thread, NULL, reader, e) != 0)
		r = err_sys(err, EAGAIN, "start a thread");
	if (r < 0) {
		ebpf_free(e);
		return r;
	}
	e->running = true;
	*out = e;
	return 0;
}

struct attaching {
	struct ebpf *e;
	uint32_t slot;
	bool counted;
};

static int attach(void *ctx, pid_t pid, struct err *err)
{
	struct attaching *a = ctx;
	uint64_t one = 1;
	struct proc_status status;
	(void)proc_status_read(pid, &status); /* of one that is gone: no filters */
	struct record_thread thread = {.task = a->slot, .filters = status.seccomp_filters};
	CLEANUP_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0 || bpf_map_update_elem(a->e->loaded.living, &a->slot, &one, BPF_ANY) < 0 ||
	    bpf_map_update_elem(a->e->loaded.threads, &pidfd, &thread, BPF_NOEXIST) < 0)
		return err_sys(err, errno, "cannot follow the command with eBPF");
	a->counted = true;
	return 0;
}

int ebpf_start(struct ebpf *e, const struct subproc_command *cmd, int task, struct err *err)
{
	struct attaching a = {.e = e};
	pthread_mutex_lock(&e->lock);
	while (a.slot < RECORD_TASKS && e->slots[a.slot].state != SLOT_FREE)
		a.slot++;
	if (a.slot == RECORD_TASKS) {
		pthread_mutex_unlock(&e->lock);
		return err_set(err, ERR_LIMIT, "%d commands run at the same time", RECORD_TASKS);
	}
	struct slot *s = &e->slots[a.slot];
	*s = (struct slot){.task = task};
	struct subproc_command copy = *cmd;
	copy.attach = attach;
	copy.attach_ctx = &a;
	int r = subproc_start(&copy, &s->proc, err);
	/* one that failed after it was counted tells its end all the same */
	s->state = r == 0 ? SLOT_RUNS : a.counted ? SLOT_FAILED : SLOT_FREE;
	pthread_mutex_unlock(&e->lock);
	return r;
}

void ebpf_kill(struct ebpf *e, int task)
{
	for (uint32_t i = 0; i < RECORD_TASKS; i++) {
		struct slot *s = &e->slots[i];
		pthread_mutex_lock(&e->lock);
		bool hit = s->state == SLOT_RUNS && s->task == task;
		s->killed |= hit;
		pthread_mutex_unlock(&e->lock);
		if (hit)
			(void)kill_slot(e->loaded.members, i, false); /* the thread does it again */
	}
}

/* ---- what only the maps know ---- */

static void add_refused(struct trace *t, uint32_t audit_arch, uint32_t nr)
{
	char room[TRACE_SYSCALL_NAME];
	const struct trace_abi *abi = trace_abi_of(audit_arch, nr);
	if (abi)
		strset_add(&t->refused, trace_syscall_name(abi, nr, room));
}

static void take_used(struct ebpf *e)
{
	uint64_t key, *from = NULL;
	struct record_used u;
	while (bpf_map_get_next_key(e->loaded.used, from, &key) == 0) {
		from = &key;
		uint32_t program = program_of(e, key), arch, nr;
		if ((program == UINT32_MAX && key != RECORD_REFUSED) ||
		    bpf_map_lookup_elem(e->loaded.used, &key, &u) < 0)
			continue;
		for (uint32_t bit = 0; bit < RECORD_ABIS * RECORD_CALLS; bit++)
			if (u.bits[bit / 64] >> bit % 64 & 1) {
				arch_audit_call(bit / RECORD_CALLS, bit % RECORD_CALLS, &arch, &nr);
				if (key == RECORD_REFUSED)
					add_refused(&e->trace, arch, nr);
				else
					trace_add_syscall(&e->trace, program, arch, nr);
			}
	}
}

static void take_runs(struct ebpf *e)
{
	struct record_run key, *from = NULL;
	uint64_t n;
	while (bpf_map_get_next_key(e->loaded.runs, from, &key) == 0) {
		from = &key;
		uint32_t program = program_of(e, key.program);
		if (program == UINT32_MAX || bpf_map_lookup_elem(e->loaded.runs, &key, &n) < 0)
			continue;
		while (n--)
			trace_add_run(&e->trace, program, program_of(e, key.parent));
	}
}

static uint64_t counter(const struct ebpf *e, uint32_t which)
{
	uint64_t n = 0;
	return bpf_map_lookup_elem(e->loaded.counters, &which, &n) == 0 ? n : 1; /* not known: not complete */
}

void ebpf_join(struct ebpf *e)
{
	if (!e->running)
		return;
	eventfd_write(e->stop_fd, 1);
	pthread_join(e->thread, NULL);
	e->running = false;
	(void)ring_buffer__consume(e->ring);
	take_used(e);
	take_runs(e);
	e->trace.processes += counter(e, COUNT_PROCESSES);
	e->trace.overflows += counter(e, COUNT_LOST) + ebpf_load_missed(&e->loaded) + e->lost;
}

struct trace *ebpf_trace(struct ebpf *e)
{
	return &e->trace;
}

struct fanotify_hints ebpf_hints(const struct ebpf *e)
{
	return (struct fanotify_hints){&e->runtime_paths, &e->world.renamed, &e->world.mounts, e->world.device};
}

static bool some_run(struct ebpf *e)
{
	bool some = false;
	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < RECORD_TASKS; i++) {
		some |= e->slots[i].state == SLOT_RUNS;
		e->slots[i].killed = true;
	}
	pthread_mutex_unlock(&e->lock);
	return some;
}

void ebpf_free(struct ebpf *e)
{
	if (!e)
		return;
	while (e->running && some_run(e)) {
		(void)kill_slot(e->loaded.members, 0, true);
		poll(NULL, 0, 2); /* the thread sees each end */
	}
	ebpf_join(e);
	guard_done(&e->guard);
	ring_buffer__free(e->ring);
	ebpf_unload(&e->loaded);
	if (e->stop_fd >= 0)
		close(e->stop_fd);
	for (size_t i = 0; i < e->threads.count; i++)
		free(e->pending[i].record);
	free(e->pending);
	strset_done(&e->threads);
	trace_done(&e->trace);
	strset_done(&e->walked.keys);
	record_world_done(&e->world);
	strset_done(&e->programs);
	free(e->program_ids);
	strset_done(&e->runtime_paths);
	pthread_mutex_destroy(&e->lock);
	free(e);
}
