#include "image/substitute.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/fd.h"
#include "os/privilege.h"

#define TRUSTED_OVERLAY "trusted.overlay."
#define USER_OVERLAY "user.overlay."
#define OURS "user.slim."
#define XATTR "slim.xattr."
#define TRUSTED_OURS "trusted.slim."
#define DEVICE OURS "device"
#define PENDING "slim.pending"
#define SPLIT "slim.split"

static bool has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

const char *image_substitute_overlay_prefix(void)
{
	return privilege_is_full() ? TRUSTED_OVERLAY : USER_OVERLAY;
}

const char *image_substitute_opaque(void)
{
	return privilege_is_full() ? TRUSTED_OVERLAY "opaque" : USER_OVERLAY "opaque";
}

const char *image_substitute_pending(void)
{
	return privilege_is_full() ? "trusted." PENDING : "user." PENDING;
}

static const char *xattr_prefix(void)
{
	return privilege_is_full() ? "trusted." XATTR : "user." XATTR;
}

const char *image_substitute_split(void)
{
	return privilege_is_full() ? "trusted." SPLIT : "user." SPLIT;
}

uint64_t image_substitute_split_of(int dir, const char *name)
{
	char path[FD_PROC_PATH], value[24];
	if (fd_proc_path(dir, name, path) < 0)
		return 0;
	ssize_t n = name[0] ? lgetxattr(path, image_substitute_split(), value, sizeof(value) - 1)
			    : getxattr(path, image_substitute_split(), value, sizeof(value) - 1);
	if (n < 0)
		return 0;
	value[n] = '\0';
	return strtoull(value, NULL, 10);
}

static bool is_ours(const char *name)
{
	return has_prefix(name, TRUSTED_OVERLAY) || strcmp(name, "trusted." PENDING) == 0 ||
	       strcmp(name, "trusted." SPLIT) == 0;
}

static bool needs_root(const char *name)
{
	return has_prefix(name, "trusted.") || has_prefix(name, USER_OVERLAY) || has_prefix(name, OURS) ||
	       (has_prefix(name, "security.") && strcmp(name, "security.capability") != 0);
}

const char *image_substitute_xattr(const char *name, char buf[static IMAGE_SUBSTITUTE_NAME])
{
	/* the image's own marks would rule our overlay, and mean nothing else */
	if (is_ours(name))
		return NULL;
	bool taken = privilege_is_full() ? has_prefix(name, TRUSTED_OURS) : needs_root(name);
	return taken ? image_substitute_refused_xattr(name, buf) : name;
}

const char *image_substitute_refused_xattr(const char *name, char buf[static IMAGE_SUBSTITUTE_NAME])
{
	/* cut off, it is still longer than the kernel takes */
	snprintf(buf, IMAGE_SUBSTITUTE_NAME, "%s%s", xattr_prefix(), name);
	return buf;
}

const char *image_substitute_original(const char *stored)
{
	if (has_prefix(stored, xattr_prefix()))
		return stored + strlen(xattr_prefix());
	if (privilege_is_full())
		return is_ours(stored) ? NULL : stored;
	return has_prefix(stored, USER_OVERLAY) || has_prefix(stored, OURS) ? NULL : stored;
}

int image_substitute_mknod(int dir, const char *name, mode_t mode, dev_t rdev)
{
	if ((!S_ISCHR(mode) && !S_ISBLK(mode)) || privilege_is_full())
		return mknodat(dir, name, mode, rdev);
	char value[32];
	int n = snprintf(value, sizeof(value), "%c %u:%u", S_ISCHR(mode) ? 'c' : 'b', major(rdev), minor(rdev));
	CLEANUP_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0777);
	return fd < 0 ? -1 : fsetxattr(fd, DEVICE, value, (size_t)n, 0);
}

void image_substitute_stat(int dir, const char *name, struct stat *st)
{
	char path[FD_PROC_PATH], value[32];
	if (!S_ISREG(st->st_mode) || st->st_size || privilege_is_full() || fd_proc_path(dir, name, path) < 0)
		return;
	ssize_t n = lgetxattr(path, DEVICE, value, sizeof(value) - 1);
	if (n < 0)
		return;
	value[n] = '\0';
	char kind;
	unsigned major, minor;
	if (sscanf(value, "%c %u:%u", &kind, &major, &minor) != 3)
		return;
	st->st_mode = (st->st_mode & 07777) | (kind == 'c' ? S_IFCHR : S_IFBLK);
	st->st_rdev = makedev(major, minor);
}
