#include "run/bridge/bridge.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "os/fd.h"
#include "run/bridge/publish.h"
#include "run/output/container_log.h"
#include "runtime/network.h"
#include "runtime/runtime.h"

#define READY "network-ready" /* a named pipe in the run's directory, while the program starts */
#define READY_MS 10000

static const struct run_bridge_helper *const helpers[] = {&run_bridge_pasta, &run_bridge_slirp4netns};
#define N_HELPERS (sizeof(helpers) / sizeof(*helpers))

int run_bridge_host_address(char out[INET_ADDRSTRLEN], struct err *err)
{
	/* nothing is sent: the kernel only says which address it would use for TEST-NET-1 */
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(9)};
	socklen_t len = sizeof(a);
	CLEANUP_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	inet_pton(AF_INET, "192.0.2.1", &a.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, len) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return err_sys(err, errno, "network-no-way-out", "this machine has no IPv4 address for the outside");
	inet_ntop(AF_INET, &a.sin_addr, out, INET_ADDRSTRLEN);
	return 0;
}

static int find_any(const struct run_bridge_helper **out, struct err *err)
{
	char address[INET_ADDRSTRLEN];
	const bool outside = run_bridge_host_address(address, NULL) == 0;
	bool installed = false;
	for (size_t i = 0; i < N_HELPERS; i++) {
		CLEANUP_FREE char *path = runtime_program(helpers[i]->program);
		installed |= path != NULL;
		*out = helpers[i];
		if (path && (outside || !helpers[i]->needs_outside))
			return 0;
	}
	if (installed)
		return run_bridge_host_address(address, err);
	return err_set(err, ERR_NOTFOUND, "network-helper-not-found",
		       "no program that connects a container to the outside: install pasta (package passt) or "
		       "slirp4netns (package slirp4netns)");
}

int run_bridge_find(const char *program, const struct run_bridge_helper **out, struct err *err)
{
	size_t i = 0;
	if (!program)
		return find_any(out, err);
	while (i + 1 < N_HELPERS && strcmp(program, helpers[i]->program) != 0)
		i++;
	CLEANUP_FREE char *path = runtime_program(helpers[i]->program);
	*out = helpers[i];
	return path ? 0
		    : err_set(err, ERR_NOTFOUND, "network-helper-not-found", "no %s in PATH: install package %s",
			      helpers[i]->program, helpers[i]->package);
}

/* ---- the program ---- */

static int inherit(void *ctx)
{
	return fcntl(*(const int *)ctx, F_SETFD, 0) < 0 ? errno : 0;
}

static int explain(struct run_bridge *b, const char *what, struct err *err)
{
	CLEANUP_FREE char *said = run_log_last_line(b->said);
	return err_set(err, ERR_SYS, "network-helper-failed", "%s %s: %s", b->helper->program, what,
		       said && *said ? said : "it said nothing");
}

/* A device that both need, and that a container or an ordinary user may lack. */
static const char *lacks_device(void)
{
	CLEANUP_FD int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	return fd < 0 ? strerror(errno) : NULL;
}

static int explain_start(struct run_bridge *b, struct err *err)
{
	const char *lacks = lacks_device();
	int r = explain(b, "does not connect the container to the outside", err);
	if (lacks && err)
		err_set(err, ERR_SYS, "network-helper-failed", "%s cannot work without /dev/net/tun: %s",
			b->helper->program, lacks);
	return r;
}

int run_bridge_fd(const struct run_bridge *b)
{
	return b->program.pidfd;
}

int run_bridge_ended(struct run_bridge *b, struct err *err)
{
	return explain(b, "ended, and with it the container's way to the outside", err);
}

static int await_ready(struct run_bridge *b, int ready, struct err *err)
{
	const uint64_t end = clock_ms() + READY_MS;
	for (uint64_t now; (now = clock_ms()) < end;) {
		struct pollfd fds[2] = {{.fd = ready, .events = POLLIN}, {.fd = b->program.pidfd, .events = POLLIN}};
		char byte;
		if (fd_poll(fds, 2, (int)(end - now)) <= 0)
			continue;
		if (read(ready, &byte, 1) == 1)
			return 0;
		if (fds[1].revents)
			return explain_start(b, err);
	}
	return explain(b, "was not ready in time", err);
}

static int start_program(struct run_bridge *b, int dir, struct run_bridge_plan *plan, struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	CLEANUP_FREE char *program = runtime_program(b->helper->program);
	CLEANUP_FD int ready = openat(dir, READY, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	CLEANUP_FD int written = ready < 0 ? -1 : openat(dir, READY, O_WRONLY | O_CLOEXEC);
	b->said = memfd_create("network", MFD_CLOEXEC);
	if (written < 0 || b->said < 0)
		return err_sys(err, errno, "network-helper-failed", "start %s", b->helper->program);
	plan->ready_fd = written;
	b->helper->add_argv(plan, &argv);
	if (program) {
		free(argv.items[0]);
		argv.items[0] = steal_ptr(&program);
	}
	struct subproc_command cmd = {.argv = argv.items,
				      .dir_fd = dir,
				      .in = -1,
				      .out = b->said,
				      .err = b->said,
				      .new_session = true,
				      .prepare = inherit,
				      .prepare_ctx = &plan->ready_fd};
	int r = subproc_start(&cmd, &b->program, err);
	if (r == 0)
		r = await_ready(b, ready, err);
	return r == 0 && b->helper->forward && plan->n_ports ? b->helper->forward(dir, plan, err) : r;
}

/* ---- the whole ---- */

static bool needs_names(const struct run_bridge_options *o)
{
	CLEANUP_BUF struct buf host = {0}, kept = {0};
	if (!o->names_servers)
		(void)!runtime_network_read_resolv(&host, NULL);
	return !o->names_servers && !runtime_network_filter_resolv(&host, &kept);
}

/* Connects the namespace to the outside. */
static int connect_outside(int dir, const char *dir_path, const struct run_bridge_options *o, struct run_bridge *b,
			   struct err *err)
{
	CLEANUP_FREE char *ready = mem_printf("%s/%s", dir_path, READY);
	if (mkfifoat(dir, READY, 0600) < 0)
		return err_sys(err, errno, "network-helper-failed", "start %s", o->helper->program);
	struct run_bridge_plan plan = {.namespace = b->keeper.path,
				       .ready = ready,
				       .forwards_names = needs_names(o),
				       .ports = b->ports,
				       .n_ports = b->n_ports};
	int r = start_program(b, dir, &plan, err);
	unlinkat(dir, READY, 0);
	return r;
}

int run_bridge_open(int dir, const char *dir_path, const struct run_bridge_options *o, const struct oci_port *exposed,
		    size_t n_exposed, struct run_bridge *out, struct err *err)
{
	out->helper = o->helper;
	int r = o->helper ? run_bridge_publish(o, exposed, n_exposed, &out->ports, &out->n_ports, err) : 0;
	if (r == 0)
		r = run_bridge_keeper_start(&out->keeper, err);
	if (r == 0 && o->helper)
		r = connect_outside(dir, dir_path, o, out, err);
	return r == 0 && o->made ? o->made(o->made_ctx, out->keeper.path, err) : r;
}

void run_bridge_close(struct run_bridge *b)
{
	subproc_done(&b->program);
	run_bridge_keeper_end(&b->keeper);
	cleanup_closep(&b->said);
	free(b->ports);
	*b = RUN_BRIDGE_NONE;
}
