#include "sensor/mountinfo.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/path.h"
#include "sensor/tracee_mem.h"

int mountinfo_id(int dir, const char *path)
{
	struct statx st;
	if (statx(dir, path, AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) < 0 || !(st.stx_mask & STATX_MNT_ID))
		return -1;
	return (int)st.stx_mnt_id;
}

static FILE *open_of(int proc, const char *name)
{
	int fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (!f && fd >= 0)
		close(fd);
	return f;
}

static bool scan(FILE *f, int id, struct mountinfo *out)
{
	bool found = false;
	while (f && !found &&
	       fscanf(f, "%d %*d %31s %4095s %4095s%*[^\n]", &out->id, out->device, out->root, out->point) == 4)
		found = out->id == id;
	if (found) {
		path_unescape_mount(out->root);
		path_unescape_mount(out->point);
	}
	return found;
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
	struct mountinfo *m = mem_alloc(sizeof(*m));
	char name[32], root[PATH_MAX];
	snprintf(name, sizeof(name), "%d/mountinfo", (int)tid);
	bool sees_all = tracee_link(tid, "root", root) == 1;
	FILE *f = sees_all ? open_of(proc, name) : open_all(proc, tid);
	bool found = id >= 0 && scan(f, id, m);
	if (found)
		*out = *m;
	free(m);
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
