#include "runtime/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/privilege.h"
#include "runtime/bundle_mounts.h"
#include "runtime/nodev.h"
#include "runtime/process.h"
#include "runtime/scratch.h"

#define HOSTNAME_LENGTH 12         /* as Docker's short ids */
#define HOST_FILE_BYTES (1u << 20) /* of the host's /etc/hosts and /etc/resolv.conf */

static int write_file(struct runtime_bundle *b, const char *name, const struct buf *text, mode_t mode, struct err *err)
{
	int r = fd_write_file_atomic(b->dir_fd, name, text->data, text->len, 0600, err);
	/* whatever our umask is: the container's user reads some of them */
	if (r == 0 && fchmodat(b->dir_fd, name, mode, 0) < 0)
		r = err_sys(err, errno, "bundle-create", "%s/%s", b->path, name);
	if (r < 0)
		err_wrap(err, "bundle");
	return r;
}

/* A file of the host, if there is one. */
static int read_host(const char *path, struct buf *out, struct err *err)
{
	int r = fd_read_file(AT_FDCWD, path, HOST_FILE_BYTES, out, err);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r == 0 && out->len && out->data[out->len - 1] != '\n')
		buf_char(out, '\n');
	return r;
}

/* One that the container sees. */
static int write_shown(struct runtime_bundle *b, const char *name, const struct buf *text,
		       const struct runtime_host *host, struct err *err)
{
	int r = write_file(b, name, text, 0644, err);
	CLEANUP_FD int fd = r < 0 ? -1 : openat(b->dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		runtime_host_label(host, fd);
	return r;
}

static bool is_given(const struct strlist *l)
{
	return l && l->count;
}

/* As Docker does: what the user names stands instead of the machine's. */
static int fill_resolv(const struct runtime_bundle_options *o, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf machines = {0}, host = {0};
	int r = o->network == RUNTIME_NETWORK_PRIVATE ? 0 : runtime_network_read_resolv(&machines, err);
	if (o->network != RUNTIME_NETWORK_BRIDGE)
		buf_append(&host, machines.data, machines.len);
	else if (!runtime_network_filter_resolv(&machines, &host))
		buf_str(&host, "nameserver " RUNTIME_NETWORK_DNS "\n");
	for (size_t i = 0; is_given(o->dns) && i < o->dns->count; i++)
		buf_printf(out, "nameserver %s\n", o->dns->items[i]);
	for (size_t i = 0; is_given(o->dns_search) && i < o->dns_search->count; i++)
		buf_printf(out, "%s%s%s", i ? " " : "search ", o->dns_search->items[i],
			   i + 1 < o->dns_search->count ? "" : "\n");
	char *rest = host.len ? host.data : NULL, *line;
	while ((line = strsep(&rest, "\n"))) {
		bool replaced =
		    (is_given(o->dns) && strncmp(line, "nameserver", 10) == 0) ||
		    (is_given(o->dns_search) && (strncmp(line, "search", 6) == 0 || strncmp(line, "domain", 6) == 0));
		if (!replaced && (*line || rest))
			buf_printf(out, "%s\n", line);
	}
	for (size_t i = 0; is_given(o->dns_options) && i < o->dns_options->count; i++)
		buf_printf(out, "%s%s%s", i ? " " : "options ", o->dns_options->items[i],
			   i + 1 < o->dns_options->count ? "" : "\n");
	/* without a name server glibc asks 127.0.0.1, which refuses at once: no waiting */
	if (!out->len && o->network == RUNTIME_NETWORK_PRIVATE)
		buf_str(out, "# no network: nothing can be resolved\n");
	return r;
}

static int write_files(struct runtime_bundle *b, const char *hostname, const struct runtime_bundle_options *o,
		       struct err *err)
{
	CLEANUP_BUF struct buf hosts = {0}, resolv = {0}, name = {0};
	int r = 0;
	buf_printf(&name, "%s\n", hostname);
	if (o->network == RUNTIME_NETWORK_HOST) {
		r = read_host("/etc/hosts", &hosts, err);
	} else {
		buf_str(&hosts, "127.0.0.1\tlocalhost\n"
				"::1\tlocalhost ip6-localhost ip6-loopback\n"
				"fe00::0\tip6-localnet\n"
				"ff00::0\tip6-mcastprefix\n"
				"ff02::1\tip6-allnodes\n"
				"ff02::2\tip6-allrouters\n");
	}
	if (r == 0)
		r = fill_resolv(o, &resolv, err);
	const char *usual = o->network == RUNTIME_NETWORK_BRIDGE ? RUNTIME_NETWORK_ADDRESS : "127.0.0.1";
	buf_printf(&hosts, "%s\t%s\n", o->address ? o->address : usual, hostname);
	for (size_t i = 0; o->hosts && i < o->hosts->count; i++)
		buf_printf(&hosts, "%s\n", o->hosts->items[i]);
	if (r == 0)
		r = write_shown(b, "hosts", &hosts, o->host, err);
	if (r == 0)
		r = write_shown(b, "resolv.conf", &resolv, o->host, err);
	if (r == 0)
		r = write_shown(b, "hostname", &name, o->host, err);
	return r;
}

static int make_directory(int root, const char *what, const char *path, struct err *err)
{
	CLEANUP_FD int fd = runtime_scratch_mkdir(root, path, err);
	if (fd >= 0)
		return 0;
	err_wrap(err, "%s", what);
	return fd; /* err_wrap does not know the code when err is NULL */
}

static int make_directories(int root, const char *cwd, const struct strlist *volumes, struct err *err)
{
	int r = runtime_scratch_docker_files(root, err);
	if (r == 0)
		r = make_directory(root, "working directory", cwd, err);
	for (size_t i = 0; r == 0 && i < volumes->count; i++)
		r = make_directory(root, "volume", volumes->items[i], err);
	return r;
}

/* What depends on the runtime and on the machine's cgroups. */
static void add_confinement(const struct runtime_bundle_options *o, const char *id, struct oci_runtime_spec *spec)
{
	const struct runtime *r = o->runtime;
	spec->limits = (struct oci_runtime_spec_limits){
	    .memory = o->limits.memory,
	    .no_swap = r && r->cgroups.swap,
	    .pids = o->limits.pids,
	    .cpu_quota = o->limits.cpu_micros,
	    .cpu_period = RUNTIME_CPU_PERIOD,
	};
	if (r && r->cgroups.usable && r->cgroups.parent)
		spec->cgroups_path = mem_printf("%s/%s", r->cgroups.parent, id);
	if (r && !runtime_bundle_leaves_devices(o) && (o->read_only || runtime_loses_nodev(r, o->n_mounts > 0)))
		runtime_nodev_hook(spec->rootfs, o->read_only, &spec->hook);
	else
		spec->rootfs_readonly = o->read_only;
}

/* The devices that the user gave, which are bound. */
static int add_devices(const struct runtime_bundle_options *o, struct oci_runtime_spec *spec, struct err *err)
{
	spec->devices = mem_calloc(o->n_mounts, sizeof(*spec->devices));
	for (size_t i = 0; i < o->n_mounts; i++) {
		const struct runtime_bundle_mount *m = &o->mounts[i];
		struct stat st;
		if (!m->device)
			continue;
		if (stat(m->source, &st) < 0)
			return err_sys(err, errno, "device-open", "device %s", m->source);
		if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
			return err_set(err, ERR_INVAL, "device-open", "%s is not a device", m->source);
		spec->devices[spec->n_devices++] = (struct oci_runtime_spec_device){
		    S_ISBLK(st.st_mode), major(st.st_rdev), minor(st.st_rdev), m->device};
	}
	return 0;
}

static int write_config(struct runtime_bundle *b, const char *rootfs, const char *hostname, const char *id,
			const struct runtime_bundle_options *o, struct err *err)
{
	CLEANUP_BUF struct buf json = {0};
	CLEANUP_OCI_RUNTIME_SPEC struct oci_runtime_spec spec = {
	    .rootfs = mem_strdup(rootfs),
	    .hostname = mem_strdup(hostname),
	    .new_network = o->network == RUNTIME_NETWORK_PRIVATE || o->network == RUNTIME_NETWORK_BRIDGE,
	    .network_path = o->network_path,
	    .sysctls = o->sysctls,
	    .anyone_pings = privilege_is_full(),
	    .seccomp_default = o->seccomp_default,
	    .seccomp_default_errno = o->seccomp_default_errno,
	    .n_seccomp = o->n_seccomp,
	    .seccomp_architectures = o->seccomp_architectures,
	};
	add_confinement(o, id, &spec);
	int r = add_devices(o, &spec, err);
	if (r < 0)
		return r;
	spec.mounts = runtime_bundle_mounts(b->path, o, &spec.n_mounts);
	if (o->n_seccomp) {
		spec.seccomp = mem_calloc(o->n_seccomp, sizeof(*spec.seccomp));
		memcpy(spec.seccomp, o->seccomp, o->n_seccomp * sizeof(*spec.seccomp));
	}
	runtime_host_confine(o->host, &spec);
	spec.process = b->process;
	oci_runtime_spec_write(&spec, &json);
	spec.process = (struct oci_runtime_spec_process){0}; /* stays the bundle's */
	/* the environment may hold secrets */
	return write_file(b, "config.json", &json, 0600, err);
}

int runtime_bundle_write(const char *dir, const char *rootfs, int rootfs_fd, const char *id,
			 const struct oci_image_config *config, const struct runtime_bundle_options *options,
			 struct runtime_bundle *out, struct err *err)
{
	CLEANUP_RUNTIME_BUNDLE struct runtime_bundle b = {.path = mem_strdup(dir), .dir_fd = -1};
	const char *hostname = b.hostname =
	    options->hostname ? mem_strdup(options->hostname) : mem_strndup(id, HOSTNAME_LENGTH);
	b.dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b.dir_fd < 0)
		return err_sys(err, errno, "bundle-create", "bundle %s", dir);
	b.capabilities = runtime_process_capabilities(options->capabilities, options->dropped);
	int r = runtime_process_has(b.capabilities, options->capabilities, err);
	if (r < 0)
		return r;
	r = runtime_process_fill(rootfs_fd, hostname, config, options, b.capabilities, &b.process, err);
	runtime_host_confine_process(options->host, &b.process);
	if (r == 0)
		r = make_directories(rootfs_fd, b.process.cwd, &config->volumes, err);
	if (r == 0)
		r = write_files(&b, hostname, options, err);
	if (r == 0)
		r = write_config(&b, rootfs, hostname, id, options, err);
	if (r < 0)
		return r;
	*out = b;
	b = (struct runtime_bundle){.dir_fd = -1};
	return 0;
}

int runtime_bundle_write_exec(struct runtime_bundle *b, const char *name, char *const *argv, char **file,
			      struct err *err)
{
	CLEANUP_BUF struct buf json = {0};
	CLEANUP_STRLIST struct strlist args = {0};
	CLEANUP_FREE char *base = mem_printf("%s.json", name);
	for (; *argv; argv++)
		strlist_add(&args, *argv);
	if (!args.count)
		return err_set(err, ERR_INVAL, "command-missing", "no command to run in the container");
	struct oci_runtime_spec_process p = b->process; /* all borrowed but the arguments */
	p.args = args;
	oci_runtime_spec_write_process(&p, &json);
	int r = write_file(b, base, &json, 0600, err);
	if (r < 0)
		return r;
	*file = mem_printf("%s/%s", b->path, base);
	return 0;
}

void runtime_bundle_done(struct runtime_bundle *b)
{
	oci_runtime_spec_process_done(&b->process);
	free(b->capabilities);
	free(b->path);
	free(b->hostname);
	if (b->dir_fd > 0)
		close(b->dir_fd);
	*b = (struct runtime_bundle){.dir_fd = -1};
}
