#include "runtime/user.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/mem.h"

#define ID_MAX 0x7fffffffu /* what Docker and the runtimes accept */
#define FIELDS_MAX 7

/* The file's bytes; none when it is absent or not a regular file. It is opened only once it is known to be
 * a regular file: a FIFO would block, and opening a device can have effects. */
static int read_regular(int root, const char *path, struct buf *out, struct err *err)
{
	CLEANUP_FD int where = fd_open_in_root(root, path, O_PATH, 0, NULL);
	if (where == -ERR_DENIED)
		return err_set(err, ERR_DENIED, "image file %s cannot be opened", path);
	struct stat st;
	if (where < 0 || fstat(where, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	char self[64];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", where);
	CLEANUP_FD int fd = open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "image file %s", path);
	CLEANUP_FREE char *what = mem_printf("image file %s", path);
	int r = fd_read_all(fd, LIMIT_PASSWD, what, out, err);
	for (char *nul = out->data; r == 0 && (nul = memchr(nul, '\0', out->len - (size_t)(nul - out->data)));)
		*nul = '\1'; /* part of a malformed line, not the end of the text */
	return r;
}

static bool parse_id(const char *s, uint32_t *out)
{
	uint64_t v = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > ID_MAX)
			return false;
	}
	*out = (uint32_t)v;
	return true;
}

/* Cut the next line that is not blank out of the text at *rest: white space around it removed, split at
 * colons into at most FIELDS_MAX fields; the last takes what is left. Returns how many, 0 at the end. */
static size_t next_line(char **rest, char *fields[FIELDS_MAX])
{
	while (*rest && **rest) {
		char *line = *rest, *end = strchr(line, '\n');
		*rest = end ? end + 1 : NULL;
		if (!end)
			end = line + strlen(line);
		while (end > line && strchr(" \t\r\v\f", end[-1]))
			end--;
		*end = '\0';
		line += strspn(line, " \t\r\v\f");
		if (!*line)
			continue;
		size_t n = 0;
		while (n < FIELDS_MAX - 1) {
			fields[n++] = line;
			line = strchr(line, ':');
			if (!line)
				return n;
			*line++ = '\0';
		}
		fields[n++] = line;
		return n;
	}
	return 0;
}

/* A line of passwd, or of group, whose numbers are numbers. */
struct account {
	const char *name, *home, *members;
	uint32_t id, gid;
};

static bool next_user(char **rest, struct account *a)
{
	char *f[FIELDS_MAX];
	for (size_t n; (n = next_line(rest, f));)
		if (n >= 4 && parse_id(f[2], &a->id) && parse_id(f[3], &a->gid)) {
			a->name = f[0];
			a->home = n >= 6 ? f[5] : "";
			return true;
		}
	return false;
}

static bool next_group(char **rest, struct account *a)
{
	char *f[FIELDS_MAX];
	for (size_t n; (n = next_line(rest, f));)
		if (n >= 3 && parse_id(f[2], &a->id)) {
			a->name = f[0];
			a->members = n >= 4 ? f[3] : "";
			return true;
		}
	return false;
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
	bool numeric = !*wanted || parse_id(wanted, &uid);
	struct account a;
	while (passwd && next_user(&passwd, &a))
		if (numeric ? a.id == uid : strcmp(a.name, wanted) == 0) {
			u->uid = a.id;
			u->gid = a.gid;
			if (*a.home) {
				free(u->home);
				u->home = mem_strdup(a.home);
			}
			*name = mem_strdup(a.name);
			return 0;
		}
	if (!numeric)
		return err_set(err, ERR_NOTFOUND, "user %s is not in the image's /etc/passwd", wanted);
	u->uid = uid;
	return 0;
}

static int find_group(char *group, const char *wanted, struct runtime_user *u, struct err *err)
{
	uint32_t gid = 0;
	bool numeric = parse_id(wanted, &gid);
	struct account a;
	while (!numeric && group && next_group(&group, &a))
		if (strcmp(a.name, wanted) == 0) {
			u->gid = a.id;
			return 0;
		}
	if (!numeric)
		return err_set(err, ERR_NOTFOUND, "group %s is not in the image's /etc/group", wanted);
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
	struct account a;
	while (group && next_group(&group, &a))
		if (a.id != u->gid && is_member(a.members, name)) {
			u->groups = mem_grow(u->groups, u->n_groups, &cap, sizeof(*u->groups));
			u->groups[u->n_groups++] = a.id;
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
		return err_set(err, ERR_LIMIT, "user %s is in %zu groups of the image's /etc/group", name, u.n_groups);
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
