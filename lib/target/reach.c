#include "target/reach.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "os/fd.h"

#define CONNECT_MS 10000 /* to one address */
#define PAUSE_MS 50      /* between two rounds */

/* Waits until a connection is made. 0, an errno, or -ERR_CANCELLED. */
static int try_address(const struct addrinfo *a, const struct progress *progress, struct err *err)
{
	CLEANUP_FD int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	const uint64_t until = clock_ms() + CONNECT_MS;
	for (uint64_t now; (now = clock_ms()) < until;) {
		struct pollfd fds[2] = {{.fd = fd, .events = POLLOUT},
					{.fd = progress ? progress->cancel_fd : -1, .events = POLLIN}};
		int n = fd_poll(fds, 2, (int)(until - now)), r = progress_check(progress, err);
		if (r < 0)
			return r;
		if (n > 0 && fds[0].revents) {
			int e = 0;
			socklen_t len = sizeof(e);
			return getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) < 0 ? errno : e;
		}
	}
	return ETIMEDOUT;
}

static void address_text(const struct addrinfo *a, char out[INET6_ADDRSTRLEN])
{
	if (getnameinfo(a->ai_addr, a->ai_addrlen, out, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST) != 0)
		out[0] = '\0';
}

static int look_up(const char *host, unsigned port, struct addrinfo **out, struct err *err)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	size_t len = strlen(host);
	bool brackets = len > 2 && host[0] == '[' && host[len - 1] == ']';
	CLEANUP_FREE char *bare = brackets ? mem_strndup(host + 1, len - 2) : mem_strdup(host);
	char service[16];
	snprintf(service, sizeof(service), "%u", port);
	int e = getaddrinfo(bare, service, &hints, out);
	return e ? err_set(err, ERR_NOTFOUND, "host-not-found", "the host %s is not found: %s", host, gai_strerror(e))
		 : 0;
}

int target_reach(const char *host, unsigned port, uint64_t until, const struct progress *progress,
		 char out[INET6_ADDRSTRLEN], struct err *err)
{
	struct addrinfo *all;
	int r = look_up(host, port, &all, err), e = 0;
	if (r < 0)
		return r;
	do {
		for (const struct addrinfo *a = all; a; a = a->ai_next) {
			e = try_address(a, progress, err);
			if (e == 0)
				address_text(a, out);
			if (e <= 0)
				break;
		}
		r = e <= 0 ? e : clock_ms() < until ? progress_wait(progress, PAUSE_MS, err) : 0;
	} while (e > 0 && r == 0 && clock_ms() < until);
	freeaddrinfo(all);
	if (e > 0 && r == 0)
		r = err_sys(err, e, "target-unreachable", "nothing accepts a connection at %s:%u", host, port);
	return r;
}
