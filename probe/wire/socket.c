#include "probe/wire/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "os/fd.h"

/* ---- to open and to close ---- */

void probe_wire_of_fd(struct probe_wire *out, int fd, unsigned timeout_ms, const struct progress *progress)
{
	*out = (struct probe_wire){.fd = fd, .progress = progress};
	probe_wire_allow(out, timeout_ms);
	if (fd >= 0)
		(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); /* of a socket it cannot fail */
}

void probe_wire_allow(struct probe_wire *w, unsigned timeout_ms)
{
	w->deadline = clock_ms() + timeout_ms;
}

void probe_wire_end(struct probe_wire *w)
{
	(void)shutdown(w->fd, SHUT_WR); /* the peer may have closed already */
}

/* Waits until the socket has one of the events. */
static int await(struct probe_wire *w, short events, const char *what, struct err *err)
{
	struct pollfd fds[] = {{.fd = w->fd, .events = events},
			       {.fd = w->progress ? w->progress->cancel_fd : -1, .events = POLLIN}};
	for (;;) {
		const uint64_t now = clock_ms();
		int r = progress_check(w->progress, err);
		if (r < 0)
			return r;
		if (now >= w->deadline)
			return err_set(err, ERR_TIMEOUT, "wire-timeout", "%s did not arrive in time", what);
		const uint64_t left = w->deadline - now;
		(void)fd_poll(fds, 2, left < INT32_MAX ? (int)left : INT32_MAX);
		if (fds[0].revents)
			return 0;
	}
}

static int connect_to(struct probe_wire *w, const struct sockaddr *address, socklen_t size, const char *name,
		      struct err *err)
{
	int e = w->fd < 0 || connect(w->fd, address, size) < 0 ? errno : 0;
	socklen_t len = sizeof(e);
	if (e == EINPROGRESS) {
		CLEANUP_FREE char *what = mem_printf("a connection to %s", name);
		int r = await(w, POLLOUT, what, err);
		if (r < 0)
			return r;
		if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0)
			e = errno;
	}
	if (!e)
		return 0;
	err_sys(err, e, "wire-not-connected", "cannot connect to %s", name);
	return -(int)(err ? err->code : ERR_SYS);
}

int probe_wire_open_tcp(struct probe_wire *out, const char *host, uint16_t port, unsigned timeout_ms,
			const struct progress *progress, struct err *err)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const bool is_v6 = strchr(host, ':');
	const int one = 1;
	probe_wire_of_fd(out, -1, timeout_ms, progress);
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, host, is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr) != 1)
		return err_set(err, ERR_INVAL, "wire-address-invalid", "\"%s\" is not an address", host);
	out->fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd >= 0) /* else it is only slower */
		(void)setsockopt(out->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	CLEANUP_FREE char *name = mem_printf("port %u", port);
	return connect_to(out, is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, is_v6 ? sizeof(v6) : sizeof(v4),
			  name, err);
}

int probe_wire_open_unix(struct probe_wire *out, int root, const char *path, unsigned timeout_ms,
			 const struct progress *progress, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat st;
	probe_wire_of_fd(out, -1, timeout_ms, progress);
	CLEANUP_FD int file = fd_open_in_root(root, path, O_PATH | O_CLOEXEC, 0, err);
	if (file < 0)
		return file;
	if (fstat(file, &st) < 0 || !S_ISSOCK(st.st_mode))
		return err_set(err, ERR_PROTO, "wire-not-a-socket", "%s is not a socket", path);
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", file);
	out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return connect_to(out, (struct sockaddr *)&address, sizeof(address), path, err);
}

/* ---- bytes as they are on the wire ---- */

int probe_wire_raw_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err)
{
	for (const uint8_t *p = data; n;) {
		ssize_t sent = send(w->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return err_sys(err, errno, "wire-broken", "cannot send %s", what);
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
			continue;
		}
		struct err e = {0};
		int r = await(w, POLLOUT, "the end of what is sent", &e);
		if (r < 0) {
			err_wrap(&e, "cannot send %s", what);
			if (err)
				*err = e;
			return r;
		}
	}
	return 0;
}

ssize_t probe_wire_raw_receive(struct probe_wire *w, void *data, size_t n, const char *what, struct err *err)
{
	for (;;) {
		ssize_t got = recv(w->fd, data, n, MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return err_sys(err, errno, "wire-broken", "the connection broke before %s", what);
		if (got >= 0) {
			w->received += (uint64_t)got;
			if (w->received > LIMIT_WIRE)
				return err_set(err, ERR_LIMIT, "wire-too-much",
					       "more than %u MiB arrived before %s ended", LIMIT_WIRE >> 20, what);
			return got;
		}
		int r = await(w, POLLIN, what, err);
		if (r < 0)
			return r;
	}
}
