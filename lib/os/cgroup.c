#include "os/cgroup.h"

#include <errno.h>
#include <fts.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/mem.h"

#define WAIT_MS 1000 /* for all that is killed */
#define STEP_MS 2

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
