#include "sensor/fanotify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/mountinfo.h"
#include "text/path.h"

/* Events wait that long for others: to wake the reader for each costs more than all the rest. */
#define GATHER_MS 5

/* Before each path: a letter, and the id of its mount where that is to be looked up in the end. */
enum { OPENED = '-', LISTED = 'd' };
#define LONGEST_PREFIX (1 + sizeof(uint64_t))

struct sensor_fanotify {
	int fd, stop_fd, root;
	pid_t self;
	const struct sensor_paths *paths;
	bool (*counts)(void *ctx, pid_t pid); /* NULL = all do */
	void *counts_ctx;
	bool one_mount; /* all comes through one mount, below which each path begins: none is to be mapped */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of all below */
	struct strset opens;  /* a prefix and a path each */
	pid_t *ignored;
	size_t n_ignored, ignored_cap;
	uint64_t overflows;
	struct err failure;
};

static bool is_ignored(const struct sensor_fanotify *w, pid_t pid)
{
	if (pid == w->self || (w->counts && !w->counts(w->counts_ctx, pid)))
		return true;
	for (size_t i = 0; i < w->n_ignored; i++)
		if (w->ignored[i] == pid)
			return true;
	return false;
}

/* A process with mounts of its own opens under the names that these give. */
static void map_path(const struct sensor_fanotify *w, int fd, pid_t pid, char path[PATH_MAX])
{
	if (w->one_mount || !atomic_load(&w->paths->mounts_vary))
		return;
	CLEANUP_BUF struct buf mapped = {0};
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	if (mountinfo_find(pid, mountinfo_id(fd, ""), &m) && mountinfo_map(&m, path, &mapped) && mapped.len < PATH_MAX)
		strcpy(path, mapped.data);
}

/* Whether a link of /proc says more than the file's path: that it has none any more. A file may be called so. */
static size_t deleted_suffix(const struct sensor_fanotify *w, const char *path, size_t len)
{
	static const char deleted[] = " (deleted)";
	size_t n = sizeof(deleted) - 1;
	if (len <= n || strcmp(path + len - n, deleted) != 0)
		return 0;
	CLEANUP_FD int named = fd_open_in_root(w->root, path, O_PATH | O_NOFOLLOW, 0, NULL);
	return named < 0 ? n : 0;
}

/* eBPF tells the mounts only in the end. */
static bool is_mapped_later(const struct sensor_fanotify *w)
{
	return !w->one_mount && w->paths->witness == TRACE_BY_EBPF;
}

static size_t prefix_len(const struct sensor_fanotify *w)
{
	return is_mapped_later(w) ? LONGEST_PREFIX : 1;
}

/* As the tables of the kernel's side name it. */
static uint64_t mount_id(int fd)
{
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif
	struct statx st;
	return statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID | STATX_MNT_ID_UNIQUE, &st) < 0 ? 0 : st.stx_mnt_id;
}

static void take_path(struct sensor_fanotify *w, int fd, pid_t pid)
{
	char link[32], text[LONGEST_PREFIX + PATH_MAX], *path = text + prefix_len(w);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, PATH_MAX - 1);
	if (n <= 0 || path[0] != '/')
		return;
	path[n] = '\0';
	path[(size_t)n - deleted_suffix(w, path, (size_t)n)] = '\0';
	struct stat st;
	bool known = fstat(fd, &st) == 0;
	text[0] = known && S_ISDIR(st.st_mode) ? LISTED : OPENED;
	if (is_mapped_later(w))
		memcpy(text + 1, &(uint64_t){mount_id(fd)}, sizeof(uint64_t));
	else
		map_path(w, fd, pid, path);
	(void)strset_add_len(&w->opens, text, prefix_len(w) + strlen(path), NULL);
	/* One event tells all there is to say of an inode with one name: let the kernel drop the next ones. */
	if (known && (st.st_nlink == 1 || S_ISDIR(st.st_mode)))
		(void)fanotify_mark(w->fd, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY,
				    FAN_OPEN | (S_ISDIR(st.st_mode) ? FAN_ONDIR : 0), fd, NULL); /* only faster */
}

/* Read all that is queued. With the lock held. */
static void drain(struct sensor_fanotify *w)
{
	char block[8192] __attribute__((aligned(8)));
	for (;;) {
		ssize_t n = read(w->fd, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN) {
			/* one event whose file could not be opened for us; the queue goes on behind it */
			if (errno == ENXIO || errno == ENOENT || errno == ESTALE || errno == ENODEV || errno == EACCES)
				continue;
			if (!w->failure.code)
				err_sys(&w->failure, errno, "fanotify-read", "fanotify: read");
		}
		if (n <= 0)
			return;
		struct fanotify_event_metadata *e = (void *)block;
		for (; FAN_EVENT_OK(e, n); e = FAN_EVENT_NEXT(e, n)) {
			if (e->mask & FAN_Q_OVERFLOW)
				w->overflows++;
			if (e->fd < 0)
				continue;
			if (!is_ignored(w, e->pid))
				take_path(w, e->fd, e->pid);
			close(e->fd);
		}
	}
}

static void *reader(void *arg)
{
	struct sensor_fanotify *w = arg;
	struct pollfd fds[2] = {{.fd = w->fd, .events = POLLIN}, {.fd = w->stop_fd, .events = POLLIN}};
	for (eventfd_t stop = 0; !stop;) {
		if (fd_poll(fds, 2, -1) > 0 && fds[1].revents)
			(void)eventfd_read(w->stop_fd, &stop);
		pthread_mutex_lock(&w->lock);
		drain(w);
		pthread_mutex_unlock(&w->lock);
		if (!stop &&
		    !atomic_load(&w->paths->mounts_vary)) /* else the process that tells what its path means may end */
			(void)poll(&fds[1], 1, GATHER_MS);
	}
	return NULL;
}

/* like: its counts and paths. mark: what is watched, of the mount that rootfs is open on. */
static int begin(int rootfs, const struct sensor_fanotify *like, unsigned mark, struct sensor_fanotify **out,
		 struct err *err)
{
	struct sensor_fanotify *w = mem_alloc(sizeof(*w));
	*w = *like;
	w->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->root = fcntl(rootfs, F_DUPFD_CLOEXEC, 0);
	w->self = getpid();
	pthread_mutex_init(&w->lock, NULL);
	w->fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
			      O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK | O_NOATIME);
	int r = 0;
	/* "." names the directory that rootfs is open on, which may be an O_PATH descriptor */
	if (w->fd < 0 || w->stop_fd < 0 || w->root < 0)
		r = err_sys(err, errno, "fanotify-start", "fanotify_init");
	else if (fanotify_mark(w->fd, FAN_MARK_ADD | mark, FAN_OPEN | FAN_ONDIR, rootfs, ".") < 0)
		r = err_sys(err, errno, "fanotify-start", "fanotify_mark");
	else if (pthread_create(&w->thread, NULL, reader, w) != 0)
		r = err_sys(err, EAGAIN, "thread-start", "cannot start a thread");
	else
		w->running = true;
	if (r < 0) {
		sensor_fanotify_free(w);
		return r;
	}
	*out = w;
	return 0;
}

int sensor_fanotify_new(int rootfs, const struct sensor_paths *paths, struct sensor_fanotify **out, struct err *err)
{
	const struct sensor_fanotify like = {.paths = paths};
	return begin(rootfs, &like, FAN_MARK_FILESYSTEM, out, err);
}

int sensor_fanotify_new_live(int root, const struct sensor_paths *paths, bool (*counts)(void *ctx, pid_t pid),
			     void *ctx, struct sensor_fanotify **out, struct err *err)
{
	struct statfs fs;
	bool own = fstatfs(root, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
	const struct sensor_fanotify like = {.paths = paths, .counts = counts, .counts_ctx = ctx, .one_mount = !own};
	return begin(root, &like, own ? FAN_MARK_FILESYSTEM : FAN_MARK_MOUNT, out, err);
}

void sensor_fanotify_ignore(struct sensor_fanotify *w, pid_t pid)
{
	pthread_mutex_lock(&w->lock);
	w->ignored = mem_grow(w->ignored, w->n_ignored, &w->ignored_cap, sizeof(*w->ignored));
	w->ignored[w->n_ignored++] = pid;
	pthread_mutex_unlock(&w->lock);
}

void sensor_fanotify_forget(struct sensor_fanotify *w, pid_t pid)
{
	pthread_mutex_lock(&w->lock);
	drain(w);
	for (size_t i = 0; i < w->n_ignored; i++)
		if (w->ignored[i] == pid)
			w->ignored[i] = w->ignored[--w->n_ignored];
	pthread_mutex_unlock(&w->lock);
}

void sensor_fanotify_catch_up(struct sensor_fanotify *w)
{
	pthread_mutex_lock(&w->lock);
	drain(w);
	pthread_mutex_unlock(&w->lock);
}

static void stop(struct sensor_fanotify *w)
{
	if (!w->running)
		return;
	eventfd_write(w->stop_fd, 1);
	pthread_join(w->thread, NULL);
	w->running = false;
}

static bool is_doubtful(const struct sensor_fanotify_hints *h, const char *path, size_t len)
{
	return strset_find_len(h->by_runtime, path, len) != STRSET_NONE ||
	       strset_has_at_or_above(h->renamed, path, len);
}

/* Translate the path of an event once its mount is known. If the mount was undone meanwhile, its paths begin at its
 * root. */
static void map_later(const struct sensor_fanotify_hints *h, const char *item, struct buf *out)
{
	const char *path = item + LONGEST_PREFIX, *point, *root;
	uint64_t mount;
	memcpy(&mount, item + 1, sizeof(mount));
	root = sensor_mounts_root(h->mounts, mount, h->device, &point);
	size_t n = root && path_is_below(path, point) && point[1] ? strlen(point) : 0;
	path_join(out, root ? root : "/", path + n + strspn(path + n, "/"));
}

static void add_path(const char *path, size_t len, bool dir, const struct sensor_fanotify_hints *hints, struct trace *t)
{
	size_t id = strset_find_len(&t->paths, path, len);
	uint32_t did = id != STRSET_NONE ? t->entries[id].kinds : 0, kinds = TRACE_OPEN | TRACE_FOLLOW;
	bool named = id != STRSET_NONE && (t->entries[id].witnesses & TRACE_BY_CALL);
	bool opened = did & (TRACE_OPEN | TRACE_EXEC);
	if (hints && !opened && is_doubtful(hints, path, len))
		return;
	if (named) /* what is new in it */
		kinds = opened ? 0 : TRACE_OPEN | TRACE_KERNEL;
	else
		kinds |= TRACE_KERNEL;
	trace_add(t, path, len, kinds | (dir ? TRACE_LIST : 0), UINT32_MAX, TRACE_BY_FANOTIFY);
}

int sensor_fanotify_finish(struct sensor_fanotify *w, const struct sensor_fanotify_hints *hints, struct trace *t,
			   struct err *err)
{
	stop(w);
	drain(w);
	for (size_t i = 0; i < w->opens.count; i++) {
		const struct strset_item *p = &w->opens.items[i];
		CLEANUP_BUF struct buf mapped = {0};
		if (hints && is_mapped_later(w))
			map_later(hints, p->s, &mapped);
		else
			buf_append(&mapped, p->s + prefix_len(w), p->len - prefix_len(w));
		add_path(mapped.data, mapped.len, p->s[0] == LISTED, hints, t);
	}
	strset_done(&w->opens);
	t->overflows += w->overflows;
	if (w->failure.code) {
		*err = w->failure;
		return -(int)err->code;
	}
	return 0;
}

void sensor_fanotify_free(struct sensor_fanotify *w)
{
	if (!w)
		return;
	stop(w);
	fd_close_slow(w->fd);
	if (w->stop_fd >= 0)
		close(w->stop_fd);
	if (w->root >= 0)
		close(w->root);
	strset_done(&w->opens);
	free(w->ignored);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
