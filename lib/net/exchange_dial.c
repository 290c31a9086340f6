/* A socket that is connected already. curl has CURL_SOCKOPT_ALREADY_CONNECTED for it, which 7.88 ignores: it calls
 * connect. So it gets a socket that it can connect, to a listener of ours, and once it has done so what was dialled
 * takes that socket's number. */
#include "net/exchange_dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* A port of the kernel's choice, at which nobody is ever accepted. (Not an abstract unix socket: curl keeps no
 * connection whose peer it knows no name of.) */
static int listen_somewhere(struct curl_sockaddr *a)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	_Static_assert(sizeof(addr) == sizeof(a->addr), "curl's room for an address");
	CLEANUP_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) < 0 || listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		return -1;
	a->family = AF_INET;
	a->socktype = SOCK_STREAM;
	a->protocol = 0;
	a->addrlen = len;
	memcpy(&a->addr, &addr, sizeof(addr));
	return steal_fd(&fd);
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct net_exchange *x = ctx;
	const struct net_exchange_peer *peer = &x->client->peer;
	net_exchange_dial_done(x);
	int fd = peer->dial(peer->dial_ctx, &x->dial.failed);
	if (fd < 0) {
		if (!x->dial.failed.code)
			(void)err_set(&x->dial.failed, (enum err_code) - fd, "connection-failed", "cannot connect");
		return CURL_SOCKET_BAD;
	}
	x->dial.fd = fd;
	x->dial.listener = listen_somewhere(a);
	x->dial.placeholder = x->dial.listener < 0 ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int flags = fcntl(fd, F_GETFL);
	if (x->dial.placeholder >= 0 && flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		return x->dial.placeholder; /* curl's */
	(void)err_sys(&x->dial.failed, errno, "socket-create", "cannot set up a connection");
	if (x->dial.placeholder >= 0)
		close(x->dial.placeholder);
	return CURL_SOCKET_BAD;
}

void net_exchange_dial_options(struct net_exchange *x)
{
	CURL *easy = x->client->easy;
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, x);
	/* So no host's name is looked up; the path itself is not used. */
	curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, "dialled");
}

bool net_exchange_dial_connected(struct net_exchange *x)
{
	bool done = x->dial.fd < 0 || dup3(x->dial.fd, x->dial.placeholder, O_CLOEXEC) >= 0;
	if (!done)
		(void)err_sys(&x->dial.failed, errno, "socket-create", "cannot set up a connection");
	net_exchange_dial_done(x);
	return done;
}

void net_exchange_dial_done(struct net_exchange *x)
{
	if (x->dial.fd >= 0)
		close(steal_fd(&x->dial.fd));
	if (x->dial.listener >= 0)
		close(steal_fd(&x->dial.listener));
}
