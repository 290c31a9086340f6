#include "os/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"

#define FILE_BYTES 65536
#define WAIT_MS 1000 /* for all that is killed */
#define STEP_MS 2

/* Whether the list, n bytes with commas between, has the name; an empty list has none but NULL. */
static bool lists(const char *list, size_t n, const char *name)
{
	if (!name)
		return n == 0;
	for (const char *p = list; p < list + n; p += strcspn(p, ",:") + 1)
		if (strncmp(p, name, strlen(name)) == 0 && strchr(",:", p[strlen(name)]))
			return true;
	return false;
}

char *cgroup_of(pid_t pid, const char *controller)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE char *path = mem_printf("/proc/%d/cgroup", (int)pid);
	if (fd_read_file(AT_FDCWD, path, FILE_BYTES, &b, NULL) < 0 || !b.len)
		return NULL;
	buf_char(&b, '\0');
	for (const char *line = b.data; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *list = line + strcspn(line, ":\n"),
			   *at = *list == ':' ? list + 1 + strcspn(list + 1, ":\n") : "";
		if (*at == ':' && lists(list + 1, (size_t)(at - list - 1), controller))
			return mem_strndup(at + 1, strcspn(at + 1, "\n"));
	}
	return NULL;
}

static void kill_members(const char *cgroup)
{
	CLEANUP_FREE char *path = mem_printf("%s/cgroup.procs", cgroup);
	FILE *f = fopen(path, "re");
	if (!f)
		return;
	for (int pid; fscanf(f, "%d", &pid) == 1;)
		if (pid > 1 && pid != getpid()) /* 0: not in our pid namespace */
			kill(pid, SIGKILL);
	fclose(f);
}

static void remove_one(const char *cgroup, int *patience_ms)
{
	while (rmdir(cgroup) < 0) {
		if (errno != EBUSY || *patience_ms <= 0) {
			log_debug("%s stays: errno %d", cgroup, errno);
			return;
		}
		kill_members(cgroup);
		poll(NULL, 0, STEP_MS);
		*patience_ms -= STEP_MS;
	}
}

void cgroup_remove(const char *root, const char *prefix)
{
	char *roots[] = {(char *)root, NULL};
	CLEANUP_FREE char *wanted = mem_printf("/%s", prefix);
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int patience_ms = WAIT_MS;
	for (FTSENT *e; walk && (e = fts_read(walk));)
		if (e->fts_info == FTS_DP && strstr(e->fts_path + strlen(root), wanted))
			remove_one(e->fts_path, &patience_ms);
	if (walk)
		fts_close(walk);
}
