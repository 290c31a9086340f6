#include "target/processes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "os/proc_tree.h"

#define PROCESSES_MAX 65536 /* that are looked at */

static bool namespace_of(const char *process, struct stat *st)
{
	char path[300];
	snprintf(path, sizeof(path), "/proc/%s/ns/pid", process);
	return stat(path, st) == 0;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
	return (x > y) - (x < y);
}

/* Appends those in the same pid namespace. */
static void add_namespace(const struct stat *ns, pid_t *pids, size_t *n)
{
	const size_t known = *n;
	DIR *d = opendir("/proc");
	struct dirent *e;
	struct stat st;
	while (d && *n < PROCESSES_MAX && (e = readdir(d))) {
		char *end;
		long number = strtol(e->d_name, &end, 10);
		const pid_t pid = (pid_t)number;
		if (number <= 0 || *end || bsearch(&pid, pids, known, sizeof(pid), by_number) ||
		    !namespace_of(e->d_name, &st) || !same(&st, ns))
			continue;
		pids[(*n)++] = pid;
	}
	if (d)
		closedir(d);
}

pid_t *target_processes(const struct target_service *s, size_t *n)
{
	char number[16];
	struct stat theirs, ours;
	pid_t *pids = mem_calloc(PROCESSES_MAX, sizeof(*pids));
	*n = proc_tree_list(s->pid, pids, PROCESSES_MAX);
	snprintf(number, sizeof(number), "%d", (int)s->pid);
	if (namespace_of(number, &theirs) && namespace_of("self", &ours) && !same(&theirs, &ours))
		add_namespace(&theirs, pids, n);
	qsort(pids, *n, sizeof(*pids), by_number);
	return pids;
}
