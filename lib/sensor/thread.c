#include "sensor/thread.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/mountinfo.h"
#include "os/proc_status.h"

pid_t sensor_thread_process(pid_t tid)
{
	struct proc_status s;
	return proc_status_read(tid, &s) ? s.process : tid;
}

ssize_t sensor_thread_link(pid_t tid, const char *name, char buf[PATH_MAX])
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	ssize_t n = readlink(path, buf, PATH_MAX - 1);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

/* Another process's directory is reached through the container's own /proc, whatever pid namespace that is of. */
static void proc_dir(pid_t tid, const char *who, char dir[80])
{
	size_t n = strcspn(who, "/");
	if (n == 4 && memcmp(who, "self", n) == 0)
		snprintf(dir, 80, "/proc/%d%s", (int)sensor_thread_process(tid), who + n);
	else if (strncmp(who, "thread-self", n) == 0)
		snprintf(dir, 80, "/proc/%d%s", (int)tid, who + n);
	else
		snprintf(dir, 80, "/proc/%d/root/proc/%s", (int)tid, who);
}

/* A file that came from outside (the log as standard output) has a path of this machine, not of the container. */
static bool is_inside(pid_t tid, const char *link)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	return mountinfo_find(tid, mountinfo_id(AT_FDCWD, link), &m);
}

ssize_t sensor_thread_proc_link(pid_t tid, const char *who, const char *name, char buf[PATH_MAX])
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

bool sensor_thread_device(pid_t tid, char device[32])
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/root", (int)tid);
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	if (!mountinfo_find(tid, mountinfo_id(AT_FDCWD, file), &m))
		return false;
	snprintf(device, 32, "%s", m.device);
	return true;
}
