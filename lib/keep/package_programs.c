#include "keep/package_programs.h"

#include <string.h>

#include "base/mem.h"

#define LIMIT (16ull << 20) /* bytes of one package's programs */

/* Where a distribution does not say itself which packages every system has. */
static bool is_collection(const struct package *p)
{
	static const char *const names[] = {"coreutils", "coreutils-single", "busybox",   "toybox",    "util-linux",
					    "findutils", "procps",           "procps-ng", "diffutils", "bash",
					    "gawk",      "iproute2",         "binutils",  "systemd"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(p->name, names[i]) == 0)
			return true;
	return p->essential;
}

static bool is_program(const struct keep_set *k, uint32_t id)
{
	const struct rootfs_node *n = rootfs_index_node(k->index, id);
	const char *dir = rootfs_index_node(k->index, n->parent)->name;
	return (S_ISREG(n->mode) ? (n->mode & 0111) != 0 : n->target != NULL) &&
	       (strcmp(dir, "bin") == 0 || strcmp(dir, "sbin") == 0);
}

static bool was_executed(const struct keep_set *k, const struct trace *t, uint32_t id)
{
	const struct keep_reason *r = &k->reasons[id];
	return r->kind == KEEP_TRACE && r->by < t->paths.count && (t->entries[r->by].kinds & TRACE_EXEC);
}

void keep_package_programs(struct keep_set *k, const struct packages *packages, const struct trace *trace)
{
	if (!packages->count)
		return;
	CLEANUP_FREE uint32_t *user = mem_calloc(packages->count, sizeof(*user)); /* by package: who was executed */
	CLEANUP_FREE uint64_t *bytes = mem_calloc(packages->count, sizeof(*bytes));
	uint32_t n = rootfs_index_count(k->index);
	for (uint32_t id = 0; id < n; id++) {
		uint32_t owner = packages->owner[id];
		if (owner == PACKAGES_NONE || !is_program(k, id) || is_collection(&packages->items[owner]))
			continue;
		bytes[owner] +=
		    S_ISREG(rootfs_index_node(k->index, id)->mode) ? rootfs_index_node(k->index, id)->size : 0;
		if (was_executed(k, trace, id))
			user[owner] = id;
	}
	for (uint32_t id = 0; id < n; id++) {
		uint32_t owner = packages->owner[id];
		if (owner == PACKAGES_NONE || !user[owner] || bytes[owner] > LIMIT || !is_program(k, id))
			continue;
		uint32_t note = keep_note(k, packages->items[owner].name);
		CLEANUP_BUF struct buf path = {0}; /* of a symlink what it leads to, too */
		rootfs_index_path(k->index, id, &path);
		(void)keep_path(k, path.data, true, KEEP_WHY_NOTED(KEEP_PACKAGE, user[owner], note));
	}
}
