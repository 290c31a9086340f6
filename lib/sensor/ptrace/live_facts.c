#include "sensor/ptrace/live_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/mountinfo.h"
#include "sensor/ptrace/tracee_mem.h"
#include "sensor/thread.h"

static ssize_t live_string(const struct sensor_call_facts *f, int argument, uint64_t address, char *buf, size_t size)
{
	return ptrace_tracee_string(f->tid, address, buf, size);
}

static int live_bytes(const struct sensor_call_facts *f, int argument, uint64_t address, void *buf, size_t n)
{
	return ptrace_tracee_bytes(f->tid, address, buf, n);
}

static ssize_t live_link(const struct sensor_call_facts *f, const char *name, char buf[PATH_MAX])
{
	return sensor_thread_link(f->tid, name, buf);
}

/* ---- mounts ---- */

/* The mount that a path without symlinks lies on, or would if it were there. */
static bool find_mount(pid_t tid, const char *root, const char *path, struct mountinfo *out)
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/root", (int)tid);
	CLEANUP_FD int dir = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_BUF struct buf at = {0};
	buf_str(&at, path + strlen(root));
	for (;;) {
		CLEANUP_FD int fd = fd_open_in_root(dir, at.len ? at.data : "/", O_PATH | O_NOFOLLOW, 0, NULL);
		if (fd >= 0)
			return mountinfo_find(tid, mountinfo_id(fd, ""), out);
		if (!at.len)
			return false;
		while (at.len && at.data[--at.len] != '/')
			;
		at.data[at.len] = '\0';
	}
}

static bool live_in_rootfs(const struct sensor_call_facts *f, const char *device, const char *root, const char *path,
			   struct buf *out)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	return find_mount(f->tid, root, path, &m) && strcmp(m.device, device) == 0 && mountinfo_map(&m, path, out);
}

static void live_mount_ns(const struct sensor_call_facts *f, char name[64])
{
	char link[PATH_MAX] = "";
	(void)sensor_thread_link(f->tid, "ns/mnt", link); /* a thread that is gone has none */
	snprintf(name, 64, "%.63s", link);
}

static ssize_t live_proc_link(const struct sensor_call_facts *f, const char *who, const char *name, char buf[PATH_MAX])
{
	return sensor_thread_proc_link(f->tid, who, name, buf);
}

static void live_walk(const struct sensor_call_facts *f, const char *link, const char *dir, const char *path,
		      bool follow, sensor_walk_note *note, void *ctx)
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/%s", (int)f->tid, link);
	CLEANUP_FD int fd = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		sensor_walk_path(sensor_walk_link_at, &fd, path, follow, note, ctx);
}

static void live_names_proc(const struct sensor_call_facts *f)
{
	const struct ptrace_live_facts *live = (const struct ptrace_live_facts *)f; /* its first member */
	if (live->affinity)
		ptrace_affinity_undo(live->affinity);
}

struct ptrace_live_facts ptrace_live_facts(pid_t tid, struct ptrace_affinity *affinity)
{
	static const struct sensor_call_facts_ops ops = {
	    .string = live_string,
	    .bytes = live_bytes,
	    .link = live_link,
	    .proc_link = live_proc_link,
	    .in_rootfs = live_in_rootfs,
	    .mount_ns = live_mount_ns,
	    .walk = live_walk,
	    .names_proc = live_names_proc,
	};
	return (struct ptrace_live_facts){{&ops, tid}, affinity};
}
