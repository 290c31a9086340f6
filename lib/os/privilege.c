#include "os/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INITIAL_USER_NAMESPACE 0xEFFFFFFDu /* PROC_USER_INIT_INO of the kernel's proc_ns.h */

static bool may_administer(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	return syscall(SYS_capget, &header, data) < 0 || (data[0].effective & (1u << CAP_SYS_ADMIN));
}

bool privilege_is_full(void)
{
	struct stat st;
	return geteuid() == 0 && may_administer() && stat("/proc/self/ns/user", &st) == 0 &&
	       st.st_ino == INITIAL_USER_NAMESPACE;
}

/* user_namespaces(7): lines of the first id inside, the first outside, and how many. */
static unsigned outer(const char *map, unsigned id)
{
	FILE *f = fopen(map, "re");
	unsigned inside, outside, count, found = id;
	while (f && fscanf(f, "%u %u %u", &inside, &outside, &count) == 3)
		if (id >= inside && id - inside < count)
			found = outside + (id - inside);
	if (f)
		fclose(f);
	return found;
}

void privilege_outer_ids(uid_t *uid, gid_t *gid)
{
	*uid = outer("/proc/self/uid_map", geteuid());
	*gid = outer("/proc/self/gid_map", getegid());
}

void privilege_user_init(struct privilege_user *u)
{
	uid_t uid;
	gid_t gid;
	privilege_outer_ids(&uid, &gid);
	u->needed = uid != geteuid();
	snprintf(u->uid_map, sizeof(u->uid_map), "%u %u 1", uid, geteuid());
	snprintf(u->gid_map, sizeof(u->gid_map), "%u %u 1", gid, getegid());
}

static int write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), e = 0;
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		e = errno;
	if (fd >= 0)
		close(fd);
	return e;
}

int privilege_be_user(void *ctx)
{
	const struct privilege_user *u = ctx;
	if (!u->needed)
		return 0;
	if (unshare(CLONE_NEWUSER) < 0)
		return errno;
	int e = write_map("/proc/self/setgroups", "deny");
	if (!e)
		e = write_map("/proc/self/uid_map", u->uid_map);
	return e ? e : write_map("/proc/self/gid_map", u->gid_map);
}
