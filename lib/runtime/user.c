#include "runtime/user.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"
#include "text/passwd.h"

/* The file's bytes; none when it is absent or not a regular file. It is opened only once it is known to be a regular
 * file: a FIFO would block, and opening a device can have effects. */
static int read_regular(int root, const char *path, struct buf *out, struct err *err)
{
	CLEANUP_FD int where = fd_open_in_root(root, path, O_PATH, 0, NULL);
	if (where == -ERR_DENIED)
		return err_set(err, ERR_DENIED, "image-file-open", "image file %s cannot be opened", path);
	struct stat st;
	if (where < 0 || fstat(where, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	char self[64];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", where);
	CLEANUP_FD int fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "image-file-open", "image file %s", path);
	CLEANUP_FREE char *what = mem_printf("image file %s", path);
	int r = fd_read_all(fd, LIMIT_PASSWD, what, out, err);
	if (r == 0)
		passwd_clean(out->data, out->len);
	return r;
}

static bool is_member(const char *members, const char *name)
{
	size_t n = strlen(name);
	while (*members) {
		size_t len = strcspn(members, ",");
		if (len == n && memcmp(members, name, n) == 0)
			return true;
		members += len + (members[len] == ',');
	}
	return false;
}

static int find_user(char *passwd, const char *wanted, struct runtime_user *u, char **name, struct err *err)
{
	uint32_t uid = 0;
	bool numeric = !*wanted || passwd_parse_id(wanted, &uid);
	struct passwd_entry a;
	while (passwd && passwd_next(&passwd, &a))
		if (numeric ? a.uid == uid : strcmp(a.name, wanted) == 0) {
			u->uid = a.uid;
			u->gid = a.gid;
			if (*a.home) {
				free(u->home);
				u->home = mem_strdup(a.home);
			}
			*name = mem_strdup(a.name);
			return 0;
		}
	if (!numeric)
		return err_set(err, ERR_NOTFOUND, "user-not-found", "user %s is not in the image's /etc/passwd",
			       wanted);
	u->uid = uid;
	return 0;
}

static int find_group(char *group, const char *wanted, struct runtime_user *u, struct err *err)
{
	uint32_t gid = 0;
	bool numeric = passwd_parse_id(wanted, &gid);
	struct passwd_group a;
	while (!numeric && group && passwd_next_group(&group, &a))
		if (strcmp(a.name, wanted) == 0) {
			u->gid = a.gid;
			return 0;
		}
	if (!numeric)
		return err_set(err, ERR_NOTFOUND, "group-not-found", "group %s is not in the image's /etc/group",
			       wanted);
	u->gid = gid;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void collect_groups(char *group, const char *name, struct runtime_user *u)
{
	size_t cap = 0, n = 0;
	struct passwd_group a;
	while (group && passwd_next_group(&group, &a))
		if (a.gid != u->gid && is_member(a.members, name)) {
			u->groups = mem_grow(u->groups, u->n_groups, &cap, sizeof(*u->groups));
			u->groups[u->n_groups++] = a.gid;
		}
	if (!u->n_groups)
		return;
	qsort(u->groups, u->n_groups, sizeof(*u->groups), by_id);
	for (size_t i = 0; i < u->n_groups; i++)
		if (!n || u->groups[n - 1] != u->groups[i])
			u->groups[n++] = u->groups[i];
	u->n_groups = n;
}

int runtime_user_lookup(int root, const char *user, struct runtime_user *out, struct err *err)
{
	CLEANUP_BUF struct buf passwd = {0}, group = {0};
	CLEANUP_RUNTIME_USER struct runtime_user u = {.home = mem_strdup("/")};
	CLEANUP_FREE char *wanted = mem_strdup(user), *name = NULL;
	char *wanted_group = strchr(wanted, ':');
	if (wanted_group)
		*wanted_group++ = '\0';

	int r = read_regular(root, "/etc/passwd", &passwd, err);
	if (r == 0)
		r = read_regular(root, "/etc/group", &group, err);
	if (r == 0)
		r = find_user(passwd.data, wanted, &u, &name, err);
	if (r == 0 && wanted_group && *wanted_group)
		r = find_group(group.data, wanted_group, &u, err);
	else if (r == 0 && name)
		collect_groups(group.data, name, &u);
	if (r < 0)
		return r;
	if (u.n_groups >= NGROUPS_MAX)
		return err_set(err, ERR_LIMIT, "too-many-groups", "user %s is in %zu groups of the image's /etc/group",
			       name, u.n_groups);
	*out = u;
	u = (struct runtime_user){0};
	return 0;
}

void runtime_user_done(struct runtime_user *u)
{
	free(u->groups);
	free(u->home);
	*u = (struct runtime_user){0};
}
