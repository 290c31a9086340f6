#include "os/proc_load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct queue {
	pid_t *pids;
	size_t count, cap;
};

static void add_task(pid_t pid, const char *tid, struct proc_load *out)
{
	char path[64], text[1024], state;
	unsigned long long user, system;
	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/stat", (int)pid, tid);
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	const char *p = strrchr(text, ')'); /* the name is in parentheses and may hold any */
	if (!p || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &state, &user, &system) != 3)
		return;
	out->tasks++;
	out->ticks += user + system;
	out->busy += strchr("RDt", state) != NULL;
}

static void add_children(pid_t pid, const char *tid, struct queue *q)
{
	char path[64];
	int child;
	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/children", (int)pid, tid);
	FILE *f = fopen(path, "re");
	while (f && q->count < PROC_LOAD_TASKS && fscanf(f, "%d", &child) == 1) {
		q->pids = mem_grow(q->pids, q->count, &q->cap, sizeof(*q->pids));
		q->pids[q->count++] = child;
	}
	if (f)
		fclose(f);
}

bool proc_load_read(pid_t top, struct proc_load *out)
{
	struct queue q = {0};
	*out = (struct proc_load){0};
	q.pids = mem_grow(q.pids, 0, &q.cap, sizeof(*q.pids));
	q.pids[q.count++] = top;
	for (size_t i = 0; i < q.count && out->tasks < PROC_LOAD_TASKS; i++) {
		char path[32];
		snprintf(path, sizeof(path), "/proc/%d/task", (int)q.pids[i]);
		DIR *d = opendir(path);
		for (struct dirent *e; d && (e = readdir(d));)
			if (e->d_name[0] != '.') {
				add_task(q.pids[i], e->d_name, out);
				add_children(q.pids[i], e->d_name, &q);
			}
		if (d)
			closedir(d);
	}
	free(q.pids);
	return out->tasks > 0;
}
