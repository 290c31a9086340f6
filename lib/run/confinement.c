#include "run/confinement.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/mountinfo.h"
#include "os/privilege.h"

#define PROC_BYTES (4u << 20)

/* File systems of the kernel's, on which nobody makes a node. */
static bool is_kernels(const char *type)
{
	static const char *const types[] = {"proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool is_the_users(const struct runtime_bundle_options *bundle, const struct stat *node)
{
	for (size_t i = 0; bundle && i < bundle->n_mounts; i++) {
		struct stat st;
		if (bundle->mounts[i].device && stat(bundle->mounts[i].source, &st) == 0 &&
		    st.st_rdev == node->st_rdev && (st.st_mode & S_IFMT) == (node->st_mode & S_IFMT))
			return true;
	}
	return false;
}

/* The devices that Docker gives, each mounted by itself. */
static bool is_dockers(dev_t device)
{
	static const struct {
		unsigned major, minor;
	} given[] = {{1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 1}};
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		if (device == makedev(given[i].major, given[i].minor))
			return true;
	return false;
}

/* A file that is mounted is harmless: no node can be made in it. The devices are the machine's: their mode and owner
 * are not for the container to change. */
static bool is_harmless_file(const char *point, bool read_only, int root, const struct runtime_bundle_options *bundle)
{
	struct stat st;
	CLEANUP_FD int fd = fd_open_in_root(root, point, O_PATH | O_NOFOLLOW, 0, NULL);
	if (fd < 0 || fstat(fd, &st) < 0 || S_ISDIR(st.st_mode))
		return false;
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return true;
	return read_only && ((S_ISCHR(st.st_mode) && is_dockers(st.st_rdev)) || is_the_users(bundle, &st));
}

/* The runtime masks a path with an empty, read-only tmpfs. */
static bool is_open(const struct mountinfo *m, int root, const struct runtime_bundle_options *bundle)
{
	const bool read_only = mountinfo_has_option(m, "ro");
	if (mountinfo_has_option(m, "nodev") || is_kernels(m->type) || (strcmp(m->type, "tmpfs") == 0 && read_only))
		return false;
	return !is_harmless_file(m->point, read_only, root, bundle);
}

char *run_confinement_open_mount(FILE *mounts, int root, const struct runtime_bundle_options *bundle)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	while (mountinfo_next(mounts, &m))
		if (is_open(&m, root, bundle))
			return mem_strdup(m.point);
	return NULL;
}

/* Of the process; NULL also if it is gone. */
static char *open_mount_of(pid_t pid, int root, const struct runtime_bundle_options *bundle)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)pid);
	FILE *mounts = fopen(path, "re");
	char *point = mounts ? run_confinement_open_mount(mounts, root, bundle) : NULL;
	if (mounts)
		fclose(mounts);
	return point;
}

static bool read_of(pid_t pid, const char *name, struct buf *out)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	if (fd_read_file(AT_FDCWD, path, PROC_BYTES, out, NULL) < 0)
		return false; /* it is gone */
	buf_char(out, '\0');
	return out->len > 1;
}

/* Where it made a user namespace, its mounts are its own, and the kernel lets it use no device on them. */
static bool has_own_users(pid_t init)
{
	struct stat its, own;
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)init);
	return stat(path, &its) == 0 && stat("/proc/self/ns/user", &own) == 0 && its.st_ino != own.st_ino;
}

static int refuse(const struct runtime *runtime, const char *what, const char *point, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "container-unconfined",
		       "%s does not confine the container as Docker would: %s%s; --allow-unconfined accepts that",
		       runtime->path, what, point);
}

int run_confinement_check(pid_t init, const struct runtime_bundle_options *bundle, const struct runtime *runtime,
			  struct err *err)
{
	CLEANUP_BUF struct buf mounts = {0}, its = {0}, own = {0};
	char path[64];
	if (!privilege_is_full())
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)init);
	CLEANUP_FD int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || !read_of(init, "cgroup", &its))
		return 0;
	const bool by_cgroup = bundle && bundle->gpus && runtime->cgroups.usable; /* see runtime/bundle_mounts.h */
	CLEANUP_FREE char *open_mount = by_cgroup ? NULL : open_mount_of(init, root, bundle);
	if (open_mount && !has_own_users(init) &&
	    read_of(init, "mountinfo", &mounts)) /* else it ended meanwhile, and its mounts with it */
		return refuse(runtime, "devices can be used on its mount ", open_mount, err);
	if (runtime->cgroups.usable && read_of(getpid(), "cgroup", &own) && strcmp(own.data, its.data) == 0)
		return refuse(runtime, "it has no cgroup of its own", "", err);
	return 0;
}
