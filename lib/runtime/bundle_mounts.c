#include "runtime/bundle_mounts.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/mem.h"
#include "os/privilege.h"

struct mount_list {
	struct oci_runtime_spec_mount *items;
	size_t n;
};

static const struct {
	const char *destination, *type, *source;
	const char *options[8];
} docker_mounts[] = {
    {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
    {"/dev", "tmpfs", "tmpfs", {"nosuid", "nodev", "strictatime", "mode=755", "size=65536k"}},
    {"/dev/pts", "devpts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
    {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    {"/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}},
    {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
    {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=67108864"}},
};
#define N_MOUNTS (sizeof(docker_mounts) / sizeof(docker_mounts[0]))

static const char *const docker_files[] = {"resolv.conf", "hostname", "hosts"};
#define N_FILES (sizeof(docker_files) / sizeof(docker_files[0]))

static const struct {
	const char *path;
	unsigned major, minor;
} docker_devices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};
#define N_DEVICES (sizeof(docker_devices) / sizeof(docker_devices[0]))

static struct oci_runtime_spec_mount *add(struct mount_list *l, const char *destination, const char *type,
					  const char *source)
{
	struct oci_runtime_spec_mount *m = &l->items[l->n++];
	m->destination = mem_strdup(destination);
	m->type = mem_strdup(type);
	m->source = mem_strdup(source);
	return m;
}

static void add_options(struct oci_runtime_spec_mount *m, const char *const *options)
{
	for (; *options; options++)
		strlist_add(&m->options, *options);
}

/* The kernel mounts a sysfs only for who owns the network that it shows: with the machine's network, the machine's
 * is bound for an ordinary user. */
static bool is_sys_bound(const char *type, const struct runtime_bundle_options *o)
{
	const bool own = o->network == RUNTIME_NETWORK_PRIVATE || o->network == RUNTIME_NETWORK_BRIDGE;
	return strcmp(type, "sysfs") == 0 && !own && !privilege_is_full();
}

/* Without a cgroup of its own the container would see those of the machine. */
static bool are_cgroups_hidden(const struct runtime_bundle_options *o)
{
	return o->runtime && !o->runtime->cgroups.usable;
}

bool runtime_bundle_leaves_devices(const struct runtime_bundle_options *o)
{
	return o->gpus && o->runtime && o->runtime->cgroups.usable;
}

/* Docker's options, with what the user says. */
static void add_docker_options(struct oci_runtime_spec_mount *m, const char *const *options,
			       const struct runtime_bundle_options *o)
{
	const bool dev = strcmp(m->destination, "/dev") == 0, shm = strcmp(m->destination, "/dev/shm") == 0;
	for (; *options; options++) {
		if (shm && o->shm_size && strncmp(*options, "size=", 5) == 0)
			strlist_take(&m->options, mem_printf("size=%llu", (unsigned long long)o->shm_size));
		else if (!(dev && strcmp(*options, "nodev") == 0 && runtime_bundle_leaves_devices(o)))
			strlist_add(&m->options, *options);
	}
}

static void add_docker_mounts(struct mount_list *l, const struct runtime_bundle_options *o)
{
	for (size_t i = 0; i < N_MOUNTS; i++) {
		if (strcmp(docker_mounts[i].type, "cgroup") == 0 && are_cgroups_hidden(o)) {
			add_options(add(l, docker_mounts[i].destination, "tmpfs", "tmpfs"),
				    (const char *const[]){"ro", "nosuid", "noexec", "nodev", "mode=755", NULL});
			continue;
		}
		bool bound = is_sys_bound(docker_mounts[i].type, o);
		struct oci_runtime_spec_mount *m =
		    add(l, docker_mounts[i].destination, bound ? "bind" : docker_mounts[i].type,
			bound ? docker_mounts[i].destination : docker_mounts[i].source);
		add_docker_options(m, docker_mounts[i].options, o);
		if (bound)
			strlist_add(&m->options, "rbind");
	}
}

static void add_files(struct mount_list *l, const char *dir)
{
	for (size_t i = 0; i < N_FILES; i++) {
		CLEANUP_FREE char *destination = mem_printf("/etc/%s", docker_files[i]);
		CLEANUP_FREE char *source = mem_printf("%s/%s", dir, docker_files[i]);
		add_options(add(l, destination, "bind", source),
			    (const char *const[]){"rbind", "rprivate", "nodev", NULL});
	}
}

static size_t device_of(const struct stat *st)
{
	size_t i = 0;
	while (i < N_DEVICES &&
	       !(S_ISCHR(st->st_mode) && st->st_rdev == makedev(docker_devices[i].major, docker_devices[i].minor)))
		i++;
	return i;
}

static const char *const device_options[] = {"bind", "rprivate", "ro", "nosuid", "noexec", NULL};

static bool names(const char *options, const char *option)
{
	for (size_t len; *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		if (strlen(option) == len && strncmp(options, option, len) == 0)
			return true;
	}
	return false;
}

/* As Docker's --tmpfs, whose defaults the user's options follow. No device can be used on it. */
static void add_split(struct oci_runtime_spec_mount *m, const char *options)
{
	static const char *const defaults[] = {"noexec", "nosuid", "nodev"};
	for (size_t i = 0; i < 3; i++)
		if (!names(options, defaults[i] + 2)) /* crun heeds the first of two */
			strlist_add(&m->options, defaults[i]);
	for (size_t len; *options; options += len + (options[len] == ',')) {
		len = strcspn(options, ",");
		if (len)
			strlist_take(&m->options, mem_strndup(options, len));
	}
}

/* A device that every container has may be bound elsewhere too, as /dev/null over a file. It can be written all the
 * same if its mount cannot. */
static void add_users(struct mount_list *l, const struct runtime_bundle_options *o)
{
	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct runtime_bundle_mount *what = &o->mounts[i];
		struct stat st;
		if (what->tmpfs) {
			add_split(add(l, what->destination, "tmpfs", "tmpfs"), what->tmpfs);
			continue;
		}
		if (what->device) {
			add_options(add(l, what->destination, "bind", what->source), device_options);
			continue;
		}
		bool given = stat(what->source, &st) == 0 && device_of(&st) < N_DEVICES;
		struct oci_runtime_spec_mount *m = add(l, what->destination, "bind", what->source);
		add_options(m, (const char *const[]){"rbind", "rprivate", what->read_only || given ? "ro" : "rw",
						     given ? NULL : "nodev", NULL});
	}
}

static bool is_users(const struct runtime_bundle_options *o, const char *destination)
{
	size_t i = 0;
	while (i < o->n_mounts && strcmp(o->mounts[i].destination, destination) != 0)
		i++;
	return i < o->n_mounts;
}

/* Last, so that they are there in a /dev that the user gave, too. In a user namespace nobody can make nodes or open
 * them on its mounts, so that the runtime binds the machine's by itself. */
static void add_devices(struct mount_list *l, const struct runtime_bundle_options *o)
{
	struct stat st;
	for (size_t i = 0; privilege_is_full() && i < N_DEVICES; i++)
		if (!is_users(o, docker_devices[i].path) && lstat(docker_devices[i].path, &st) == 0 &&
		    device_of(&st) == i)
			add_options(add(l, docker_devices[i].path, "bind", docker_devices[i].path), device_options);
}

struct oci_runtime_spec_mount *runtime_bundle_mounts(const char *dir, const struct runtime_bundle_options *o, size_t *n)
{
	struct mount_list l = {mem_calloc(N_MOUNTS + N_FILES + o->n_mounts + N_DEVICES, sizeof(*l.items)), 0};
	add_docker_mounts(&l, o);
	add_files(&l, dir);
	add_users(&l, o);
	add_devices(&l, o);
	*n = l.n;
	return l.items;
}
