/* Bytes that a server sends on a connection before it closes it. */
#include <sys/socket.h>

#include "base/limits.h"
#include "fuzz.h"
#include "net/exchange.h"
#include "transport/registry/client.h"

#define BODY 10000

struct server {
	struct fuzz_input in;
	int fd; /* its end */
};

static int dial(void *ctx, struct err *err)
{
	struct server *s = ctx;
	int ends[2];
	const int r = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
	assert(r == 0);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = ends[1];
	/* as much as the socket holds */
	(void)!send(s->fd, s->in.data, s->in.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(s->fd, SHUT_WR);
	return ends[0];
}

static void answer(struct net_exchange *x)
{
	CLEANUP_BUF struct buf body = {0};
	struct err err = {0};
	const char *value;
	const int status = net_exchange_status(x);
	assert(status >= 200 && status <= 999);
	for (size_t i = 0; net_exchange_header_nth(x, "Www-Authenticate", i, &value); i++)
		assert(strlen(value) <= LIMIT_HTTP_HEADER);
	int r = status < 400 ? net_exchange_read_all(x, BODY, &body, &err) : registry_failure(x, "what", &err);
	assert(r == 0 ? status < 400 && body.len <= BODY : err.code && err.msg[0]);
	for (const char *c = err.msg; *c; c++)
		assert((unsigned char)*c >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct server s = {{data, n}, -1};
	const struct net_exchange_peer peer = {
	    .dial = dial, .dial_ctx = &s, .connect_timeout_ms = 5000, .idle_timeout_ms = 5000};
	const struct net_exchange_request q = {.method = "GET", .url = "http://server/v2/"};
	struct net_exchange_client *c = net_exchange_client_new(&peer);
	struct net_exchange *x = NULL;
	struct err err = {0};
	if (net_exchange_open(c, &q, NULL, &x, &err) < 0)
		assert(err.code && err.msg[0] && !x);
	else
		answer(x);
	net_exchange_close(x);
	net_exchange_client_free(c);
	if (s.fd >= 0)
		close(s.fd);
	return 0;
}
