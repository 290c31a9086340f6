#include "sensor/ebpf/ebpf_load.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "sensor/ebpf/bpf/record.h"
#include "sensor/ebpf/call_index.h"
#include "sensor/filter.h"
#include "sensor/syscalls.h"
#include "trace/syscall_name.h"

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

/* ---- what to do with each call ---- */

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

struct filling {
	int map, error;
};

static void set_call(struct filling *f, uint32_t abi, uint32_t index, const struct record_call *c)
{
	uint32_t key = abi * RECORD_CALLS + index;
	if (bpf_map_update_elem(f->map, &key, c, BPF_ANY) < 0)
		f->error = errno;
}

static void on_call(void *ctx, uint32_t audit_arch, uint32_t nr, const struct sensor_syscall *row)
{
	uint32_t abi, index;
	if (row->detail == SENSOR_DETAIL_PTRACE || !ebpf_call_index(audit_arch, nr, &abi, &index))
		return;
	struct record_call c = call_of_row(row, audit_arch);
	set_call(ctx, abi, index, &c);
}

/* To what the call has already. */
static void add_flags(struct filling *f, const char *name, uint32_t flags)
{
	uint32_t abi, index;
	for (size_t i = 0; i < TRACE_ABIS; i++) {
		struct record_call call = {0};
		int64_t nr = trace_syscall_number(&trace_abis[i], name);
		if (nr < 0 || !ebpf_call_index(trace_abis[i].audit_arch, (uint32_t)nr, &abi, &index))
			continue;
		uint32_t key = abi * RECORD_CALLS + index;
		(void)bpf_map_lookup_elem(f->map, &key, &call); /* none: all zero */
		call.flags |= flags;
		set_call(f, abi, index, &call);
	}
}

static int fill_calls(int map, const struct strset *refused)
{
	struct filling f = {.map = map};
	uint32_t abi, index;
	sensor_syscalls_each(on_call, &f);
	add_flags(&f, "exit", CALL_ENDS);
	add_flags(&f, "exit_group", CALL_ENDS);
	for (size_t i = 0; i < refused->count; i++)
		add_flags(&f, strset_get(refused, i), CALL_DENIED);
	struct record_call socketcall = {CALL_KNOWN | CALL_SOCKETCALL, -1, -1, -1, -1, -1, -1, {0}};
	if (ebpf_call_socketcall(&abi, &index))
		set_call(&f, abi, index, &socketcall);
	return -f.error;
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

static int attach(struct ebpf_loaded *l, struct err *err)
{
	struct bpf_program *p;
	bpf_object__for_each_program(p, l->object)
	{
		struct bpf_link *link = l->count < EBPF_PROGRAMS ? bpf_program__attach(p) : NULL;
		if (!link)
			return unsupported(err, errno, "eBPF programs cannot be attached");
		l->programs[l->count] = p;
		l->links[l->count++] = link;
	}
	return 0;
}

int ebpf_load(struct ebpf_loaded *l, uint32_t device, uint32_t adopt, const struct strset *refused, struct err *err)
{
	*l = (struct ebpf_loaded){0};
	sensor_syscalls_init();
	libbpf_set_print(on_message);
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return err_set(err, ERR_UNSUPPORTED, "ebpf-unsupported",
			       "the kernel has no BTF: /sys/kernel/btf/vmlinux: %s", strerror(errno));
	l->object = bpf_object__open_mem(sensor_recorder_object, sizeof(sensor_recorder_object), NULL);
	if (!l->object)
		return unsupported(err, errno, "eBPF programs cannot be read");
	struct bpf_map *scratches = bpf_object__find_map_by_name(l->object, "scratches");
	int r = bpf_map__set_max_entries(scratches, RECORD_SCRATCHES * (uint32_t)libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_object__load(l->object);
	if (r < 0) {
		r = unsupported(err, -r, "eBPF programs cannot be loaded");
		ebpf_unload(l);
		return r;
	}
	l->ring = map_fd(l, "ring");
	l->threads = map_fd(l, "threads");
	l->living = map_fd(l, "living");
	l->counters = map_fd(l, "counters");
	l->members = map_fd(l, "members");
	l->used = map_fd(l, "used");
	l->runs = map_fd(l, "runs");
	struct stat pid_ns = {0};
	r = stat("/proc/self/ns/pid", &pid_ns) < 0 ? -errno : fill_calls(map_fd(l, "calls"), refused);
	struct record_settings settings = {.device = device, .pid_ns = (uint32_t)pid_ns.st_ino, .adopt_pid_ns = adopt};
	uint32_t zero = 0;
	if (r == 0 && bpf_map_update_elem(map_fd(l, "settings"), &zero, &settings, BPF_ANY) < 0)
		r = -errno;
	r = r < 0 ? unsupported(err, -r, "eBPF maps cannot be filled") : attach(l, err);
	if (r < 0)
		ebpf_unload(l);
	return r;
}

uint64_t ebpf_load_missed(const struct ebpf_loaded *l)
{
	uint64_t n = 0;
	for (size_t i = 0; i < l->count; i++) {
		struct bpf_prog_info info = {0};
		uint32_t size = sizeof(info);
		if (bpf_obj_get_info_by_fd(bpf_program__fd(l->programs[i]), &info, &size) == 0)
			n += info.recursion_misses;
	}
	return n;
}

void ebpf_unload(struct ebpf_loaded *l)
{
	for (size_t i = 0; i < l->count; i++)
		bpf_link__destroy(l->links[i]);
	bpf_object__close(l->object);
	*l = (struct ebpf_loaded){0};
}
