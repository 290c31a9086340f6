#include "os/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/stop.h"
#include "base/strlist.h"
#include "os/open_below.h"

struct walk {
	int root;
	walk_each *each;
	void *ctx;
	struct strlist dirs; /* found so far; those before the one at hand are visited and free */
	size_t entries;
};

static int fail(int errnum, const char *what, const char *path, struct err *err)
{
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, path, strnlen(path, 512));
	return err_sys(err, errnum, "directory-read", "%s /%s", what, shown.data ? shown.data : "");
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes fd. */
static int list(struct walk *w, int fd, const char *path, struct strlist *names, struct err *err)
{
	DIR *d = fdopendir(fd);
	if (!d) {
		int e = errno;
		close(fd);
		return fail(e, "list", path, err);
	}
	int r = 0;
	struct dirent *e;
	while (r == 0 && (r = stop_check(err)) == 0 && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (++w->entries > LIMIT_ENTRIES)
			r = err_set(err, ERR_LIMIT, "directory-too-large", "the directory has more than %d entries",
				    LIMIT_ENTRIES);
		strlist_add(names, e->d_name);
	}
	if (r == 0 && errno)
		r = fail(errno, "list", path, err);
	closedir(d);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), by_bytes);
	return r;
}

static unsigned slashes(const char *path)
{
	unsigned n = 0;
	for (; *path; path++)
		n += *path == '/';
	return n;
}

static int visit(struct walk *w, int fd, const char *path, const char *name, struct err *err)
{
	CLEANUP_FREE char *below = *path ? mem_printf("%s/%s", path, name) : mem_strdup(name);
	struct walk_entry e = {.dir = fd, .name = name, .path = below, .depth = slashes(below)};
	int r = stop_check(err);
	if (r < 0)
		return r;
	if (fstatat(fd, name, &e.st, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "look up", below, err);
	r = w->each(w->ctx, &e, err);
	if (r == 0 && S_ISDIR(e.st.st_mode))
		strlist_add(&w->dirs, below);
	return r;
}

static int visit_dir(struct walk *w, const char *path, struct err *err)
{
	const struct open_how how = {
	    .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	CLEANUP_FD int fd = open_below(w->root, *path ? path : ".", &how);
	if (fd < 0)
		return errno == EXDEV ? 0 : fail(errno, "open", path, err);
	CLEANUP_STRLIST struct strlist names = {0};
	int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	int r = again < 0 ? fail(errno, "open", path, err) : list(w, again, path, &names, err);
	for (size_t i = 0; r >= 0 && i < names.count; i++)
		r = visit(w, fd, path, names.items[i], err);
	return r < 0 ? r : 0;
}

int walk_tree(int root, walk_each *each, void *ctx, struct err *err)
{
	struct walk w = {.root = root, .each = each, .ctx = ctx};
	strlist_add(&w.dirs, "");
	int r = 0;
	for (size_t i = 0; r == 0 && i < w.dirs.count; i++) {
		CLEANUP_FREE char *path = w.dirs.items[i];
		w.dirs.items[i] = NULL;
		r = visit_dir(&w, path, err);
	}
	strlist_done(&w.dirs);
	return r;
}
