#include "sensor/ebpf/ebpf_load.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/calls.h"

#include "recorder.bpf.h"

static int on_message(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[512];
	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	log_debug("%s", line);
	return 0;
}

/* ---- loading ---- */

static int map_fd(const struct ebpf_loaded *l, const char *name)
{
	return bpf_object__find_map_fd_by_name(l->object, name);
}

static int unsupported(struct err *err, int e, const char *what)
{
	if (e == EPERM || e == EACCES)
		return err_set(err, ERR_UNSUPPORTED, "ebpf-denied",
			       "%s: %s (it needs root, or CAP_BPF and CAP_PERFMON; the kernel may refuse it too)", what,
			       strerror(e));
	return err_set(err, ERR_UNSUPPORTED, "ebpf-unsupported", "%s: %s (it needs a kernel from 5.17 on with BTF)",
		       what, strerror(e));
}

static void find_maps(struct ebpf_loaded *l)
{
	l->ring = map_fd(l, "ring");
	l->threads = map_fd(l, "threads");
	l->living = map_fd(l, "living");
	l->counters = map_fd(l, "counters");
	l->members = map_fd(l, "members");
	l->used = map_fd(l, "used");
	l->runs = map_fd(l, "runs");
}

int ebpf_load(struct ebpf_loaded **out, struct err *err)
{
	libbpf_set_print(on_message);
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return err_set(err, ERR_UNSUPPORTED, "ebpf-unsupported",
			       "the kernel has no BTF: /sys/kernel/btf/vmlinux: %s", strerror(errno));
	CLEANUP_EBPF_LOADED struct ebpf_loaded *l = mem_alloc(sizeof(*l));
	*l = (struct ebpf_loaded){
	    .object = bpf_object__open_mem(sensor_recorder_object, sizeof(sensor_recorder_object), NULL)};
	if (!l->object)
		return unsupported(err, errno, "eBPF programs cannot be read");
	struct bpf_map *scratches = bpf_object__find_map_by_name(l->object, "scratches");
	int r = bpf_map__set_max_entries(scratches, RECORD_SCRATCHES * (uint32_t)libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_object__load(l->object);
	if (r < 0)
		return unsupported(err, -r, "eBPF programs cannot be loaded");
	find_maps(l);
	*out = steal_ptr(&l);
	return 0;
}

/* ---- attached ---- */

static uint64_t missed(const struct bpf_program *p)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	return bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &size) == 0 ? info.recursion_misses : 0;
}

static int attach_programs(struct ebpf_loaded *l, struct err *err)
{
	struct bpf_program *p;
	bpf_object__for_each_program(p, l->object)
	{
		const uint64_t before = missed(p);
		struct bpf_link *link = l->count < EBPF_PROGRAMS ? bpf_program__attach(p) : NULL;
		if (!link)
			return unsupported(err, errno, "eBPF programs cannot be attached");
		l->programs[l->count] = p;
		l->missed_before[l->count] = before;
		l->links[l->count++] = link;
	}
	return 0;
}

int ebpf_attach(struct ebpf_loaded *l, uint32_t device, uint32_t adopt, const struct strset *refused, struct err *err)
{
	struct stat pid_ns = {0};
	int r = stat("/proc/self/ns/pid", &pid_ns) < 0 ? -errno : ebpf_calls_fill(map_fd(l, "calls"), refused);
	struct record_settings settings = {.device = device, .pid_ns = (uint32_t)pid_ns.st_ino, .adopt_pid_ns = adopt};
	uint32_t zero = 0;
	if (r == 0 && bpf_map_update_elem(map_fd(l, "settings"), &zero, &settings, BPF_ANY) < 0)
		r = -errno;
	r = r < 0 ? unsupported(err, -r, "eBPF maps cannot be filled") : attach_programs(l, err);
	if (r < 0)
		ebpf_detach(l);
	return r;
}

uint64_t ebpf_missed(const struct ebpf_loaded *l)
{
	uint64_t n = 0;
	for (size_t i = 0; i < l->count; i++)
		n += missed(l->programs[i]) - l->missed_before[i];
	return n;
}

void ebpf_detach(struct ebpf_loaded *l)
{
	ebpf_kill_guard_done(&l->guard);
	while (l->count)
		bpf_link__destroy(l->links[--l->count]);
}

/* ---- between two recordings ---- */

static int zero_counters(int map)
{
	const uint64_t zero = 0;
	for (uint32_t i = 0; i < COUNTERS; i++)
		if (bpf_map_update_elem(map, &i, &zero, BPF_ANY) < 0)
			return -errno;
	return 0;
}

/* A batch is as many entries as EMPTY_BYTES hold; one bucket of the kernel's table has to fit. */
#define EMPTY_BYTES (1u << 20)

static int empty_hash(const struct bpf_map *map, char *keys, char *values)
{
	const uint32_t key = bpf_map__key_size(map), value = bpf_map__value_size(map);
	uint32_t place = 0, most = EMPTY_BYTES / (key > value ? key : value), n;
	bool first = true;
	int r;
	do {
		n = most;
		r = bpf_map_lookup_and_delete_batch(bpf_map__fd(map), first ? NULL : &place, &place, keys, values, &n,
						    NULL);
		first = false;
	} while (r == 0);
	return errno == ENOENT ? 0 : -errno;
}

int ebpf_empty(struct ebpf_loaded *l)
{
	CLEANUP_FREE char *keys = mem_alloc(EMPTY_BYTES), *values = mem_alloc(EMPTY_BYTES);
	struct bpf_map *map;
	int r = zero_counters(l->counters); /* "living" is at zero, as the threads have ended */
	bpf_object__for_each_map(map, l->object)
	{
		if (r == 0 && bpf_map__type(map) == BPF_MAP_TYPE_HASH)
			r = empty_hash(map, keys, values);
	}
	return r;
}

void ebpf_unload(struct ebpf_loaded *l)
{
	if (!l)
		return;
	ebpf_detach(l);
	bpf_object__close(l->object);
	free(l);
}
