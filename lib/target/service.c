#include "target/service.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "runtime/network.h"
#include "target/reach.h"

/* ---- a URL ---- */

static bool is_address(const char *host)
{
	struct in_addr a;
	return host[0] == '[' || inet_pton(AF_INET, host, &a) == 1;
}

static int open_url(const struct target *t, const struct progress *progress, uint64_t until, struct target_service *out,
		    struct err *err)
{
	char address[INET6_ADDRSTRLEN];
	int r = target_reach(t->url.host, t->url.port, until, progress, address, err);
	if (r < 0)
		return r;
	out->address = mem_strdup(address);
	out->host = is_address(t->url.host) ? NULL : t->url.host;
	out->what = mem_printf("%s://%s:%u", t->url.scheme, t->url.host, t->url.port);
	out->config.ports = mem_alloc(sizeof(*out->config.ports));
	out->config.ports[0] = (struct oci_port){.number = (uint16_t)t->url.port};
	out->config.n_ports = 1;
	return 0;
}

/* ---- a process ---- */

static int no_process(pid_t pid, struct err *err)
{
	return err_set(err, ERR_NOTFOUND, "process-not-found", "process %d does not exist", (int)pid);
}

static int open_root(pid_t pid, struct err *err)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "process-enter", "the root of process %d", (int)pid) : fd;
}

static bool is_ours(int ns)
{
	struct stat a, b;
	return fstat(ns, &a) == 0 && stat("/proc/self/ns/net", &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* Opens the descriptor of the process first. If the process still runs in the end, its number was not reused. */
static int open_process(pid_t pid, struct target_service *out, struct err *err)
{
	out->pid = pid;
	out->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (out->pidfd < 0 && (errno == ESRCH || errno == EINVAL)) /* EINVAL: of a thread */
		return no_process(pid, err);
	if (out->pidfd < 0)
		return err_sys(err, errno, "process-enter", "process %d", (int)pid);
	struct err e = {0};
	int r = out->network_ns = runtime_network_of(pid, &e);
	if (r >= 0)
		r = out->root = open_root(pid, &e);
	if (!target_service_runs(out))
		return no_process(pid, err);
	if (r >= 0) {
		out->owns_network = !is_ours(out->network_ns);
		return 0;
	}
	if (err)
		*err = e;
	return e.code == ERR_DENIED ? err_wrap(err, "driving a service in other namespaces requires root") : r;
}

static int open_container(const struct target *t, const struct transport_options *access, struct target_service *out,
			  struct err *err)
{
	struct transport_container *c = &out->container;
	int r = transport_container_find(t->name, t->engine, access, c, err);
	if (r < 0)
		return r;
	out->config = c->config;
	c->config = (struct oci_image_config){0};
	out->what = mem_printf("the container %s", c->name);
	r = open_process(c->pid, out, err);
	return r == 0 && !transport_container_has(c, c->pid) ? no_process(c->pid, err) : r;
}

int target_service_open(const struct target *t, const struct transport_options *access, uint64_t until,
			struct target_service *out, struct err *err)
{
	*out = (struct target_service){.pidfd = -1, .network_ns = -1, .root = -1};
	switch (t->kind) {
	case TARGET_URL:
		return open_url(t, access->progress, until, out, err);
	case TARGET_CONTAINER:
		return open_container(t, access, out, err);
	case TARGET_PROCESS:
		out->what = mem_printf("process %d", (int)t->pid);
		return open_process(t->pid, out, err);
	}
	return 0;
}

bool target_service_runs(const struct target_service *s)
{
	struct pollfd fd = {.fd = s->pidfd, .events = POLLIN};
	return s->pidfd < 0 || poll(&fd, 1, 0) <= 0 || !fd.revents;
}

void target_service_done(struct target_service *s)
{
	cleanup_closep(&s->pidfd);
	cleanup_closep(&s->network_ns);
	cleanup_closep(&s->root);
	oci_image_config_done(&s->config);
	transport_container_done(&s->container);
	free(s->what);
	free(s->address);
	*s = (struct target_service){.pidfd = -1, .network_ns = -1, .root = -1};
}
