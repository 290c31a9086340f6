#include "sensor/decode.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "text/path.h"

static uint32_t open_kinds(uint32_t kinds, uint64_t flags)
{
	if (flags & O_CREAT)
		kinds |= TRACE_CREATE;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
		kinds |= TRACE_WRITE;
	if ((flags & O_DIRECTORY) && !(flags & O_PATH))
		kinds |= TRACE_LIST;
	if (!(flags & O_PATH))
		kinds |= TRACE_OPENED;
	if ((flags & O_NOFOLLOW) || ((flags & O_CREAT) && (flags & O_EXCL)))
		kinds = (kinds & ~(uint32_t)TRACE_FOLLOW) | TRACE_NOFOLLOW;
	return kinds;
}

static uint32_t flip(uint32_t kinds)
{
	return kinds ^ (TRACE_FOLLOW | TRACE_NOFOLLOW);
}

/* The effect of a call on its first path, given its flags. */
struct meaning {
	uint32_t kinds;
	bool empty_is_fd; /* an empty path means the directory fd itself */
	bool in_root;     /* the directory fd is the root of the lookup */
	int shift;        /* of the arguments behind one that takes two */
	bool moves_link;  /* a symlink in the last component may get the second name */
	bool direct;      /* it reads a file with O_DIRECT */
};

static bool reads_directly(uint64_t flags)
{
	return (flags & O_DIRECT) && !(flags & O_PATH) && (flags & O_ACCMODE) == O_RDONLY;
}

static int read_meaning(const struct sensor_decode_call *c, struct meaning *m)
{
	const struct sensor_syscall *row = c->row;
	uint64_t flags = row->flags >= 0 ? c->args[row->flags] : 0;
	*m = (struct meaning){.kinds = row->kinds};
	switch ((enum sensor_detail)row->detail) {
	case SENSOR_DETAIL_OPEN:
		m->kinds = open_kinds(row->kinds, flags);
		m->direct = reads_directly(flags);
		break;
	case SENSOR_DETAIL_OPEN_HOW: {
		struct open_how how;
		int r = c->facts->ops->bytes(c->facts, row->flags, flags, &how, sizeof(how));
		if (r < 0)
			return r;
		m->kinds = open_kinds(row->kinds, how.flags);
		m->direct = reads_directly(how.flags);
		if (how.resolve & RESOLVE_NO_SYMLINKS)
			m->kinds |= TRACE_NOFOLLOW; /* it fails at one, which must then be there */
		m->in_root = how.resolve & RESOLVE_IN_ROOT;
		break;
	}
	case SENSOR_DETAIL_AT_NOFOLLOW:
	case SENSOR_DETAIL_EXEC:
		if (flags & AT_SYMLINK_NOFOLLOW)
			m->kinds = flip(row->kinds);
		m->empty_is_fd = flags & AT_EMPTY_PATH;
		break;
	case SENSOR_DETAIL_AT_FOLLOW:
		if (flags & AT_SYMLINK_FOLLOW)
			m->kinds = flip(row->kinds);
		m->moves_link = row->kinds2 && !(flags & AT_SYMLINK_FOLLOW);
		m->empty_is_fd = flags & AT_EMPTY_PATH;
		break;
	case SENSOR_DETAIL_IN_NOFOLLOW:
		if (flags & IN_DONT_FOLLOW)
			m->kinds = flip(row->kinds);
		break;
	case SENSOR_DETAIL_LINK:
		m->moves_link = true;
		break;
	case SENSOR_DETAIL_FANOTIFY:
		if (flags & FAN_MARK_DONT_FOLLOW)
			m->kinds = flip(row->kinds);
		m->shift = !(c->audit_arch & __AUDIT_ARCH_64BIT); /* the mask takes two arguments there */
		break;
	default:
		break;
	}
	return 0;
}

/* Read the path that a directory argument stands for, or -1 if it stands for none (the call fails). */
static ssize_t dir_path(const struct sensor_decode_call *c, int dirfd, char base[PATH_MAX])
{
	char name[32];
	snprintf(name, sizeof(name), dirfd == AT_FDCWD ? "cwd" : "fd/%d", dirfd);
	ssize_t n = c->facts->ops->link(c->facts, name, base);
	return n > 0 && base[0] == '/' ? n : -1;
}

/* Add the file that an fd is open on. Skips one without a name (deleted, memfd): its path was seen before. */
static void add_fd(const struct sensor_decode_call *c, int fd, uint32_t kinds, const struct sensor_paths_place *place)
{
	static const char deleted[] = " (deleted)";
	char path[PATH_MAX];
	ssize_t n = dir_path(c, fd, path), d = sizeof(deleted) - 1;
	if (n > 0 && !(n > d && strcmp(path + n - d, deleted) == 0))
		sensor_paths_add(place, path, kinds);
}

static ssize_t socket_path(const struct sensor_decode_call *c, char path[PATH_MAX])
{
	struct sockaddr_un sun = {0};
	uint64_t len = c->args[c->row->flags];
	if (len <= offsetof(struct sockaddr_un, sun_path) || len > sizeof(sun))
		return -1;
	int r = c->facts->ops->bytes(c->facts, c->row->path, c->args[c->row->path], &sun, len);
	if (r < 0)
		return r;
	if (sun.sun_family != AF_UNIX || !sun.sun_path[0])
		return -1; /* another family, or an abstract name */
	size_t n = strnlen(sun.sun_path, len - offsetof(struct sockaddr_un, sun_path));
	memcpy(path, sun.sun_path, n);
	path[n] = '\0';
	return (ssize_t)n;
}

/* dir_arg, path_arg: argument numbers; dir_arg -1 = the working directory. full receives the path as it is added. */
static void add_path(const struct sensor_decode_call *c, int dir_arg, int path_arg, const struct meaning *m,
		     struct trace *t, const struct sensor_paths_place *place, struct buf *full)
{
	char path[PATH_MAX], base[PATH_MAX];
	ssize_t n = c->row->detail == SENSOR_DETAIL_SOCKADDR
			? socket_path(c, path)
			: c->facts->ops->string(c->facts, path_arg, c->args[path_arg], path, sizeof(path));
	if (n == -2)
		t->unreadable++;
	if (n < 0)
		return;
	int dirfd = dir_arg >= 0 ? (int)c->args[dir_arg] : AT_FDCWD;
	if (n == 0) {
		if (m->empty_is_fd)
			add_fd(c, dirfd, m->kinds, place);
		return; /* else it fails with ENOENT */
	}
	if (m->in_root) {
		sensor_paths_add_below(place, dirfd, path, m->kinds);
		return;
	}
	if (path[0] == '/') {
		if (sensor_paths_root(c->paths, c->facts, base) < 0)
			return;
		path_join(full, base, path + strspn(path, "/"));
	} else {
		if (dir_path(c, dirfd, base) < 0)
			return;
		path_join(full, base, path);
	}
	if (c->facts->ops->names_proc && path_is_below(full->data, "/proc"))
		c->facts->ops->names_proc(c->facts);
	sensor_paths_add(place, full->data, m->kinds);
}

/* The second path of a call, if these arguments give it one. */
static bool has_second(const struct sensor_decode_call *c)
{
	if (!c->row->kinds2)
		return false;
	/* mount(2): the source is a path when it is an existing tree that is bound or moved */
	return c->row->detail != SENSOR_DETAIL_MOUNT || c->row->flags < 0 ||
	       (c->args[c->row->flags] & (MS_BIND | MS_MOVE));
}

void sensor_decode_paths(const struct sensor_decode_call *c, struct trace *t, struct buf *first)
{
	struct meaning m;
	int r = read_meaning(c, &m);
	if (r == -2)
		t->unreadable++;
	if (r < 0)
		return;
	if (c->failed)
		m.kinds &= ~(uint32_t)TRACE_OPENED;
	t->direct_reads += m.direct;
	bool moves_link = m.moves_link;
	CLEANUP_BUF struct buf one = {0}, two = {0};
	struct sensor_paths_place place = {c->paths, c->walked, c->facts, c->program, t, first};
	if (c->row->detail == SENSOR_DETAIL_FD)
		add_fd(c, (int)c->args[c->row->dir], m.kinds, &place);
	else if (c->row->path >= 0)
		add_path(c, c->row->dir >= 0 ? c->row->dir + m.shift : -1, c->row->path + m.shift, &m, t, &place, &one);
	if (has_second(c)) {
		m = (struct meaning){.kinds = c->row->kinds2};
		place.first = NULL;
		add_path(c, c->row->dir2, c->row->path2, &m, t, &place, &two);
	}
	if (c->row->detail == SENSOR_DETAIL_SYMLINK && one.len)
		sensor_paths_link_made(c->paths, one.data);
	if (moves_link && one.len && two.len &&
	    (sensor_paths_is_link(&place, one.data) || sensor_paths_is_link(&place, two.data))) {
		sensor_paths_link_made(c->paths, two.data);
		sensor_paths_link_made(c->paths, one.data); /* the two may be exchanged */
	}
	if (c->facts->ops->decoded)
		c->facts->ops->decoded(c->facts, c->row, one.len ? one.data : NULL, two.len ? two.data : NULL);
	if (c->row->detail == SENSOR_DETAIL_ROOT)
		sensor_paths_root_changes(c->paths);
	if (c->row->detail == SENSOR_DETAIL_MOUNT || (c->row->detail == SENSOR_DETAIL_ROOT && c->row->kinds2))
		sensor_paths_mounts_change(c->paths, c->facts);
}
