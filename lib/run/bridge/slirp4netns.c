#include "run/bridge/helper.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "os/fd.h"
#include "runtime/network.h"
#include "text/json.h"

#define SOCKET "slirp4netns.socket" /* in its working directory */
#define ANSWER_SECONDS 10
#define ANSWER_BYTES 4096

static void add_argv(const struct run_bridge_plan *plan, struct strlist *argv)
{
	static const char *const fixed[] = {
	    "slirp4netns",      "--configure",      "--mtu=65520",       "--disable-host-loopback",
	    "--enable-sandbox", "--enable-seccomp", "--netns-type=path",
	};
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		strlist_add(argv, fixed[i]);
	strlist_take(argv, mem_printf("--ready-fd=%d", plan->ready_fd));
	if (!plan->forwards_names)
		strlist_add(argv, "--disable-dns"); /* its other ports would be this machine's loopback */
	if (plan->n_ports)
		strlist_add(argv, "--api-socket=" SOCKET);
	strlist_add(argv, plan->namespace);
	strlist_add(argv, RUNTIME_NETWORK_INTERFACE);
}

static int open_socket(int dir, struct err *err)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s", dir,
		 SOCKET); /* the run's own may be too long */
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return err_sys(err, errno, "port-publish", "ask slirp4netns");
	return steal_fd(&fd);
}

static int forward_one(int dir, const struct run_bridge_port *p, struct err *err)
{
	CLEANUP_FD int fd = open_socket(dir, err);
	CLEANUP_BUF struct buf answer = {0};
	if (fd < 0)
		return fd;
	json_auto_t *ask = json_pack("{s:s,s:{s:s,s:s,s:i,s:i}}", "execute", "add_hostfwd", "arguments", "proto",
				     p->inside.udp ? "udp" : "tcp", "host_addr", *p->host ? p->host : "0.0.0.0",
				     "host_port", (int)p->number, "guest_port", (int)p->inside.number);
	CLEANUP_BUF struct buf text = {0};
	json_write(ask, &text);
	int r = fd_write_all(fd, text.data, text.len, err);
	if (r == 0 && shutdown(fd, SHUT_WR) < 0)
		r = err_sys(err, errno, "port-publish", "ask slirp4netns");
	if (r == 0)
		r = fd_read_all(fd, ANSWER_BYTES, "slirp4netns", &answer, err);
	if (r < 0)
		return r;
	json_auto_t *v = json_loadb(answer.len ? answer.data : "", answer.len, 0, NULL);
	if (v && json_object_get(v, "return"))
		return 0;
	const char *why = json_string_value(json_object_get(json_object_get(v, "error"), "desc"));
	return err_set(err, ERR_SYS, "port-publish", "slirp4netns does not forward port %u: %s", p->number,
		       why ? why : "it gave no reason");
}

static int forward(int dir, const struct run_bridge_plan *plan, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < plan->n_ports; i++)
		r = forward_one(dir, &plan->ports[i], err);
	return r;
}

const struct run_bridge_helper run_bridge_slirp4netns = {
    .program = "slirp4netns", .package = "slirp4netns", .add_argv = add_argv, .forward = forward};
