#include "os/proc_tree.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct process {
	pid_t pid, parent;
	uint64_t ticks;
	bool in_tree;
};

struct processes {
	struct process *items;
	size_t count, cap;
};

static bool read_process(pid_t pid, struct process *out)
{
	char path[40], text[1024];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	/* the name, field 2, is in parentheses and may hold any; the parent is field 4, times are fields 14 to 17 */
	const char *p = strrchr(text, ')');
	unsigned long long user, system;
	long long waited_user, waited_system;
	int parent;
	if (!p || sscanf(p + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &parent, &user,
			 &system, &waited_user, &waited_system) != 5)
		return false;
	*out = (struct process){pid, parent, user + system + (uint64_t)(waited_user + waited_system), false};
	return true;
}

static void read_all(struct processes *all)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	struct process p;
	while (d && (e = readdir(d))) {
		char *end;
		long pid = strtol(e->d_name, &end, 10);
		if (pid <= 0 || *end || !read_process((pid_t)pid, &p))
			continue;
		all->items = mem_grow(all->items, all->count, &all->cap, sizeof(*all->items));
		all->items[all->count++] = p;
	}
	if (d)
		closedir(d);
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct process *)a)->pid, y = ((const struct process *)b)->pid;
	return (x > y) - (x < y);
}

/* all: sorted. */
static bool is_in_tree(const struct processes *all, pid_t pid)
{
	const struct process key = {.pid = pid};
	const struct process *p = bsearch(&key, all->items, all->count, sizeof(key), by_pid);
	return p && p->in_tree;
}

/* All processes, sorted, with those of the tree marked. */
static void read_tree(pid_t root, struct processes *all)
{
	bool grew = true;
	read_all(all);
	if (all->count)
		qsort(all->items, all->count, sizeof(*all->items), by_pid);
	for (size_t i = 0; i < all->count; i++)
		all->items[i].in_tree = all->items[i].pid == root;
	while (grew) { /* once or twice: most have a greater number than their parent */
		grew = false;
		for (size_t i = 0; i < all->count; i++) {
			struct process *p = &all->items[i];
			if (!p->in_tree && is_in_tree(all, p->parent))
				grew = p->in_tree = true;
		}
	}
}

size_t proc_tree_list(pid_t root, pid_t *out, size_t max)
{
	struct processes all = {0};
	size_t n = 0;
	read_tree(root, &all);
	for (size_t i = 0; i < all.count && n < max; i++)
		if (all.items[i].in_tree)
			out[n++] = all.items[i].pid;
	free(all.items);
	return n;
}

uint64_t proc_tree_ticks(pid_t root)
{
	struct processes all = {0};
	uint64_t ticks = 0;
	read_tree(root, &all);
	for (size_t i = 0; i < all.count; i++)
		ticks += all.items[i].in_tree ? all.items[i].ticks : 0;
	free(all.items);
	return ticks;
}
