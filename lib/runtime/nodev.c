#include "runtime/nodev.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "os/mountinfo.h"

void runtime_nodev_hook(const char *rootfs, bool read_only, struct strlist *argv)
{
	/* our number in the /proc that the runtime sees, too */
	char self[32] = {0}, path[64];
	if (readlink("/proc/self", self, sizeof(self) - 1) < 0)
		snprintf(self, sizeof(self), "%d", (int)getpid());
	snprintf(path, sizeof(path), "/proc/%s/exe", self);
	strlist_add(argv, path);
	strlist_add(argv, RUNTIME_NODEV_HOOK);
	strlist_add(argv, rootfs);
	if (read_only)
		strlist_add(argv, RUNTIME_NODEV_READ_ONLY);
}

/* What a remount of the bind would otherwise take away. The kernel keeps the flags of access times. */
static unsigned long flags_of(const struct statvfs *fs)
{
	static const struct {
		unsigned long has, keep;
	} flags[] = {{ST_RDONLY, MS_RDONLY}, {ST_NOSUID, MS_NOSUID}, {ST_NOEXEC, MS_NOEXEC}};
	unsigned long out = 0;
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (fs->f_flag & flags[i].has)
			out |= flags[i].keep;
	return out;
}

static int make_nodev(const char *point, bool read_only, struct err *err)
{
	struct stat st;
	struct statvfs fs;
	struct statfs type;
	if (stat(point, &st) < 0 || statvfs(point, &fs) < 0 || statfs(point, &type) < 0)
		return err_sys(err, errno, "mounts-nodev", "%s", point);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || type.f_type == DEVPTS_SUPER_MAGIC ||
	    (fs.f_flag & ST_NODEV && !read_only))
		return 0;
	if (mount(NULL, point, NULL, MS_REMOUNT | MS_BIND | MS_NODEV | (read_only ? MS_RDONLY : 0) | flags_of(&fs),
		  NULL) < 0)
		return err_sys(err, errno, "mounts-nodev", "cannot make %s a mount without devices", point);
	return 0;
}

int runtime_nodev_apply(const char *rootfs, bool read_only, struct err *err)
{
	CLEANUP_STRLIST struct strlist points = {0};
	if (mountinfo_below(rootfs, &points) < 0)
		return err_sys(err, errno, "mounts-nodev", "the mounts of a container");
	int r = 0;
	for (size_t i = 0; r == 0 && i < points.count; i++)
		r = make_nodev(points.items[i], read_only && strcmp(points.items[i], rootfs) == 0, err);
	return r;
}
