#include "sensor/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/open_below.h"
#include "os/path_walk.h"

bool sensor_walk_link_at(void *root, const char *at, char target[LIMIT_PATH + 1])
{
	/* the container may swap a directory for a symlink meanwhile: that must not lead us out of it */
	struct open_how how = {.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
			       .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_IN_ROOT};
	CLEANUP_FD int fd = open_below(*(int *)root, at, &how);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
		return false;
	ssize_t n = readlinkat(fd, "", target, LIMIT_PATH);
	if (n <= 0)
		return false;
	target[n] = '\0';
	return true;
}

void sensor_walk_path(sensor_walk_link *link, void *link_ctx, const char *path, bool follow, sensor_walk_note *note,
		      void *ctx)
{
	CLEANUP_PATH_WALK struct path_walk w;
	path_walk_init(&w, path);
	CLEANUP_BUF struct buf at = {0};
	buf_str(&at, "");
	enum path_walk_step step;
	const char *name;
	size_t len;
	while ((step = path_walk_next(&w, &name, &len)) != PATH_WALK_END) {
		if (step == PATH_WALK_UP)
			path_walk_up(&at);
		if (step != PATH_WALK_NAME)
			continue;
		size_t before = at.len;
		buf_char(&at, '/');
		buf_append(&at, name, len);
		char target[LIMIT_PATH + 1];
		if ((!follow && path_walk_is_last(&w)) || w.links >= LIMIT_SYMLINKS || !link(link_ctx, at.data, target))
			continue;
		note(ctx, at.data, true);
		(void)path_walk_follow_copy(&w, target); /* there is one left */
		at.len = target[0] == '/' ? 0 : before;
		at.data[at.len] = '\0';
	}
	note(ctx, at.len ? at.data : "/", false);
}
