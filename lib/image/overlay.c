#include "image/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "image/merge.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "os/subproc.h"

/* A layer that is in the image twice is wholly hidden by its upper place, and overlayfs takes a
 * directory only once. */
static bool is_repeated(const struct image_layers *layers, size_t i)
{
	for (size_t j = i + 1; j < layers->count; j++)
		if (strcmp(layers->items[i].path, layers->items[j].path) == 0)
			return true;
	return false;
}

/* Symlinks 0, 1, ... in dir to the layers, top first; their names in *out as lowerdir takes them. The
 * options of a mount must fit one page, so that the paths may not be in them. */
static int link_layers(int dir, const struct image_layers *layers, struct buf *out, struct err *err)
{
	unsigned n = 0;
	for (size_t i = layers->count; i-- > 0;) {
		if (is_repeated(layers, i))
			continue;
		char name[16];
		snprintf(name, sizeof(name), "%u", n);
		if (symlinkat(layers->items[i].path, dir, name) < 0 && errno != EEXIST) /* it is left of before */
			return err_sys(err, errno, "overlay-prepare", "cannot link to layer %zu", i + 1);
		buf_printf(out, "%s%s", n++ ? ":" : "", name);
		if (image_is_opaque(layers->items[i].fd))
			break; /* overlayfs does not look at this mark on a layer's root */
	}
	if (n)
		return 0;
	buf_char(out, '0'); /* no layers at all: overlayfs wants one */
	return fd_mkdir_p(dir, "0", 0755, err);
}

/* The upper directory is the merged root's own metadata. */
static int make_upper(int dir, const struct image_layers *layers, struct err *err)
{
	struct stat st;
	int from = layers->count ? layers->items[image_root_layer(layers)].fd : -1;
	if (faccessat(dir, "upper", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0; /* it is left of before */
	int r = image_root_stat(layers, &st, err);
	if (r < 0 || (r = fd_mkdir_p(dir, "upper", 0700, err)) < 0)
		return r;
	CLEANUP_FD int upper = openat(dir, "upper", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct timespec times[2] = {st.st_mtim, st.st_mtim};
	if (upper < 0 || fchown(upper, st.st_uid, st.st_gid) < 0 || fchmod(upper, st.st_mode & 07777) < 0)
		return err_sys(err, errno, "overlay-prepare", "scratch layer");
	if (from >= 0 && (r = image_copy_xattrs(from, "", upper, "", err)) < 0)
		return err_wrap(err, "root directory of the scratch layer");
	return futimens(upper, times) < 0 ? err_sys(err, errno, "overlay-prepare", "scratch layer") : 0;
}

/* mount(2) with paths relative to dir. The working directory belongs to the process, which may have
 * threads: a child of ours changes its own; its exit status is the errno. */
static int mount_in(int dir, const char *options)
{
	pid_t pid = subproc_fork();
	if (pid < 0)
		return errno;
	if (pid == 0) {
		if (fchdir(dir) < 0 || mount("overlay", "root", "overlay", MS_NODEV, options) < 0)
			_exit(errno);
		_exit(0);
	}
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

/* Whether overlayfs must be asked for inode numbers of one device: by default, files of another file system than the
 * scratch layer's show another device than their directories, as in no container of an engine. */
static bool needs_one_device(const struct image_layers *layers)
{
	for (size_t i = 0; i < layers->count; i++)
		if (layers->items[i].own_fs)
			return true;
	return false;
}

static int mount_overlay(int dir, const struct image_layers *layers, const char *label, struct err *err)
{
	CLEANUP_BUF struct buf options = {0};
	buf_str(&options, privilege_is_full() ? "redirect_dir=off,metacopy=off" : "userxattr"); /* which implies them */
	if (label)                                                                              /* it has commas */
		buf_printf(&options, ",context=\"%s\"", label);
	if (needs_one_device(layers))
		buf_str(&options, ",xino=on");
	buf_str(&options, ",index=off,upperdir=upper,workdir=work,lowerdir=");
	int r = link_layers(dir, layers, &options, err);
	if (r < 0 || (r = make_upper(dir, layers, err)) < 0)
		return r;
	/* one of a volatile overlay cannot be used again */
	if ((r = fd_remove_tree(dir, "work", err)) < 0 || (r = fd_mkdir_p(dir, "work", 0700, err)) < 0 ||
	    (r = fd_mkdir_p(dir, "root", 0700, err)) < 0)
		return r;
	/* The scratch layer need not outlive the machine, so nothing waits for its disk. Linux before 5.10 does. */
	CLEANUP_FREE char *fast = mem_printf("volatile,%s", options.data);
	int e = mount_in(dir, fast);
	if (e == EINVAL)
		e = mount_in(dir, options.data);
	if (e == EPERM && !privilege_is_full())
		return err_set(
		    err, ERR_UNSUPPORTED, "overlay-denied",
		    "the kernel lets only root mount an overlay (Linux 5.11 and later let others): run slim as root");
	if (e == EINVAL)
		return err_set(err, ERR_UNSUPPORTED, "overlay-unsupported",
			       "the kernel refuses an overlay of %zu layers on the store's file system: use --store to "
			       "put the store on ext4, xfs, btrfs or tmpfs, or on a volume",
			       layers->count);
	return e ? err_sys(err, e, "overlay-mount", "cannot mount the image's file system") : 0;
}

/* Mount a scratch layer in memory over the directory name; *fd becomes its root. Used if the store lies on an overlay
 * itself, as in a container without a volume: such a store can hold the layers of another overlay, but not its upper
 * directory. */
static int mount_memory(int dir_fd, const char *dir, const char *name, int *fd, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	if (mount("tmpfs", path, "tmpfs", MS_NODEV, "mode=0700") < 0)
		return err_sys(err, errno, "overlay-mount", "a scratch layer in memory");
	close(*fd);
	*fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd < 0 ? err_sys(err, errno, "store-open", "%s", path) : 0;
}

static int mount_on_either(int dir_fd, const char *dir, const char *name, const struct image_layers *layers,
			   const char *label, int *fd, struct err *err)
{
	struct err refused = {0};
	int r = mount_overlay(*fd, layers, label, &refused);
	if (r == -ERR_UNSUPPORTED && strcmp(refused.id, "overlay-unsupported") == 0 &&
	    mount_memory(dir_fd, dir, name, fd, NULL) == 0)
		r = mount_overlay(*fd, layers, label, &refused);
	if (r < 0 && err)
		*err = refused;
	return r;
}

static int mount_at(int dir_fd, const char *dir, const char *name, const struct image_layers *layers, const char *label,
		    bool may_exist, struct image_overlay *out, struct err *err)
{
	if (mkdirat(dir_fd, name, 0700) < 0 && (errno != EEXIST || !may_exist))
		return err_sys(err, errno, "directory-create", "cannot create %s/%s", dir, name);
	struct image_overlay o = {.fd = -1, .dir_fd = dir_fd, .name = mem_strdup(name)};
	o.path = mem_printf("%s/%s/root", dir, name);
	CLEANUP_FD int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = fd < 0 ? err_sys(err, errno, "store-open", "%s/%s", dir, name)
		       : mount_on_either(dir_fd, dir, name, layers, label, &fd, err);
	if (r == 0) {
		o.fd = openat(fd, "root", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (o.fd < 0)
			r = err_sys(err, errno, "overlay-prepare", "%s", o.path);
	}
	if (r < 0)
		image_overlay_done(&o);
	else
		*out = o;
	return r;
}

int image_overlay_mount(int dir_fd, const char *dir, const char *name, const struct image_layers *layers,
			const char *label, struct image_overlay *out, struct err *err)
{
	return mount_at(dir_fd, dir, name, layers, label, false, out, err);
}

int image_overlay_mount_again(int dir_fd, const char *dir, const char *name, const struct image_layers *layers,
			      const char *label, struct image_overlay *out, struct err *err)
{
	return mount_at(dir_fd, dir, name, layers, label, true, out, err);
}

static void unmount(struct image_overlay *o, bool leaves)
{
	if (o->path) {
		if (o->fd >= 0)
			close(o->fd);
		/* EINVAL: it was never mounted. Detached, so that a process left in it does not keep it. */
		if ((umount2(o->path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 || errno == EINVAL) && !leaves) {
			*strrchr(o->path, '/') = '\0';
			(void)umount2(o->path, MNT_DETACH | UMOUNT_NOFOLLOW); /* if the scratch layer is in memory */
			(void)fd_remove_tree(o->dir_fd, o->name, NULL);       /* else it goes with the run */
		}
	}
	free(o->path);
	free(o->name);
	*o = (struct image_overlay){.fd = -1, .dir_fd = -1};
}

void image_overlay_done(struct image_overlay *o)
{
	unmount(o, false);
}

void image_overlay_leave(struct image_overlay *o)
{
	unmount(o, true);
}
