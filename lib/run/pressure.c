#include "run/pressure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"

/* The directory of a process's cgroup in the hierarchy of a controller; free(). */
static char *directory(pid_t pid, const char *controller, bool v2)
{
	CLEANUP_FREE char *cgroup = cgroup_of(pid, v2 ? NULL : controller);
	return cgroup ? mem_printf("%s%s%s%s", CGROUP_ROOT, v2 ? "" : "/", v2 ? "" : controller, cgroup) : NULL;
}

static void watch(struct run_pressure *p, int fd, unsigned more)
{
	struct epoll_event e = {.events = EPOLLIN | more};
	if (fd >= 0)
		(void)epoll_ctl(p->watch, EPOLL_CTL_ADD, fd, &e);
}

static int watch_file(struct run_pressure *p, const char *dir, const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	(void)inotify_add_watch(p->events, path, IN_MODIFY);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int open_file(const char *dir, const char *name, int flags)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	return open(path, flags | O_CLOEXEC);
}

static void watch_memory_v1(struct run_pressure *p, const char *dir)
{
	CLEANUP_FD int control = open_file(dir, "cgroup.event_control", O_WRONLY);
	p->memory_file = open_file(dir, "memory.oom_control", O_RDONLY);
	p->oom = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* not dprintf: glibc's leaks when the cgroup is gone by now */
	CLEANUP_FREE char *request = mem_printf("%d %d", p->oom, p->memory_file);
	if (control >= 0 && write(control, request, strlen(request)) > 0)
		watch(p, p->oom, 0);
}

void run_pressure_open(pid_t init, int init_fd, const struct runtime_cgroups *cgroups, struct run_pressure *out)
{
	const bool v2 = cgroups->layout == RUNTIME_CGROUPS_V2;
	*out = RUN_PRESSURE_NONE;
	if (!cgroups->usable)
		return;
	CLEANUP_FREE char *memory = cgroups->memory ? directory(init, "memory", v2) : NULL;
	CLEANUP_FREE char *pids = cgroups->pids ? directory(init, "pids", v2) : NULL;
	out->watch = epoll_create1(EPOLL_CLOEXEC);
	out->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch(out, out->events, 0);
	watch(out, init_fd, EPOLLONESHOT);
	if (pids)
		out->pids_file = watch_file(out, pids, "pids.events");
	if (memory && v2)
		out->memory_file = watch_file(out, memory, "memory.events");
	else if (memory)
		watch_memory_v1(out, memory);
}

int run_pressure_fd(const struct run_pressure *p)
{
	return p->watch;
}

/* The number behind a name in a file of events; 0 if the cgroup is gone. */
static unsigned long count_of(int fd, const char *name)
{
	char text[1024];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	const char *at = strstr(text, name);
	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static bool is_alive(int fd)
{
	char c;
	return pread(fd, &c, 1, 0) == 1;
}

void run_pressure_read(struct run_pressure *p)
{
	char block[4096];
	struct epoll_event e;
	eventfd_t n;
	if (p->watch < 0)
		return;
	while (read(p->events, block, sizeof(block)) > 0)
		;                             /* the files say what it is */
	(void)epoll_wait(p->watch, &e, 1, 0); /* the end of the first process is told once */
	p->out_of_pids |= count_of(p->pids_file, "max ") > 0;
	p->out_of_memory |= count_of(p->memory_file, "oom_kill ") > 0;
	/* v1 tells the end of the cgroup in the same way as want of memory: it is gone then */
	if (p->oom >= 0 && eventfd_read(p->oom, &n) == 0) {
		p->kills += n;
		p->out_of_memory |= is_alive(p->memory_file) || p->kills > 1;
	}
}

void run_pressure_done(struct run_pressure *p)
{
	cleanup_closep(&p->watch);
	fd_close_slow(p->events);
	cleanup_closep(&p->pids_file);
	cleanup_closep(&p->memory_file);
	cleanup_closep(&p->oom);
	*p = RUN_PRESSURE_NONE;
}
