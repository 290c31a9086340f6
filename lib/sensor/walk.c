#include "sensor/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"

bool walk_link_at(void *root, const char *at, char target[LIMIT_PATH + 1])
{
	/* the container may swap a directory for a symlink meanwhile: that must not lead us out of it */
	struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT};
	CLEANUP_FD int fd = (int)syscall(SYS_openat2, *(int *)root, at, &how, sizeof(how));
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
		return false;
	ssize_t n = readlinkat(fd, "", target, LIMIT_PATH);
	if (n <= 0)
		return false;
	target[n] = '\0';
	return true;
}

void walk_path(walk_link *link, void *link_ctx, const char *path, bool follow, walk_note *note, void *ctx)
{
	CLEANUP_BUF struct buf at = {0}, left = {0};
	buf_str(&left, path);
	buf_str(&at, "");
	const char *rest = left.data, *name;
	unsigned links = 0;
	size_t len;
	while (path_next(&rest, &name, &len)) {
		if (len == 1 && name[0] == '.')
			continue;
		size_t before = at.len;
		if (len == 2 && name[0] == '.' && name[1] == '.') {
			while (at.len && at.data[--at.len] != '/')
				;
			at.data[at.len] = '\0';
			continue;
		}
		buf_char(&at, '/');
		buf_append(&at, name, len);
		char target[LIMIT_PATH + 1];
		bool last = !*rest;
		if ((last && !follow) || links >= LIMIT_SYMLINKS || !link(link_ctx, at.data, target))
			continue;
		note(ctx, at.data, true);
		links++;
		at.len = target[0] == '/' ? 0 : before;
		at.data[at.len] = '\0';
		CLEANUP_BUF struct buf next = {0};
		buf_printf(&next, "%s%s", target, rest);
		free(left.data);
		left = next;
		next = (struct buf){0};
		rest = left.data;
	}
	note(ctx, at.len ? at.data : "/", false);
}
