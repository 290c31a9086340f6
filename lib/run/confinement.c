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
#include "os/privilege.h"
#include "text/path.h"

#define PROC_BYTES (4u << 20)

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = list; p; p = strchr(p, ','), p = p ? p + 1 : NULL)
		if (strncmp(p, word, n) == 0 && (!p[n] || p[n] == ','))
			return true;
	return false;
}

/* File systems of the kernel's, on which nobody makes a node. */
static bool is_kernels(const char *type)
{
	static const char *const types[] = {"proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* The devices that Docker gives, each mounted by itself. */
static bool is_given(dev_t device)
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
static bool is_harmless_file(const char *point, bool read_only, int root)
{
	struct stat st;
	CLEANUP_FD int fd = fd_open_in_root(root, point, O_PATH | O_NOFOLLOW, 0, NULL);
	if (fd < 0 || fstat(fd, &st) < 0 || S_ISDIR(st.st_mode))
		return false;
	return S_ISCHR(st.st_mode) ? read_only && is_given(st.st_rdev) : !S_ISBLK(st.st_mode);
}

/* 36 35 98:0 /root /point rw,nosuid shared:1 - type source options. What the runtime masks is an empty tmpfs that
 * cannot be written. */
static bool is_open(char *line, int root, char **point)
{
	char *fields[6], *save, *tail = strstr(line, " - ");
	for (int i = 0; i < 6; i++)
		if (!tail || !(fields[i] = strtok_r(i ? NULL : line, " ", &save)))
			return false;
	const char *type = tail + 3;
	tail[3 + strcspn(type, " ")] = '\0';
	*point = fields[4];
	path_unescape_mount(*point);
	const bool read_only = has_word(fields[5], "ro");
	if (has_word(fields[5], "nodev") || is_kernels(type) || (strcmp(type, "tmpfs") == 0 && read_only))
		return false;
	return !is_harmless_file(*point, read_only, root);
}

char *run_confinement_open_mount(const char *mounts, int root)
{
	char *point;
	for (const char *p = mounts; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		CLEANUP_FREE char *line = mem_strndup(p, strcspn(p, "\n"));
		if (is_open(line, root, &point))
			return mem_strdup(point);
	}
	return NULL;
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

int run_confinement_check(pid_t init, const struct runtime *runtime, struct err *err)
{
	CLEANUP_BUF struct buf mounts = {0}, again = {0}, its = {0}, own = {0};
	char path[64];
	if (!privilege_is_full())
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)init);
	CLEANUP_FD int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || !read_of(init, "mountinfo", &mounts) || !read_of(init, "cgroup", &its))
		return 0;
	CLEANUP_FREE char *open_mount = run_confinement_open_mount(mounts.data, root);
	if (open_mount && !has_own_users(init) &&
	    read_of(init, "mountinfo", &again)) /* else it ended meanwhile, and its mounts with it */
		return refuse(runtime, "devices can be used on its mount ", open_mount, err);
	if (runtime->cgroups.usable && read_of(getpid(), "cgroup", &own) && strcmp(own.data, its.data) == 0)
		return refuse(runtime, "it has no cgroup of its own", "", err);
	return 0;
}
