#include "sensor/facts_live.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "sensor/mountinfo.h"
#include "sensor/tracee_mem.h"

static ssize_t live_string(const struct facts *f, int argument, uint64_t address, char *buf, size_t size)
{
	return tracee_string(f->tid, address, buf, size);
}

static int live_bytes(const struct facts *f, int argument, uint64_t address, void *buf, size_t n)
{
	return tracee_bytes(f->tid, address, buf, n);
}

static ssize_t live_link(const struct facts *f, const char *name, char buf[PATH_MAX])
{
	return tracee_link(f->tid, name, buf);
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

static bool live_in_rootfs(const struct facts *f, const char *device, const char *root, const char *path,
			   struct buf *out)
{
	struct mountinfo *m = mem_alloc(sizeof(*m));
	bool hit = find_mount(f->tid, root, path, m) && strcmp(m->device, device) == 0 && mountinfo_map(m, path, out);
	free(m);
	return hit;
}

bool facts_live_device(pid_t tid, char device[32])
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/root", (int)tid);
	struct mountinfo *m = mem_alloc(sizeof(*m));
	bool found = mountinfo_find(tid, mountinfo_id(AT_FDCWD, file), m);
	if (found)
		strcpy(device, m->device);
	free(m);
	return found;
}

static void live_mount_ns(const struct facts *f, char name[64])
{
	char link[PATH_MAX] = "";
	(void)tracee_link(f->tid, "ns/mnt", link); /* a thread that is gone has none */
	snprintf(name, 64, "%.63s", link);
}

/* ---- links of /proc ---- */

/* Another process's directory is reached through the container's own /proc, whatever pid namespace that is of. */
static void proc_dir(pid_t tid, const char *who, char dir[80])
{
	size_t n = strcspn(who, "/");
	if (n == 4 && memcmp(who, "self", n) == 0)
		snprintf(dir, 80, "/proc/%d%s", (int)tracee_process(tid), who + n);
	else if (strncmp(who, "thread-self", n) == 0)
		snprintf(dir, 80, "/proc/%d%s", (int)tid, who + n);
	else
		snprintf(dir, 80, "/proc/%d/root/proc/%s", (int)tid, who);
}

/* A file that came from outside (the log as standard output) has a path of this machine, not of the container. */
static bool is_inside(pid_t tid, const char *link)
{
	struct mountinfo *m = mem_alloc(sizeof(*m));
	bool inside = mountinfo_find(tid, mountinfo_id(AT_FDCWD, link), m);
	free(m);
	return inside;
}

ssize_t facts_live_proc_link(pid_t tid, const char *who, const char *name, char buf[PATH_MAX])
{
	char dir[80], link[128];
	proc_dir(tid, who, dir);
	snprintf(link, sizeof(link), "%s/%s", dir, name);
	ssize_t n = readlink(link, buf, PATH_MAX - 1);
	if (n < 0 || (strncmp(name, "fd/", 3) == 0 && !is_inside(tid, link)))
		return -1;
	buf[n] = '\0';
	return n;
}

static ssize_t live_proc_link(const struct facts *f, const char *who, const char *name, char buf[PATH_MAX])
{
	return facts_live_proc_link(f->tid, who, name, buf);
}

static void live_walk(const struct facts *f, const char *link, const char *dir, const char *path, bool follow,
		      walk_note *note, void *ctx)
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/%s", (int)f->tid, link);
	CLEANUP_FD int fd = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		walk_path(walk_link_at, &fd, path, follow, note, ctx);
}

struct facts facts_live(pid_t tid)
{
	static const struct facts_ops ops = {
	    .string = live_string,
	    .bytes = live_bytes,
	    .link = live_link,
	    .proc_link = live_proc_link,
	    .in_rootfs = live_in_rootfs,
	    .mount_ns = live_mount_ns,
	    .walk = live_walk,
	};
	return (struct facts){&ops, tid};
}
