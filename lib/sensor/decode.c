#include "sensor/decode.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/path.h"
#include "sensor/tracee_mem.h"

static uint32_t open_kinds(uint32_t kinds, uint64_t flags)
{
	if (flags & O_CREAT)
		kinds |= TRACE_CREATE;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
		kinds |= TRACE_WRITE;
	if ((flags & O_DIRECTORY) && !(flags & O_PATH))
		kinds |= TRACE_LIST;
	if (flags & O_NOFOLLOW)
		kinds = (kinds & ~(uint32_t)TRACE_FOLLOW) | TRACE_NOFOLLOW;
	return kinds;
}

static uint32_t flip(uint32_t kinds)
{
	return kinds ^ (TRACE_FOLLOW | TRACE_NOFOLLOW);
}

/* What the call does with its first path, its flags considered. */
static int call_kinds(const struct decode_call *c, uint32_t *kinds)
{
	const struct sensor_syscall *row = c->row;
	uint64_t flags = row->flags >= 0 ? c->args[row->flags] : 0;
	*kinds = row->kinds;
	switch ((enum sensor_detail)row->detail) {
	case DETAIL_OPEN:
		*kinds = open_kinds(row->kinds, flags);
		break;
	case DETAIL_OPEN_HOW: {
		uint64_t how_flags;
		int r = tracee_bytes(c->tid, flags, &how_flags, sizeof(how_flags)); /* its first member */
		if (r < 0)
			return r;
		*kinds = open_kinds(row->kinds, how_flags);
		break;
	}
	case DETAIL_AT_NOFOLLOW:
	case DETAIL_EXEC:
		if (flags & AT_SYMLINK_NOFOLLOW)
			*kinds = flip(row->kinds);
		break;
	case DETAIL_AT_FOLLOW:
		if (flags & AT_SYMLINK_FOLLOW)
			*kinds = flip(row->kinds);
		break;
	case DETAIL_IN_NOFOLLOW:
		if (flags & IN_DONT_FOLLOW)
			*kinds = flip(row->kinds);
		break;
	default:
		break;
	}
	return 0;
}

/* The directory that a relative path starts from, or -1 when there is none (the call fails). */
static ssize_t base_of(const struct decode_call *c, int dir_arg, char base[PATH_MAX])
{
	int dirfd = dir_arg >= 0 ? (int)c->args[dir_arg] : AT_FDCWD;
	if (dirfd == AT_FDCWD)
		return tracee_link(c->tid, "cwd", base);
	char name[32];
	snprintf(name, sizeof(name), "fd/%d", dirfd);
	return tracee_link(c->tid, name, base);
}

static ssize_t socket_path(const struct decode_call *c, char path[PATH_MAX])
{
	struct sockaddr_un sun = {0};
	uint64_t len = c->args[c->row->flags];
	if (len <= offsetof(struct sockaddr_un, sun_path) || len > sizeof(sun))
		return -1;
	int r = tracee_bytes(c->tid, c->args[c->row->path], &sun, len);
	if (r < 0)
		return r;
	if (sun.sun_family != AF_UNIX || !sun.sun_path[0])
		return -1; /* another family, or an abstract name */
	size_t n = strnlen(sun.sun_path, len - offsetof(struct sockaddr_un, sun_path));
	memcpy(path, sun.sun_path, n);
	path[n] = '\0';
	return (ssize_t)n;
}

static void add_path(const struct decode_call *c, int dir_arg, int path_arg, uint32_t kinds, struct trace *t,
		     struct buf *first)
{
	char path[PATH_MAX], base[PATH_MAX];
	ssize_t n = c->row->detail == DETAIL_SOCKADDR ? socket_path(c, path)
						      : tracee_string(c->tid, c->args[path_arg], path, sizeof(path));
	if (n == -2)
		t->unreadable++;
	if (n < 0)
		return;
	if (n == 0) {
		/* The directory fd itself, where the call takes AT_EMPTY_PATH; else it fails with ENOENT. */
		if (dir_arg < 0 || c->row->detail != DETAIL_EXEC)
			return;
	}
	base[0] = '\0';
	if (path[0] != '/') {
		if (base_of(c, dir_arg, base) < 0 || base[0] != '/')
			return;
	} else if (c->roots_vary) {
		if (tracee_link(c->tid, "root", base) < 0)
			return;
		memmove(path, path + 1, (size_t)n); /* relative to that root */
	}
	CLEANUP_BUF struct buf full = {0};
	path_join(&full, base, path);
	trace_add(t, full.data, full.len, kinds, c->program, TRACE_BY_PTRACE);
	if (first && !first->len)
		buf_append(first, full.data, full.len);
}

void decode_paths(const struct decode_call *c, struct trace *t, struct buf *first)
{
	uint32_t kinds;
	int r = call_kinds(c, &kinds);
	if (r == -2)
		t->unreadable++;
	if (r < 0)
		return;
	if (c->row->path >= 0)
		add_path(c, c->row->dir, c->row->path, kinds, t, first);
	if (c->row->kinds2)
		add_path(c, c->row->dir2, c->row->path2, c->row->kinds2, t, NULL);
}
