#include "sensor/paths.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sensor/thread.h"
#include "text/path.h"

#define MAGIC_DEPTH 8 /* /proc/self/root/proc/self/root/... */

void sensor_paths_init(struct sensor_paths *paths, uint8_t witness)
{
	paths->witness = witness;
	pthread_mutex_init(&paths->lock, NULL);
}

void sensor_paths_done(struct sensor_paths *paths)
{
	strset_done(&paths->made);
	pthread_mutex_destroy(&paths->lock);
}

/* ---- what changed ---- */

static void forget_walked(struct sensor_paths *paths)
{
	atomic_fetch_add(&paths->n_made, 1);
}

void sensor_paths_root_changes(struct sensor_paths *paths)
{
	atomic_store(&paths->roots_vary, true);
	forget_walked(paths);
}

void sensor_paths_mounts_change(struct sensor_paths *paths, const struct sensor_call_facts *f)
{
	pthread_mutex_lock(&paths->lock);
	if (!paths->device[0])
		(void)sensor_thread_device(f->tid, paths->device); /* gone: the next one tells */
	pthread_mutex_unlock(&paths->lock);
	atomic_store(&paths->roots_vary, true);
	atomic_store(&paths->mounts_vary, true);
	forget_walked(paths);
}

void sensor_paths_link_made(struct sensor_paths *paths, const char *path)
{
	const char *name, *last = NULL;
	size_t len, last_len = 0;
	while (path_next(&path, &name, &len)) {
		last = name;
		last_len = len;
	}
	if (!last)
		return;
	pthread_mutex_lock(&paths->lock);
	if (paths->made.count < SENSOR_PATHS_NAMES)
		strset_add_len(&paths->made, last, last_len, NULL);
	pthread_mutex_unlock(&paths->lock);
	forget_walked(paths);
}

static bool crosses_made(struct sensor_paths *paths, const char *path)
{
	if (!atomic_load(&paths->n_made))
		return false;
	bool hit = false;
	const char *name;
	size_t len;
	pthread_mutex_lock(&paths->lock);
	hit = paths->made.count >= SENSOR_PATHS_NAMES;
	while (!hit && path_next(&path, &name, &len))
		hit = strset_find_len(&paths->made, name, len) != STRSET_NONE;
	pthread_mutex_unlock(&paths->lock);
	return hit;
}

int sensor_paths_root(const struct sensor_paths *paths, const struct sensor_call_facts *f, char root[])
{
	root[0] = '\0';
	if (!atomic_load(&paths->roots_vary))
		return 0;
	if (f->ops->link(f, "root", root) < 0)
		return -1;
	if (strcmp(root, "/") == 0)
		root[0] = '\0';
	return 0;
}

static void on_end(void *ctx, const char *path, bool link)
{
	struct buf *end = ctx;
	end->len = 0;
	buf_str(end, path);
}

static void on_link(void *ctx, const char *path, bool link)
{
	*(bool *)ctx |= link;
}

bool sensor_paths_is_link(const struct sensor_paths_place *p, const char *path)
{
	const struct sensor_call_facts *f = p->facts;
	char root[PATH_MAX];
	if (sensor_paths_root(p->paths, f, root) < 0 || strncmp(path, root, strlen(root)) != 0)
		return true; /* not known: as if it were */
	CLEANUP_BUF struct buf end = {0};
	bool link = false;
	f->ops->walk(f, "root", root, path + strlen(root), false, on_end, &end);
	if (end.len)
		f->ops->walk(f, "root", root, end.data, true, on_link, &link);
	return link;
}

/* ---- links of /proc ---- */

#define WHO 64

/* Splits what stands behind /proc/: into the process's directory and what is behind that. */
static bool magic_who(const char *path, char who[WHO], const char **rest)
{
	size_t n = strcspn(path, "/"), digits = strspn(path, "0123456789");
	if (!path[n] || !((n == 4 && memcmp(path, "self", n) == 0) ||
			  (n == 11 && memcmp(path, "thread-self", n) == 0) || (n && n == digits && n <= 10)))
		return false;
	if (strncmp(path + n, "/task/", 6) == 0) { /* a thread of it */
		digits = strspn(path + n + 6, "0123456789");
		n += 6 + digits;
		if (!digits || digits > 10 || path[n] != '/')
			return false;
	}
	snprintf(who, WHO, "%.*s", (int)n, path);
	*rest = path + n + 1;
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

/* Replace a leading /proc/.../LINK by the target of the link. False if it does not lead to a file of the container:
 * then the path names the link itself. */
static bool follow_magic(const struct sensor_call_facts *f, const char *root, struct buf *path, bool follow)
{
	static const char *const std[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
	const char *p = path->data + strlen(root), *rest;
	CLEANUP_BUF struct buf text = {0}, next = {0};
	char who[WHO], name[16], target[PATH_MAX];
	if (strncmp(p, "/dev/fd/", 8) == 0)
		buf_printf(&text, "self/fd/%s", p + 8);
	else if (strncmp(p, "/proc/", 6) == 0)
		buf_str(&text, p + 6);
	else
		for (int i = 0; i < 3 && !text.len; i++)
			if (strcmp(p, std[i]) == 0)
				buf_printf(&text, "self/fd/%d", i);
	if (!text.len || !magic_who(text.data, who, &rest))
		return false;
	size_t n = magic_name(rest);
	if (!n || (!rest[n] && !follow))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)n, rest);
	ssize_t len = f->ops->proc_link(f, who, name, target);
	if (len <= 0 || target[0] != '/')
		return false;
	static const char deleted[] = " (deleted)";
	size_t d = sizeof(deleted) - 1;
	if ((size_t)len > d && strcmp(target + len - d, deleted) == 0)
		return false;
	path_join(&next, target, rest[n] == '/' ? rest + n + 1 : "");
	free(path->data);
	*path = next;
	next = (struct buf){0};
	return true;
}

/* ---- adding ---- */

struct walking {
	const struct sensor_paths_place *place;
	const char *root; /* path of the root that is walked below */
	uint32_t kinds;
};

/* path is absolute in the namespace; root: of the process. */
static void add_mapped(const struct sensor_paths_place *p, const char *root, const char *path, uint32_t kinds)
{
	CLEANUP_BUF struct buf mapped = {0};
	const struct sensor_call_facts *f = p->facts;
	if (atomic_load(&p->paths->mounts_vary) && strncmp(path, root, strlen(root)) == 0)
		(void)f->ops->in_rootfs(f, p->paths->device, root, path, &mapped); /* else it stays as it is */
	const char *out = mapped.len ? mapped.data : path;
	trace_add(p->trace, out, strlen(out), kinds, p->program, p->paths->witness);
	if (p->first && !p->first->len && !(kinds & TRACE_READLINK))
		buf_str(p->first, out);
}

static void on_note(void *ctx, const char *path, bool link)
{
	struct walking *w = ctx;
	char root[PATH_MAX];
	if (sensor_paths_root(w->place->paths, w->place->facts, root) < 0)
		return;
	CLEANUP_BUF struct buf full = {0};
	path_join(&full, w->root, path + 1);
	add_mapped(w->place, root, full.data, link ? TRACE_READLINK | TRACE_NOFOLLOW : w->kinds);
}

/* Whether it is the first time since the run last changed anything. */
static bool first_walk(const struct sensor_paths_place *p, const char *root, const char *path, uint32_t kinds)
{
	unsigned now = atomic_load(&p->paths->n_made);
	if (p->walked->n_made != now) {
		strset_done(&p->walked->keys);
		p->walked->n_made = now;
	}
	char ns[64] = "";
	if (atomic_load(&p->paths->mounts_vary))
		p->facts->ops->mount_ns(p->facts, ns);
	CLEANUP_BUF struct buf key = {0};
	buf_printf(&key, "%x %s %s %s", kinds, ns, root, path);
	bool added;
	strset_add_len(&p->walked->keys, key.data, key.len, &added);
	return added;
}

static void walk_below(const struct sensor_paths_place *p, const char *dir, const char *root, const char *path,
		       uint32_t kinds)
{
	/* who wants the path that comes out gets it each time */
	if (!first_walk(p, root, path, kinds) && !p->first)
		return;
	struct walking w = {p, root, kinds};
	p->facts->ops->walk(p->facts, dir, root, path, (kinds & TRACE_FOLLOW) != 0, on_note, &w);
}

void sensor_paths_add(const struct sensor_paths_place *p, const char *path, uint32_t kinds)
{
	char root[PATH_MAX];
	if (sensor_paths_root(p->paths, p->facts, root) < 0)
		return;
	CLEANUP_BUF struct buf full = {0};
	buf_str(&full, path);
	size_t n = strlen(root);
	bool below = strncmp(path, root, n) == 0;
	for (int i = 0; below && i < MAGIC_DEPTH && follow_magic(p->facts, root, &full, (kinds & TRACE_FOLLOW) != 0);
	     i++)
		below = strncmp(full.data, root, n) == 0;
	if (below && (n || atomic_load(&p->paths->mounts_vary))) {
		walk_below(p, "root", root, full.data + n, kinds);
		return;
	}
	/* a long one joined to a directory is longer than any path of an image: only what it leads to is one */
	bool long_one = full.len >= PATH_MAX;
	if (!long_one)
		add_mapped(p, root, full.data, kinds);
	if (long_one || crosses_made(p->paths, full.data))
		walk_below(p, "root", "", full.data, kinds);
}

void sensor_paths_add_below(const struct sensor_paths_place *p, int dirfd, const char *path, uint32_t kinds)
{
	char dir[32], root[PATH_MAX];
	snprintf(dir, sizeof(dir), dirfd == AT_FDCWD ? "cwd" : "fd/%d", dirfd);
	if (p->facts->ops->link(p->facts, dir, root) <= 0 || root[0] != '/')
		return;
	walk_below(p, dir, strcmp(root, "/") == 0 ? "" : root, path, kinds);
}
