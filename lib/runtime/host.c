#include "runtime/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "os/fd.h"

#define FILE_BYTES (1u << 20)
#define CATEGORIES 1024 /* of SELinux' targeted policy: c0 to c1023 */

static bool read_file(const char *root, const char *path, struct buf *out)
{
	CLEANUP_FREE char *whole = mem_printf("%s%s", root, path);
	return fd_read_file(AT_FDCWD, whole, FILE_BYTES, out, NULL) == 0 && out->len;
}

static bool is_there(const char *root, const char *path)
{
	CLEANUP_FREE char *whole = mem_printf("%s%s", root, path);
	return access(whole, F_OK) == 0;
}

/* ---- AppArmor ---- */

/* Docker's, and podman's, which is the same with a version in its name. The first that is loaded is used. */
static const char *const engines_profiles[] = {"docker-default", "containers-default-"};

/* Lines of the kernel's list: NAME (MODE). start: a name, or how it starts if that ends with "-". free(). */
static char *find_profile(const char *list, const char *start)
{
	size_t n = strlen(start);
	for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, start, n) == 0 && (start[n - 1] == '-' || line[n] == ' '))
			return mem_strndup(line, strcspn(line, " \n"));
	return NULL;
}

static void find_apparmor(const char *root, struct runtime_host *h)
{
	CLEANUP_BUF struct buf enabled = {0}, profiles = {0};
	if (!read_file(root, "/sys/module/apparmor/parameters/enabled", &enabled) || enabled.data[0] != 'Y')
		return;
	h->apparmor_lacks_profile = true;
	if (!read_file(root, "/sys/kernel/security/apparmor/profiles", &profiles))
		return;
	for (size_t i = 0; i < sizeof(engines_profiles) / sizeof(engines_profiles[0]); i++)
		if (!h->apparmor_profile)
			h->apparmor_profile = find_profile(profiles.data, engines_profiles[i]);
	h->apparmor_lacks_profile = !h->apparmor_profile;
}

/* ---- SELinux ---- */

/* The value of a line NAME = "VALUE" or NAME=VALUE, in the text; free(). NULL = there is none. */
static char *value_of(const char *text, const char *name)
{
	size_t n = strlen(name);
	for (; text; text = strchr(text, '\n')) {
		text += strspn(text, "\n \t");
		if (strncmp(text, name, n) != 0)
			continue;
		const char *v = text + n + strspn(text + n, " \t");
		if (*v != '=')
			continue;
		v += 1 + strspn(v + 1, " \t\"");
		return mem_strndup(v, strcspn(v, "\"\n \t"));
	}
	return NULL;
}

/* Two containers with different pairs can't reach each other's files. */
static void make_categories(unsigned *low, unsigned *high)
{
	uint16_t random[2] = {0, 1}; /* if there are no random numbers */
	do
		(void)!getrandom(random, sizeof(random), 0);
	while (random[0] % CATEGORIES == random[1] % CATEGORIES);
	unsigned a = random[0] % CATEGORIES, b = random[1] % CATEGORIES;
	*low = a < b ? a : b;
	*high = a < b ? b : a;
}

static void find_selinux(const char *root, struct runtime_host *h)
{
	CLEANUP_BUF struct buf config = {0}, contexts = {0};
	unsigned low, high;
	if (!is_there(root, "/sys/fs/selinux/enforce") || !read_file(root, "/etc/selinux/config", &config))
		return;
	CLEANUP_FREE char *policy = value_of(config.data, "SELINUXTYPE");
	CLEANUP_FREE char *path =
	    policy && !strchr(policy, '/') ? mem_printf("/etc/selinux/%s/contexts/lxc_contexts", policy) : NULL;
	if (!path || !read_file(root, path, &contexts))
		return;
	CLEANUP_FREE char *process = value_of(contexts.data, "process"), *file = value_of(contexts.data, "file");
	if (!process || !file)
		return;
	make_categories(&low, &high);
	h->process_label = mem_printf("%s:c%u,c%u", process, low, high);
	h->mount_label = mem_printf("%s:c%u,c%u", file, low, high);
}

/* ---- files ---- */

/* How often a processor was throttled tells what others compute (GHSA-6fw5-f8r9-fgfm). */
static void find_masked(const char *root, struct strlist *out)
{
	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		CLEANUP_FREE char *path = mem_printf("/sys/devices/system/cpu/cpu%ld/thermal_throttle", cpu);
		if (is_there(root, path))
			strlist_add(out, path);
	}
}

void runtime_host_look(const char *root, struct runtime_host *out)
{
	*out = (struct runtime_host){.has_cgroup_namespace = is_there(root, "/proc/self/ns/cgroup")};
	find_apparmor(root, out);
	find_selinux(root, out);
	find_masked(root, &out->masked);
}

void runtime_host_done(struct runtime_host *h)
{
	free(h->apparmor_profile);
	free(h->process_label);
	free(h->mount_label);
	strlist_done(&h->masked);
	*h = (struct runtime_host){0};
}

/* ---- the bundle ---- */

void runtime_host_confine(const struct runtime_host *h, struct oci_runtime_spec *spec)
{
	if (!h)
		return;
	spec->new_cgroup = h->has_cgroup_namespace;
	spec->mount_label = h->mount_label;
	spec->masked = &h->masked;
}

void runtime_host_confine_process(const struct runtime_host *h, struct oci_runtime_spec_process *process)
{
	process->apparmor_profile = h ? h->apparmor_profile : NULL;
	process->selinux_label = h ? h->process_label : NULL;
}

void runtime_host_label(const struct runtime_host *h, int fd)
{
	if (h && h->mount_label && fsetxattr(fd, "security.selinux", h->mount_label, strlen(h->mount_label) + 1, 0) < 0)
		log_debug("label of a file for the container: %s", strerror(errno));
}
