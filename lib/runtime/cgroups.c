#include "runtime/cgroups.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/cgroup.h"
#include "os/fd.h"
#include "os/privilege.h"

#define FILE_BYTES 65536

static bool is_type(const char *path, long type)
{
	struct statfs fs;
	return statfs(path, &fs) == 0 && (long)fs.f_type == type;
}

static bool is_writable(const char *dir, const char *name)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	return access(path, W_OK) == 0;
}

static void read_file(const char *dir, const char *name, struct buf *out)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s", dir, name);
	if (fd_read_file(AT_FDCWD, path, FILE_BYTES, out, NULL) < 0)
		out->len = 0;
	buf_char(out, ' ');
}

/* ---- v1 ---- */

/* crun and runc make a container's cgroup in each hierarchy, and fail at the first that they cannot write. */
void runtime_cgroups_look_v1(const char *root, bool full, struct runtime_cgroups *out)
{
	static const char *const controllers[] = {"memory", "pids", "cpu", "devices", "freezer"};
	bool there[5];
	out->usable = full;
	out->why_unusable = full ? "" : "cgroups (v1) are not for ordinary users";
	for (size_t i = 0; i < 5; i++) {
		CLEANUP_FREE char *dir = mem_printf("%s/%s", root, controllers[i]);
		there[i] = access(dir, F_OK) == 0;
		if (out->usable && there[i] && access(dir, W_OK) < 0) {
			out->usable = false;
			out->why_unusable = "cgroups cannot be written here";
		}
	}
	out->memory = out->usable && there[0];
	out->pids = out->usable && there[1];
	out->cpu = out->usable && there[2];
	CLEANUP_FREE char *memory = mem_printf("%s/memory", root);
	out->swap = out->memory && is_writable(memory, "memory.memsw.limit_in_bytes");
}

/* ---- v2 ---- */

static bool has_word(const struct buf *b, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = b->data; (p = strstr(p, word)); p += n)
		if ((p == b->data || strchr(" \n", p[-1])) && strchr(" \n", p[n]))
			return true;
	return false;
}

static bool has_swap(void)
{
	CLEANUP_BUF struct buf b = {0};
	read_file("/proc", "swaps", &b);
	const char *first = strchr(b.data, '\n'); /* the heading */
	return first && strchr(first + 1, '\n');
}

/* The children of a cgroup have a controller if it is enabled in the cgroup, or can be enabled. It can be in the root
 * cgroup, and in one without processes of its own. */
static void look_at_parent(const char *parent, struct runtime_cgroups *out)
{
	CLEANUP_BUF struct buf enabled = {0}, available = {0}, processes = {0};
	CLEANUP_FREE char *type = mem_printf("%s/cgroup.type", parent);
	read_file(parent, "cgroup.subtree_control", &enabled);
	read_file(parent, "cgroup.controllers", &available);
	read_file(parent, "cgroup.procs", &processes);
	bool free = access(type, F_OK) < 0 || processes.len == 1;
	const struct buf *b = free && is_writable(parent, "cgroup.subtree_control") ? &available : &enabled;
	out->memory = has_word(b, "memory");
	out->pids = has_word(b, "pids");
	out->cpu = has_word(b, "cpu");
	out->swap = out->memory && has_swap();
}

void runtime_cgroups_look_v2(const char *root, const char *own, bool full, struct runtime_cgroups *out)
{
	/* root's containers are at the top, a user's beside our own cgroup, in what was delegated */
	const char *end = full ? own : strrchr(own, '/');
	out->parent = mem_strndup(own, end ? (size_t)(end - own) : 0);
	CLEANUP_FREE char *parent = mem_printf("%s%s", root, out->parent);
	out->usable = access(parent, W_OK) == 0 && is_writable(parent, "cgroup.procs");
	out->why_unusable = out->usable ? ""
			    : full      ? "cgroups cannot be written here"
					: "none were delegated to the user";
	if (out->usable)
		look_at_parent(parent, out);
}

/* ---- both ---- */

static char *own_v2(void)
{
	char *own = cgroup_of(getpid(), NULL);
	return own ? own : mem_strdup("/");
}

static bool has_v1(void)
{
	return is_type(CGROUP_ROOT "/memory", CGROUP_SUPER_MAGIC) ||
	       is_type(CGROUP_ROOT "/devices", CGROUP_SUPER_MAGIC) ||
	       is_type(CGROUP_ROOT "/pids", CGROUP_SUPER_MAGIC) || is_type(CGROUP_ROOT "/cpu", CGROUP_SUPER_MAGIC);
}

void runtime_cgroups_done(struct runtime_cgroups *c)
{
	free(c->parent);
	*c = (struct runtime_cgroups){0};
}

void runtime_cgroups_look(struct runtime_cgroups *out)
{
	const bool full = privilege_is_full();
	*out = (struct runtime_cgroups){.why_unusable = "none are mounted at " CGROUP_ROOT};
	if (is_type(CGROUP_ROOT, CGROUP2_SUPER_MAGIC)) {
		CLEANUP_FREE char *own = own_v2();
		out->layout = RUNTIME_CGROUPS_V2;
		runtime_cgroups_look_v2(CGROUP_ROOT, own, full, out);
	} else if (has_v1()) {
		bool hybrid = is_type(CGROUP_ROOT "/unified", CGROUP2_SUPER_MAGIC);
		out->layout = hybrid ? RUNTIME_CGROUPS_HYBRID : RUNTIME_CGROUPS_V1;
		runtime_cgroups_look_v1(CGROUP_ROOT, full, out);
	}
}
