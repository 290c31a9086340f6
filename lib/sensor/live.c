#include "sensor/live.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/open_below.h"
#include "sensor/recorder.h"
#include "text/path.h"

#define COMMAND_LINE_MAX (1u << 20) /* bytes of one; a longer one is not looked at */
#define LINKS_MAX 100000            /* of one process: what it has open, what it has mapped */

struct sensor_live {
	int root;
	struct stat mounts; /* our own mount namespace */
	struct sensor_paths paths;
	struct sensor_event_queue events; /* which nobody waits for */
	struct strset refused;            /* none: it has its own filter */
	struct sensor_site site;
	void *calls; /* of sensor_ebpf; NULL = it can't be had */
	struct sensor_fanotify *opens;
	struct trace trace;
};

/* ---- opens ---- */

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* One that is gone counts: who opens a file of a container's own root is rarely anyone else. */
static bool is_of_container(void *ctx, pid_t pid)
{
	const struct sensor_live *l = ctx;
	char path[64];
	struct stat st;
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	return stat(path, &st) < 0 || !is_same(&st, &l->mounts);
}

static int check_root(const struct sensor_live *l, pid_t first, struct err *err)
{
	struct stat theirs, ours;
	if (fstat(l->root, &theirs) < 0 || stat("/", &ours) < 0)
		return err_sys(err, errno, "process-enter", "the container's root");
	if (is_same(&theirs, &ours) || !is_of_container((void *)l, first))
		return err_set(err, ERR_UNSUPPORTED, "record-without-root",
			       "it has no root file system of its own: there is no container to record");
	return 0;
}

/* The inode of the process's pid namespace; 0 = it is ours, or not known. */
static uint32_t pid_namespace(pid_t pid)
{
	char path[64];
	struct stat theirs, ours;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	if (stat(path, &theirs) < 0 || stat("/proc/self/ns/pid", &ours) < 0 || theirs.st_ino == ours.st_ino)
		return 0;
	return (uint32_t)theirs.st_ino;
}

static int watch_calls(struct sensor_live *l, pid_t first, struct err *err)
{
	const uint32_t ns = pid_namespace(first);
	struct err e = {0};
	l->site =
	    (struct sensor_site){.rootfs = l->root, .events = &l->events, .paths = &l->paths, .refused = &l->refused};
	l->paths.witness = TRACE_BY_EBPF;
	int r = ns ? sensor_ebpf.load(&l->site.loaded, &e) : -ERR_UNSUPPORTED;
	if (r == 0)
		r = sensor_ebpf.adopt(&l->site, ns, &l->calls, &e);
	if (r == 0)
		return 0;
	l->calls = NULL;
	l->paths.witness = TRACE_BY_FANOTIFY;
	if (r != -ERR_UNSUPPORTED && err)
		*err = e;
	log_debug("recording without eBPF: %s", ns ? e.msg : "the container has no pid namespace of its own");
	return r == -ERR_UNSUPPORTED ? 0 : r;
}

uint8_t sensor_live_witnesses(const struct sensor_live *l)
{
	return TRACE_BY_FANOTIFY | (l->calls ? TRACE_BY_EBPF : 0);
}

int sensor_live_new(int root, pid_t first, struct sensor_live **out, struct err *err)
{
	int r = 0;
	struct sensor_live *l = mem_alloc(sizeof(*l));
	*l = (struct sensor_live){.root = fcntl(root, F_DUPFD_CLOEXEC, 0)};
	l->events.fd = -1;
	sensor_paths_init(&l->paths, TRACE_BY_FANOTIFY);
	if (l->root < 0 || stat("/proc/self/ns/mnt", &l->mounts) < 0)
		r = err_sys(err, errno, "process-enter", "the container's root");
	else if ((r = check_root(l, first, err)) == 0 && (r = sensor_event_queue_init(&l->events, err)) == 0 &&
		 (r = watch_calls(l, first, err)) == 0)
		r = sensor_fanotify_new_live(l->root, &l->paths, is_of_container, l, &l->opens, err);
	if (r < 0) {
		sensor_live_free(l);
		return r;
	}
	*out = l;
	return 0;
}

/* ---- what is in use ---- */

/* On the root file system alone: a mounted file system does not belong to the image, and its server may block us. */
static int open_there(const struct sensor_live *l, const char *path, struct stat *st)
{
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC,
				     .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV};
	int fd = open_below(l->root, path, &how);
	if (fd < 0 || fstat(fd, st) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Adds a path of the container, if it leads to something there. */
static size_t add(struct sensor_live *l, const char *path, uint32_t kinds)
{
	struct stat st;
	if (path[0] != '/' || strlen(path) > LIMIT_PATH || strset_find(&l->trace.paths, path) != STRSET_NONE)
		return 0;
	CLEANUP_FD int fd = open_there(l, path, &st);
	if (fd < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	if (S_ISDIR(st.st_mode) && (kinds & TRACE_OPEN))
		kinds |= TRACE_LIST;
	trace_add(&l->trace, path, strlen(path), kinds | TRACE_FOLLOW, UINT32_MAX, 0);
	return 1;
}

/* Read a link of /proc. False if the link is gone. */
static bool read_link(int dir, const char *name, char out[PATH_MAX])
{
	ssize_t n = readlinkat(dir, name, out, PATH_MAX - 1);
	out[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

static size_t add_links(struct sensor_live *l, int process, const char *folder)
{
	char path[PATH_MAX];
	size_t added = 0, looked = 0;
	int fd = openat(process, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d && fd >= 0)
		close(fd);
	for (struct dirent *e; d && (e = readdir(d)) && looked < LINKS_MAX; looked++)
		if (read_link(dirfd(d), e->d_name, path))
			added += add(l, path, TRACE_OPEN);
	if (d)
		closedir(d);
	return added;
}

/* Arguments that are files: a script that its interpreter has read and closed. */
static size_t add_arguments(struct sensor_live *l, int process, const char *cwd)
{
	CLEANUP_BUF struct buf line = {0};
	size_t added = 0;
	if (fd_read_file(process, "cmdline", COMMAND_LINE_MAX, &line, NULL) < 0)
		return 0;
	for (size_t i = 0, n; i < line.len; i += n + 1) {
		CLEANUP_BUF struct buf path = {0};
		const char *word = line.data + i;
		n = strnlen(word, line.len - i);
		if (!n || word[0] == '-' || n > LIMIT_PATH)
			continue;
		CLEANUP_FREE char *text = mem_strndup(word, n);
		path_join(&path, cwd, text);
		struct stat st;
		CLEANUP_FD int fd = open_there(l, path.data, &st);
		if (fd >= 0 && S_ISREG(st.st_mode))
			added += add(l, path.data, TRACE_OPEN);
	}
	return added;
}

static size_t add_process(struct sensor_live *l, pid_t pid)
{
	char path[PATH_MAX], cwd[PATH_MAX];
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	CLEANUP_FD int process = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t added = 0;
	if (process < 0)
		return 0;
	if (read_link(process, "exe", path)) {
		added += add(l, path, TRACE_EXEC);
		(void)trace_program(&l->trace, path);
	}
	if (read_link(process, "cwd", cwd))
		added += add(l, cwd, TRACE_CHDIR);
	added += add_links(l, process, "map_files");
	added += add_links(l, process, "fd");
	return added + add_arguments(l, process, cwd[0] == '/' ? cwd : "/");
}

size_t sensor_live_in_use(struct sensor_live *l, const pid_t *pids, size_t n)
{
	size_t added = 0;
	for (size_t i = 0; i < n; i++)
		added += add_process(l, pids[i]);
	return added;
}

/* ---- the end ---- */

/* An open without a call is not the kernel's here: the calls were not followed from the start, if at all. */
static void forget_kernel(struct trace *t)
{
	for (size_t i = 0; i < t->paths.count; i++)
		t->entries[i].kinds &= ~(uint32_t)TRACE_KERNEL;
}

int sensor_live_finish(struct sensor_live *l, struct trace *out, struct err *err)
{
	const struct sensor_fanotify_hints *hints = l->calls ? sensor_ebpf.finish(l->calls, &l->trace) : NULL;
	l->trace.witnesses = sensor_live_witnesses(l);
	int r = sensor_fanotify_finish(l->opens, hints, &l->trace, err);
	if (r < 0)
		return r;
	forget_kernel(&l->trace);
	*out = l->trace;
	l->trace = (struct trace){0};
	return 0;
}

void sensor_live_free(struct sensor_live *l)
{
	if (!l)
		return;
	if (l->calls)
		(void)sensor_ebpf.close(l->calls); /* there is no other recording */
	if (l->site.loaded)
		sensor_ebpf.unload(l->site.loaded);
	sensor_fanotify_free(l->opens);
	sensor_event_queue_done(&l->events);
	sensor_paths_done(&l->paths);
	cleanup_closep(&l->root);
	trace_done(&l->trace);
	free(l);
}
