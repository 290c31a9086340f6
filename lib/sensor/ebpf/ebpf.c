/* The recorder that stops nobody: eBPF programs (bpf/recorder.bpf.c) follow the commands and all their descendants and
 * write records, which a thread here turns into one trace. Scope: a command from before its exec on. Of its descendants
 * those count that execute a program under one seccomp filter more than the command had: they are the container's. When
 * this process dies, everything that is followed is killed. But threads that ran before can be followed instead, those
 * of a pid namespace: they are no commands of ours, and nothing ends them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "sensor/ebpf/commands.h"
#include "sensor/ebpf/ebpf_load.h"
#include "sensor/ebpf/record_reader.h"
#include "sensor/ebpf/ring.h"
#include "sensor/ebpf/totals.h"
#include "sensor/recorder.h"

#define READ_MS 50 /* most records wake nobody */

struct recorder {
	struct ebpf_loaded *loaded; /* borrowed */
	struct ebpf_ring ring;
	pthread_t thread;
	bool running;
	int stop_fd;
	struct ebpf_commands commands;
	struct ebpf_record_reader reader; /* only the thread, or after join */
	struct sensor_fanotify_hints hints;
};

static void consume(struct recorder *e)
{
	ebpf_ring_consume(&e->ring, ebpf_record_reader_take, &e->reader);
}

static void *read_ring(void *arg)
{
	struct recorder *e = arg;
	struct pollfd fds[2] = {
	    {.fd = e->ring.wakes, .events = POLLIN},
	    {.fd = e->stop_fd, .events = POLLIN},
	};
	for (eventfd_t stop = 0; !stop;) {
		if (fd_poll(fds, 2, READ_MS) > 0 && fds[1].revents)
			(void)eventfd_read(e->stop_fd, &stop);
		consume(e);
		ebpf_commands_kill_again(&e->commands);
	}
	return NULL;
}

/* Once the thread is gone, all that was recorded is in the reader's trace. */
static void join(struct recorder *e)
{
	if (!e->running)
		return;
	eventfd_write(e->stop_fd, 1);
	pthread_join(e->thread, NULL);
	e->running = false;
	consume(e);
	ebpf_totals_add(e->loaded, &e->reader);
}

static bool ebpf_close(void *recorder)
{
	struct recorder *e = recorder;
	while (e->running && ebpf_commands_kill_all(&e->commands))
		poll(NULL, 0, 2); /* the thread sees each end */
	join(e);
	ebpf_ring_close(&e->ring);
	/* what still runs would write into the next recording */
	const bool clean = ebpf_commands_are_over(&e->commands);
	if (e->stop_fd >= 0)
		close(e->stop_fd);
	ebpf_record_reader_done(&e->reader);
	ebpf_commands_done(&e->commands);
	free(e);
	return clean;
}

/* The kernel's own form of a device number. */
static uint32_t kernel_device(int rootfs)
{
	struct stat st;
	if (rootfs < 0 || fstat(rootfs, &st) < 0)
		return 0;
	return (uint32_t)(major(st.st_dev) << 20 | minor(st.st_dev));
}

static bool kill_all(const int *fds)
{
	return ebpf_commands_kill_members(fds[0]);
}

static int start_guard(struct recorder *e, struct err *err)
{
	int fds[1 + EBPF_PROGRAMS] = {e->loaded->members};
	size_t n = 1;
	for (size_t i = 0; i < e->loaded->count; i++) /* the programs go on while it holds them */
		fds[n++] = bpf_link__fd(e->loaded->links[i]);
	return ebpf_kill_guard_start(&e->loaded->guard, kill_all, fds, n, err);
}

static int load(void **out, struct err *err)
{
	struct ebpf_loaded *l;
	int r = ebpf_load(&l, err);
	if (r == 0)
		*out = l;
	return r;
}

static bool reset(void *loaded)
{
	ebpf_detach(loaded);
	return ebpf_empty(loaded) == 0;
}

static void unload(void *loaded)
{
	ebpf_unload(loaded);
}

/* adopt: the inode of a pid namespace; 0 = commands will be followed. */
static int begin(const struct sensor_site *site, uint32_t adopt, void **out, struct err *err)
{
	struct recorder *e = mem_alloc(sizeof(*e));
	uint32_t device = kernel_device(site->rootfs);
	e->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	e->loaded = site->loaded;
	ebpf_commands_init(&e->commands, e->loaded);
	ebpf_record_reader_init(&e->reader, site->rootfs, device, site->events, site->paths, &e->commands);
	int r = e->stop_fd < 0 ? err_sys(err, errno, "eventfd-create", "cannot create an eventfd")
			       : ebpf_attach(e->loaded, device, adopt, site->refused, err);
	if (r == 0 && !adopt)
		r = start_guard(e, err);
	if (r == 0)
		r = ebpf_ring_open(&e->ring, e->loaded->ring, RECORD_RING, err);
	if (r == 0 && pthread_create(&e->thread, NULL, read_ring, e) != 0)
		r = err_sys(err, EAGAIN, "thread-start", "cannot start a thread");
	if (r < 0) {
		(void)ebpf_close(e); /* the caller uses what is loaded no more */
		return r;
	}
	e->running = true;
	*out = e;
	return 0;
}

static int ebpf_open(const struct sensor_site *site, void **out, struct err *err)
{
	return begin(site, 0, out, err);
}

static int ebpf_adopt(const struct sensor_site *site, uint32_t pid_ns, void **out, struct err *err)
{
	return begin(site, pid_ns, out, err);
}

static int ebpf_start(void *recorder, const struct subproc_command *cmd, int task, struct err *err)
{
	struct recorder *e = recorder;
	return ebpf_commands_start(&e->commands, cmd, task, err);
}

static void ebpf_kill(void *recorder, int task)
{
	struct recorder *e = recorder;
	ebpf_commands_kill(&e->commands, task);
}

static void ebpf_step(void *recorder, uint16_t step)
{
	struct recorder *e = recorder;
	const uint32_t key = COUNT_STEP;
	const uint64_t value = step;
	(void)bpf_map_update_elem(e->loaded->counters, &key, &value, BPF_ANY); /* an array: it can't fail */
}

static const struct sensor_fanotify_hints *ebpf_finish(void *recorder, struct trace *out)
{
	struct recorder *e = recorder;
	join(e);
	trace_take(out, &e->reader.trace);
	const struct ebpf_record_world *w = &e->reader.world;
	e->hints = (struct sensor_fanotify_hints){&e->reader.runtime_paths, &w->renamed, &w->mounts, w->device};
	return &e->hints;
}

const struct sensor_recorder sensor_ebpf = {
    .witness = TRACE_BY_EBPF,
    .load = load,
    .reset = reset,
    .unload = unload,
    .open = ebpf_open,
    .adopt = ebpf_adopt,
    .start = ebpf_start,
    .kill = ebpf_kill,
    .step = ebpf_step,
    .finish = ebpf_finish,
    .close = ebpf_close,
};
