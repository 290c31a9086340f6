#include "os/mountinfo.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>

#include "text/path.h"

void mountinfo_done(struct mountinfo *m)
{
	free(m->line);
	*m = (struct mountinfo){0};
}

int mountinfo_id(int dir, const char *path)
{
	struct statx st;
	if (statx(dir, path, AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) < 0 || !(st.stx_mask & STATX_MNT_ID))
		return -1;
	return (int)st.stx_mnt_id;
}

/* ---- lines ---- */

/* 36 35 98:0 /root /point rw,nosuid shared:1 - type source options */
static bool parse(struct mountinfo *m)
{
	char *fields[5], *save, *tail = strstr(m->line, " - ");
	m->type = tail ? tail + 3 : "";
	if (tail) {
		tail[3 + strcspn(tail + 3, " \n")] = '\0';
		*tail = '\0';
	}
	for (int i = 0; i < 5; i++)
		if (!(fields[i] = strtok_r(i ? NULL : m->line, " \n", &save)))
			return false;
	const char *options = strtok_r(NULL, " \n", &save);
	m->options = options ? options : "";
	path_unescape_mount(fields[3]);
	path_unescape_mount(fields[4]);
	m->id = atoi(fields[0]);
	m->device = fields[2];
	m->root = fields[3];
	m->point = fields[4];
	return true;
}

bool mountinfo_next(FILE *table, struct mountinfo *m)
{
	while (getline(&m->line, &m->cap, table) > 0)
		if (parse(m))
			return true;
	return false;
}

bool mountinfo_has_option(const struct mountinfo *m, const char *option)
{
	size_t n = strlen(option);
	for (const char *p = m->options; *p; p += strcspn(p, ","), p += *p == ',')
		if (strcspn(p, ",") == n && memcmp(p, option, n) == 0)
			return true;
	return false;
}

int mountinfo_below(const char *dir, struct strlist *out)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	FILE *f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return -1;
	while (mountinfo_next(f, &m))
		if (path_is_below(m.point, dir))
			strlist_add(out, m.point);
	fclose(f);
	return 0;
}

/* ---- of a thread ---- */

static FILE *open_of(int proc, const char *name)
{
	int fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!f && fd >= 0)
		close(fd);
	return f;
}

/* A process with a root of its own sees only the mounts below that. To see all, a thread joins the namespace,
 * which sets its root to the namespace's. */
struct joined {
	int proc, ns;
	FILE *file;
};

static void *join_namespace(void *arg)
{
	struct joined *j = arg;
	if (unshare(CLONE_FS) == 0 && setns(j->ns, CLONE_NEWNS) == 0)
		j->file = open_of(j->proc, "thread-self/mountinfo");
	return NULL;
}

static FILE *open_all(int proc, pid_t tid)
{
	char name[32];
	snprintf(name, sizeof(name), "%d/ns/mnt", (int)tid);
	CLEANUP_FD int ns = openat(proc, name, O_RDONLY | O_CLOEXEC);
	struct joined j = {proc, ns, NULL};
	pthread_t thread;
	if (ns >= 0 && pthread_create(&thread, NULL, join_namespace, &j) == 0)
		pthread_join(thread, NULL);
	return j.file;
}

bool mountinfo_find(pid_t tid, int id, struct mountinfo *out)
{
	CLEANUP_FD int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char root_name[32], name[32], root[2];
	snprintf(root_name, sizeof(root_name), "%d/root", (int)tid);
	snprintf(name, sizeof(name), "%d/mountinfo", (int)tid);
	bool found = false, sees_all = readlinkat(proc, root_name, root, sizeof(root)) == 1;
	FILE *f = id < 0 ? NULL : sees_all ? open_of(proc, name) : open_all(proc, tid);
	while (f && !found && mountinfo_next(f, out))
		found = out->id == id;
	if (f)
		fclose(f);
	return found;
}

bool mountinfo_map(const struct mountinfo *m, const char *path, struct buf *out)
{
	if (!path_is_below(path, m->point))
		return false;
	const char *rest = path + (m->point[1] ? strlen(m->point) : 0);
	path_join(out, m->root, rest + strspn(rest, "/"));
	return true;
}
