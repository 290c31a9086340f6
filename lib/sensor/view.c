#include "sensor/view.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"
#include "base/path.h"
#include "sensor/mountinfo.h"
#include "sensor/tracee_mem.h"
#include "sensor/walk.h"

#define MAGIC_DEPTH 8 /* /proc/self/root/proc/self/root/... */

void view_init(struct view *v)
{
	pthread_mutex_init(&v->lock, NULL);
}

void view_done(struct view *v)
{
	strset_done(&v->made);
	pthread_mutex_destroy(&v->lock);
}

/* ---- what changed ---- */

static void forget_walked(struct view *v)
{
	atomic_fetch_add(&v->n_made, 1);
}

void view_root_changes(struct view *v)
{
	atomic_store(&v->roots_vary, true);
	forget_walked(v);
}

void view_mounts_change(struct view *v, pid_t tid)
{
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/root", (int)tid);
	struct mountinfo *m = mem_alloc(sizeof(*m));
	pthread_mutex_lock(&v->lock);
	if (!v->device[0] && mountinfo_find(tid, mountinfo_id(AT_FDCWD, file), m))
		strcpy(v->device, m->device);
	pthread_mutex_unlock(&v->lock);
	free(m);
	atomic_store(&v->roots_vary, true);
	atomic_store(&v->mounts_vary, true);
	forget_walked(v);
}

void view_link_made(struct view *v, const char *path)
{
	const char *name, *last = NULL;
	size_t len, last_len = 0;
	while (path_next(&path, &name, &len)) {
		last = name;
		last_len = len;
	}
	if (!last)
		return;
	pthread_mutex_lock(&v->lock);
	if (v->made.count < VIEW_NAMES)
		strset_add_len(&v->made, last, last_len, NULL);
	pthread_mutex_unlock(&v->lock);
	forget_walked(v);
}

static bool crosses_made(struct view *v, const char *path)
{
	if (!atomic_load(&v->n_made))
		return false;
	bool hit = false;
	const char *name;
	size_t len;
	pthread_mutex_lock(&v->lock);
	hit = v->made.count >= VIEW_NAMES;
	while (!hit && path_next(&path, &name, &len))
		hit = strset_find_len(&v->made, name, len) != STRSET_NONE;
	pthread_mutex_unlock(&v->lock);
	return hit;
}

int view_root(const struct view *v, pid_t tid, char root[])
{
	root[0] = '\0';
	if (!atomic_load(&v->roots_vary))
		return 0;
	if (tracee_link(tid, "root", root) < 0)
		return -1;
	if (strcmp(root, "/") == 0)
		root[0] = '\0';
	return 0;
}

bool view_is_link(const struct view_place *p, const char *path)
{
	char root[PATH_MAX], file[64];
	if (view_root(p->view, p->tid, root) < 0 || strncmp(path, root, strlen(root)) != 0)
		return true; /* not known: as if it were */
	snprintf(file, sizeof(file), "/proc/%d/root", (int)p->tid);
	CLEANUP_FD int fd = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int link = fd_open_in_root(fd, path + strlen(root), O_PATH | O_NOFOLLOW, 0, NULL);
	struct stat st;
	return link >= 0 && fstat(link, &st) == 0 && S_ISLNK(st.st_mode);
}

/* ---- links of /proc ---- */

/* The directory of our /proc that a /proc path of the process means; *rest is behind it. Another process's is
 * reached through the container's own /proc, whatever pid namespace that is of. */
static bool magic_dir(pid_t tid, const char *path, char dir[64], const char **rest)
{
	static const char self[] = "self/", thread_self[] = "thread-self/";
	if (strncmp(path, self, sizeof(self) - 1) == 0) {
		snprintf(dir, 64, "/proc/%d", (int)tracee_process(tid));
		*rest = path + sizeof(self) - 1;
	} else if (strncmp(path, thread_self, sizeof(thread_self) - 1) == 0) {
		snprintf(dir, 64, "/proc/%d", (int)tid);
		*rest = path + sizeof(thread_self) - 1;
	} else {
		size_t n = strspn(path, "0123456789");
		if (!n || n > 10 || path[n] != '/')
			return false;
		snprintf(dir, 64, "/proc/%d/root/proc/%.*s", (int)tid, (int)n, path);
		*rest = path + n + 1;
	}
	if (strncmp(*rest, "task/", 5) == 0) { /* a thread of it */
		size_t n = strspn(*rest + 5, "0123456789"), used = strlen(dir);
		if (!n || n > 10 || (*rest)[5 + n] != '/')
			return false;
		snprintf(dir + used, 64 - used, "/task/%.*s", (int)n, *rest + 5);
		*rest += 5 + n + 1;
	}
	return true;
}

static size_t magic_name(const char *s)
{
	static const char *const names[] = {"root", "cwd", "exe"};
	size_t n = strcspn(s, "/");
	for (size_t i = 0; i < 3; i++)
		if (strlen(names[i]) == n && memcmp(s, names[i], n) == 0)
			return n;
	if (strncmp(s, "fd/", 3) != 0)
		return 0;
	size_t digits = strspn(s + 3, "0123456789");
	return digits && digits < 11 && (s[3 + digits] == '/' || !s[3 + digits]) ? 3 + digits : 0;
}

/* A file that came from outside (the log as standard output) has a path of this machine, not of the container. */
static bool is_inside(pid_t tid, const char *link)
{
	struct mountinfo *m = mem_alloc(sizeof(*m));
	bool inside = mountinfo_find(tid, mountinfo_id(AT_FDCWD, link), m);
	free(m);
	return inside;
}

/* Replace a leading /proc/.../LINK by what the link leads to. False when there is none that leads to a file of
 * the container; what is named is then the link. */
static bool follow_magic(pid_t tid, const char *root, struct buf *path, bool follow)
{
	static const char *const std[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
	const char *p = path->data + strlen(root), *rest;
	CLEANUP_BUF struct buf text = {0}, next = {0};
	char dir[64], link[128], target[PATH_MAX];
	if (strncmp(p, "/dev/fd/", 8) == 0)
		buf_printf(&text, "self/fd/%s", p + 8);
	else if (strncmp(p, "/proc/", 6) == 0)
		buf_str(&text, p + 6);
	else
		for (int i = 0; i < 3 && !text.len; i++)
			if (strcmp(p, std[i]) == 0)
				buf_printf(&text, "self/fd/%d", i);
	if (!text.len || !magic_dir(tid, text.data, dir, &rest))
		return false;
	size_t n = magic_name(rest);
	if (!n || (!rest[n] && !follow))
		return false;
	snprintf(link, sizeof(link), "%s/%.*s", dir, (int)n, rest);
	ssize_t len = readlink(link, target, sizeof(target) - 1);
	if (len <= 0 || target[0] != '/')
		return false;
	target[len] = '\0';
	static const char deleted[] = " (deleted)";
	size_t d = sizeof(deleted) - 1;
	if ((size_t)len > d && strcmp(target + len - d, deleted) == 0)
		return false;
	if (rest[0] == 'f' && !is_inside(tid, link))
		return false;
	path_join(&next, target, rest[n] == '/' ? rest + n + 1 : "");
	free(path->data);
	*path = next;
	next = (struct buf){0};
	return true;
}

/* ---- adding ---- */

struct walking {
	const struct view_place *place;
	const char *root; /* path of the root that is walked below */
	uint32_t kinds;
};

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

/* path is absolute in the namespace; root: of the process. */
static void add_mapped(const struct view_place *p, const char *root, const char *path, uint32_t kinds)
{
	CLEANUP_BUF struct buf mapped = {0};
	if (atomic_load(&p->view->mounts_vary) && strncmp(path, root, strlen(root)) == 0) {
		struct mountinfo *m = mem_alloc(sizeof(*m));
		if (find_mount(p->tid, root, path, m) && strcmp(m->device, p->view->device) == 0)
			(void)mountinfo_map(m, path, &mapped); /* else it stays as it is */
		free(m);
	}
	const char *out = mapped.len ? mapped.data : path;
	trace_add(p->trace, out, strlen(out), kinds, p->program, TRACE_BY_PTRACE);
	if (p->first && !p->first->len && !(kinds & TRACE_READLINK))
		buf_str(p->first, out);
}

static void on_note(void *ctx, const char *path, bool link)
{
	struct walking *w = ctx;
	char root[PATH_MAX];
	if (view_root(w->place->view, w->place->tid, root) < 0)
		return;
	CLEANUP_BUF struct buf full = {0};
	path_join(&full, w->root, path + 1);
	add_mapped(w->place, root, full.data, link ? TRACE_READLINK | TRACE_NOFOLLOW : w->kinds);
}

/* Whether it is the first time since the run last changed anything. */
static bool first_walk(const struct view_place *p, const char *root, const char *path, uint32_t kinds)
{
	unsigned now = atomic_load(&p->view->n_made);
	if (p->walked->n_made != now) {
		strset_done(&p->walked->keys);
		p->walked->n_made = now;
	}
	char ns[64] = "";
	if (atomic_load(&p->view->mounts_vary)) {
		char link[PATH_MAX];
		if (tracee_link(p->tid, "ns/mnt", link) > 0)
			snprintf(ns, sizeof(ns), "%.63s", link);
	}
	CLEANUP_BUF struct buf key = {0};
	buf_printf(&key, "%x %s %s %s", kinds, ns, root, path);
	bool added;
	strset_add_len(&p->walked->keys, key.data, key.len, &added);
	return added;
}

static void walk_below(const struct view_place *p, const char *dir, const char *root, const char *path, uint32_t kinds)
{
	/* who wants the path that comes out gets it each time */
	if (!first_walk(p, root, path, kinds) && !p->first)
		return;
	char file[64];
	snprintf(file, sizeof(file), "/proc/%d/%s", (int)p->tid, dir);
	CLEANUP_FD int fd = open(file, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walking w = {p, root, kinds};
	if (fd >= 0)
		walk_path(fd, path, (kinds & TRACE_FOLLOW) != 0, on_note, &w);
}

void view_add(const struct view_place *p, const char *path, uint32_t kinds)
{
	char root[PATH_MAX];
	if (view_root(p->view, p->tid, root) < 0)
		return;
	CLEANUP_BUF struct buf full = {0};
	buf_str(&full, path);
	size_t n = strlen(root);
	bool below = strncmp(path, root, n) == 0;
	for (int i = 0; below && i < MAGIC_DEPTH && follow_magic(p->tid, root, &full, (kinds & TRACE_FOLLOW) != 0); i++)
		below = strncmp(full.data, root, n) == 0;
	if (below && (n || atomic_load(&p->view->mounts_vary))) {
		walk_below(p, "root", root, full.data + n, kinds);
		return;
	}
	/* a long one joined to a directory is longer than any path of an image: only what it leads to is one */
	bool long_one = full.len >= PATH_MAX;
	if (!long_one)
		add_mapped(p, root, full.data, kinds);
	if (long_one || crosses_made(p->view, full.data))
		walk_below(p, "root", "", full.data, kinds);
}

void view_add_below(const struct view_place *p, int dirfd, const char *path, uint32_t kinds)
{
	char dir[32], root[PATH_MAX];
	snprintf(dir, sizeof(dir), dirfd == AT_FDCWD ? "cwd" : "fd/%d", dirfd);
	if (tracee_link(p->tid, dir, root) <= 0 || root[0] != '/')
		return;
	walk_below(p, dir, strcmp(root, "/") == 0 ? "" : root, path, kinds);
}
