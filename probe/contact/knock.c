#include "probe/contact/knock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/contact/peer.h"

#define TLS_ALERT 0x15
#define TLS_HANDSHAKE 0x16

static const char line[] = "SLIM\r\n\r\n";

static socklen_t address_of(const char *host, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	return sizeof(*v6);
}

void probe_knock_begin(struct probe_knock *k, const char *host, uint16_t port, enum probe_knock_kind kind)
{
	struct sockaddr_storage a;
	socklen_t n = address_of(host, port, &a);
	*k = (struct probe_knock){.fd = -1, .port = port, .kind = kind};
	if (n)
		k->fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->fd >= 0 && (connect(k->fd, (struct sockaddr *)&a, n) == 0 || errno == EINPROGRESS))
		return;
	k->answer = PROBE_KNOCK_CLOSED;
}

static ssize_t send_hello(int fd)
{
	ssize_t sent = -1;
	char *hello;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	if (!ssl || !in || !out)
		abort(); /* out of memory */
	SSL_set_bio(ssl, in, out);
	(void)SSL_connect(ssl); /* which waits for an answer to what it wrote */
	long n = BIO_get_mem_data(out, &hello);
	if (n > 0)
		sent = send(fd, hello, (size_t)n, MSG_NOSIGNAL);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return sent;
}

static uint16_t local_port_of(int fd)
{
	struct sockaddr_storage a = {0};
	socklen_t n = sizeof(a);
	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		return 0;
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
					     : ((struct sockaddr_in *)&a)->sin_port);
}

static enum probe_knock_answer send_it(struct probe_knock *k)
{
	struct pollfd p = {.fd = k->fd, .events = POLLOUT};
	if (poll(&p, 1, 0) <= 0)
		return PROBE_KNOCK_UNREAD;
	ssize_t n = k->kind == PROBE_KNOCK_TLS ? send_hello(k->fd) : send(k->fd, line, sizeof(line) - 1, MSG_NOSIGNAL);
	k->sent = n >= 0;
	k->local_port = local_port_of(k->fd);
	return k->sent ? PROBE_KNOCK_UNREAD : PROBE_KNOCK_CLOSED;
}

/* What begins like an answer of HTTP, or like a record of TLS, is one: more may not have come yet. A server that takes
 * the line for one of HTTP/0.9 sends a page alone. */
static enum probe_knock_answer classify(const char *s, size_t n)
{
	static const char *const http[] = {"HTTP/", "<!DOCTYPE HTML", "<html"};
	if ((s[0] == TLS_HANDSHAKE || s[0] == TLS_ALERT) && (n < 2 || s[1] == 3))
		return PROBE_KNOCK_SPEAKS_TLS;
	for (size_t i = 0; i < sizeof(http) / sizeof(*http); i++)
		if (strncasecmp(s, http[i], n < strlen(http[i]) ? n : strlen(http[i])) == 0)
			return PROBE_KNOCK_SPEAKS_HTTP;
	return PROBE_KNOCK_SPEAKS_OTHER;
}

enum probe_knock_answer probe_knock_look(struct probe_knock *k)
{
	char said[64];
	if (k->answer >= PROBE_KNOCK_CLOSED)
		return k->answer;
	if (!k->sent)
		return k->answer = send_it(k);
	ssize_t n = recv(k->fd, said, sizeof(said), MSG_DONTWAIT);
	if (n > 0)
		k->answer = classify(said, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		k->answer = PROBE_KNOCK_CLOSED;
	else
		k->answer = probe_peer_look(k->port, k->local_port) == PROBE_PEER_READ ? PROBE_KNOCK_SILENT
										       : PROBE_KNOCK_UNREAD;
	return k->answer;
}

void probe_knock_done(struct probe_knock *k)
{
	cleanup_closep(&k->fd);
	k->fd = -1;
}
