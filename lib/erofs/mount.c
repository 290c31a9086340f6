#include "erofs/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "image/merge.h"
#include "os/fd.h"
#include "os/privilege.h"

/* A kernel that is built without xattrs or ACLs mounts the image as if it had none. */
static int check_sample(int root, const struct erofs_sample *s, struct err *err)
{
	char path[FD_PROC_PATH];
	if (!s->path)
		return 0;
	CLEANUP_FD int fd = image_open_beneath(root, s->path, O_PATH);
	if (fd < 0 || fd_proc_path(fd, "", path) < 0 || getxattr(path, s->name, NULL, 0) < 0)
		return err_set(err, ERR_UNSUPPORTED, "erofs-mount", "the kernel's EROFS does not show %s", s->name);
	return 0;
}

static int check(const struct erofs_image *made, int root, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < 2; i++)
		r = check_sample(root, &made->samples[i], err);
	return r;
}

int erofs_mount_open(const char *path, int image, int tar, const struct erofs_image *made, struct erofs_mount *out,
		     int *root, struct err *err)
{
	char source[64], options[64];
	if (!privilege_is_full())
		return err_set(err, ERR_UNSUPPORTED, "erofs-mount", "only root of the machine can mount EROFS");
	snprintf(source, sizeof(source), "/proc/self/fd/%d", image);
	snprintf(options, sizeof(options), "device=/proc/self/fd/%d", tar);
	if (mount(source, path, "erofs", MS_RDONLY | MS_NODEV | MS_NOSUID, options) < 0)
		return err_set(err, ERR_UNSUPPORTED, "erofs-mount", "cannot mount EROFS from a file: %s",
			       strerror(errno));
	struct erofs_mount m = {.path = mem_strdup(path)};
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = fd < 0 ? err_set(err, ERR_UNSUPPORTED, "erofs-mount", "%s: %s", path, strerror(errno))
		       : check(made, fd, err);
	if (r < 0) {
		cleanup_closep(&fd);
		fd = -1;
		erofs_mount_done(&m);
		return r;
	}
	*root = steal_fd(&fd);
	*out = m;
	return 0;
}

void erofs_mount_done(struct erofs_mount *m)
{
	if (m->path)
		(void)umount2(m->path, MNT_DETACH | UMOUNT_NOFOLLOW); /* at the latest it ends with the namespace */
	free(m->path);
	*m = (struct erofs_mount){0};
}
