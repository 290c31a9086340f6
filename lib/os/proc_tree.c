#include "os/proc_tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* Processes, the root first. */
struct tree {
	pid_t *pids;
	size_t count, cap;
};

static void add(struct tree *t, pid_t pid)
{
	if (t->count >= PROC_TREE_TASKS)
		return;
	t->pids = mem_grow(t->pids, t->count, &t->cap, sizeof(*t->pids));
	t->pids[t->count++] = pid;
}

/* The fields that we read of a stat file. */
struct stat_line {
	char state;
	pid_t parent;
	uint64_t ticks; /* its own, and those of children that it waited for */
};

static bool read_stat(const char *path, struct stat_line *out)
{
	char text[1024];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	/* the name, field 2, is in parentheses and may hold any; times are fields 14 to 17 */
	const char *p = strrchr(text, ')');
	unsigned long long user, system;
	long long waited_user, waited_system;
	int parent;
	if (!p || sscanf(p + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &out->state, &parent,
			 &user, &system, &waited_user, &waited_system) != 6)
		return false;
	out->parent = parent;
	out->ticks = user + system + (uint64_t)(waited_user + waited_system);
	return true;
}

static bool read_process(pid_t pid, struct stat_line *out)
{
	char path[40];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return read_stat(path, out);
}

/* Calls each with the entries of a folder of /proc whose names are numbers. */
static void each_number(const char *path, void (*each)(void *ctx, pid_t number), void *ctx)
{
	DIR *d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		char *end;
		long number = strtol(e->d_name, &end, 10);
		if (number > 0 && !*end)
			each(ctx, (pid_t)number);
	}
	if (d)
		closedir(d);
}

/* ---- the tree ---- */

/* The process that is looked at, and what it adds to. */
struct process {
	pid_t pid;
	void *to;
};

static void add_children(void *ctx, pid_t tid)
{
	const struct process *p = ctx;
	char path[64];
	int child;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)p->pid, (int)tid);
	FILE *f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		add(p->to, child);
	if (f)
		fclose(f);
}

static void find_by_children(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct process p = {t->pids[i], t};
		char path[32];
		snprintf(path, sizeof(path), "/proc/%d/task", (int)p.pid);
		each_number(path, add_children, &p);
	}
}

struct pair {
	pid_t pid, parent;
};

struct pairs {
	struct pair *items;
	size_t count, cap;
};

static void add_pair(void *ctx, pid_t pid)
{
	struct pairs *all = ctx;
	struct stat_line s;
	if (!read_process(pid, &s))
		return;
	all->items = mem_grow(all->items, all->count, &all->cap, sizeof(*all->items));
	all->items[all->count++] = (struct pair){pid, s.parent};
}

static int by_parent(const void *a, const void *b)
{
	pid_t x = ((const struct pair *)a)->parent, y = ((const struct pair *)b)->parent;
	return (x > y) - (x < y);
}

/* The first of all, which are in the order of their parents, whose parent is that. */
static size_t first_child(const struct pairs *all, pid_t parent)
{
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all->items[middle].parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void find_by_parents(struct tree *t)
{
	struct pairs all = {0};
	each_number("/proc", add_pair, &all);
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), by_parent);
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = first_child(&all, t->pids[i]); k < all.count && all.items[k].parent == t->pids[i]; k++)
			add(t, all.items[k].pid);
	free(all.items);
}

/* The root alone if it is gone. free() pids. */
static struct tree find(pid_t root)
{
	struct tree t = {0};
	add(&t, root);
	if (access("/proc/thread-self/children", F_OK) == 0) /* CONFIG_PROC_CHILDREN */
		find_by_children(&t);
	else
		find_by_parents(&t);
	return t;
}

/* ---- what it does ---- */

static uint64_t ticks_of(const struct tree *t)
{
	uint64_t ticks = 0;
	struct stat_line s;
	for (size_t i = 0; i < t->count; i++)
		ticks += read_process(t->pids[i], &s) ? s.ticks : 0;
	return ticks;
}

uint64_t proc_tree_ticks(pid_t root)
{
	struct tree t = find(root);
	const uint64_t ticks = ticks_of(&t);
	free(t.pids);
	return ticks;
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
	return (x > y) - (x < y);
}

size_t proc_tree_list(pid_t root, pid_t *out, size_t max)
{
	struct stat_line unused;
	if (!read_process(root, &unused))
		return 0;
	struct tree t = find(root);
	const size_t n = t.count < max ? t.count : max;
	qsort(t.pids, t.count, sizeof(*t.pids), by_pid);
	memcpy(out, t.pids, n * sizeof(*out));
	free(t.pids);
	return n;
}

static void add_task(void *ctx, pid_t tid)
{
	const struct process *p = ctx;
	struct proc_tree_load *out = p->to;
	struct stat_line s;
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)p->pid, (int)tid);
	if (out->tasks >= PROC_TREE_TASKS || !read_stat(path, &s))
		return;
	out->tasks++;
	out->busy += strchr("RDt", s.state) != NULL;
}

bool proc_tree_load(pid_t root, struct proc_tree_load *out)
{
	struct tree t = find(root);
	*out = (struct proc_tree_load){.ticks = ticks_of(&t)};
	for (size_t i = 0; i < t.count; i++) {
		struct process p = {t.pids[i], out};
		char path[32];
		snprintf(path, sizeof(path), "/proc/%d/task", (int)p.pid);
		each_number(path, add_task, &p);
	}
	free(t.pids);
	return out->tasks > 0;
}
