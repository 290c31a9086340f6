/* tests/unit/net/test_server.h - an HTTP server on loopback for tests: one thread per connection, and a
 * handler that writes whatever bytes the test wants. With tls it speaks TLS to who begins so, with a
 * certificate of its own making, and plain HTTP to all others; without, it closes on TLS, if not told to wait. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"

struct test_conn {
	struct test_server *server;
	pthread_t thread;
	int fd;           /* -1 once it was reset */
	SSL *ssl;         /* NULL = plain */
	struct buf rest;  /* what came after the request's header */
	const char *head; /* that header, while it is handled */
};

struct test_server {
	/* Answer one request; whether to read another one from this connection. */
	bool (*handle)(struct test_conn *c, const char *method, const char *target);
	int fd;
	uint16_t port;
	SSL_CTX *tls;
	_Atomic bool waits; /* takes a TLS hello for the begin of a line */
	pthread_t thread;
	pthread_mutex_t lock;
	struct test_conn *conns[256];
	size_t n_conns;
	struct strlist requests; /* whole request headers, in the order of arrival */
};

/* How many connections came so far. */
static inline size_t test_server_conns(struct test_server *s)
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->n_conns;
	pthread_mutex_unlock(&s->lock);
	return n;
}

/* How many requests came so far. */
static inline size_t test_server_requests(struct test_server *s)
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->requests.count;
	pthread_mutex_unlock(&s->lock);
	return n;
}

/* False when the peer is gone. */
static inline bool test_send(struct test_conn *c, const void *data, size_t n)
{
	while (n) {
		ssize_t w = c->ssl ? SSL_write(c->ssl, data, (int)n) : send(c->fd, data, n, MSG_NOSIGNAL);
		if (w <= 0)
			return false;
		data = (const char *)data + w;
		n -= (size_t)w;
	}
	return true;
}

static inline bool test_send_str(struct test_conn *c, const char *s)
{
	return test_send(c, s, strlen(s));
}

/* A whole response, keeping the connection. */
static inline bool test_reply(struct test_conn *c, const char *status, const char *headers, const char *body, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers, n);
	buf_append(&b, body, n);
	return test_send(c, b.data, b.len);
}

static inline ssize_t test_recv(struct test_conn *c, void *data, size_t n)
{
	return c->ssl ? SSL_read(c->ssl, data, (int)n) : recv(c->fd, data, n, 0);
}

/* Of a request's body; 0 or less: the peer is gone. */
static inline ssize_t test_read(struct test_conn *c, void *data, size_t n)
{
	if (!c->rest.len)
		return test_recv(c, data, n);
	if (n > c->rest.len)
		n = c->rest.len;
	memcpy(data, c->rest.data, n);
	memmove(c->rest.data, c->rest.data + n, c->rest.len - n);
	c->rest.len -= n;
	return (ssize_t)n;
}

/* n bytes of it into out (NULL = dropped). */
static inline bool test_read_n(struct test_conn *c, uint64_t n, struct buf *out)
{
	char part[65536];
	while (n) {
		ssize_t got = test_read(c, part, n < sizeof(part) ? (size_t)n : sizeof(part));
		if (got <= 0)
			return false;
		if (out)
			buf_append(out, part, (size_t)got);
		n -= (uint64_t)got;
	}
	return true;
}

/* The whole body, chunked or by its Content-Length. */
static inline bool test_read_body(struct test_conn *c, struct buf *out)
{
	const char *length = strstr(c->head, "\r\nContent-Length: ");
	if (length)
		return test_read_n(c, strtoull(length + 18, NULL, 10), out);
	for (;;) {
		char line[32];
		size_t n = 0;
		do
			if (n == sizeof(line) - 1 || test_read(c, line + n, 1) != 1)
				return false;
		while (line[n++] != '\n');
		line[n] = '\0';
		uint64_t chunk = strtoull(line, NULL, 16);
		if (!test_read_n(c, chunk, out) || !test_read_n(c, 2, NULL))
			return false;
		if (!chunk)
			return true;
	}
}

/* Say nothing more, until the peer gives up (or the server stops). */
static inline void test_hang(struct test_conn *c)
{
	char trash[256];
	while (test_recv(c, trash, sizeof(trash)) > 0)
		;
}

/* Close so that the peer sees ECONNRESET. */
static inline void test_reset(struct test_conn *c)
{
	pthread_mutex_lock(&c->server->lock);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	close(steal_fd(&c->fd));
	pthread_mutex_unlock(&c->server->lock);
}

static inline bool test_send_forever(struct test_conn *c, const char *line)
{
	CLEANUP_BUF struct buf b = {0};
	while (b.len < 65536)
		buf_str(&b, line);
	while (test_send(c, b.data, b.len))
		;
	return false;
}

/* What is said at a path, byte by byte, and what is done then. */
struct test_row {
	const char *path, *bytes;
	enum { TEST_CLOSE, TEST_KEEP, TEST_HANG, TEST_RESET, TEST_FOREVER } then;
	const char *line; /* said for ever */
	size_t n;         /* of bytes; 0 = up to their NUL */
};

/* rows end with one without a path. False: none of them is for this path. *open: as a handler returns it. */
static inline bool test_answer(struct test_conn *c, const struct test_row *rows, const char *path, bool *open)
{
	while (rows->path && strcmp(rows->path, path) != 0)
		rows++;
	if (!rows->path)
		return false;
	*open = test_send(c, rows->bytes, rows->n ? rows->n : strlen(rows->bytes)) && rows->then == TEST_KEEP;
	if (rows->then == TEST_HANG)
		test_hang(c);
	else if (rows->then == TEST_RESET)
		test_reset(c);
	else if (rows->then == TEST_FOREVER)
		test_send_forever(c, rows->line);
	return true;
}

static inline bool test_serve_one(struct test_conn *c)
{
	char part[4096], *end;
	CLEANUP_BUF struct buf in = {0};
	while (!in.data || !(end = strstr(in.data, "\r\n\r\n"))) {
		ssize_t n = test_read(c, part, sizeof(part));
		if (n <= 0)
			return false;
		buf_append(&in, part, (size_t)n);
	}
	end += 4;
	buf_append(&c->rest, end, in.len - (size_t)(end - in.data));
	*end = '\0';
	struct test_server *s = c->server;
	pthread_mutex_lock(&s->lock);
	strlist_add(&s->requests, in.data);
	pthread_mutex_unlock(&s->lock);
	char method[16], target[2048];
	c->head = in.data;
	return sscanf(in.data, "%15s %2047s", method, target) == 2 && s->handle(c, method, target);
}

static inline void *test_serve(void *ctx)
{
	struct test_conn *c = ctx;
	sigset_t pipe;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL); /* SSL_write to who has gone; the client's thread keeps its own */
	bool open = true;
	unsigned char first = 0;
	bool hello = recv(c->fd, &first, 1, MSG_PEEK) == 1 && first == 0x16;
	if (hello && !c->server->tls)
		open = c->server->waits;
	else if (hello) {
		c->ssl = SSL_new(c->server->tls);
		SSL_set_fd(c->ssl, c->fd);
		open = SSL_accept(c->ssl) == 1;
	}
	while (open)
		open = test_serve_one(c);
	pthread_mutex_lock(&c->server->lock);
	if (c->fd >= 0)
		shutdown(c->fd, SHUT_RDWR);
	pthread_mutex_unlock(&c->server->lock);
	return NULL;
}

static inline void *test_accept(void *ctx)
{
	struct test_server *s = ctx;
	int fd;
	while ((fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		struct test_conn *c = mem_alloc(sizeof(*c));
		*c = (struct test_conn){.server = s, .fd = fd};
		pthread_mutex_lock(&s->lock);
		if (s->n_conns == sizeof(s->conns) / sizeof(*s->conns))
			abort();
		s->conns[s->n_conns++] = c;
		pthread_mutex_unlock(&s->lock);
		if (pthread_create(&c->thread, NULL, test_serve, c))
			abort();
	}
	return NULL;
}

static inline SSL_CTX *test_tls_new(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	SSL_CTX_use_certificate(tls, cert);
	SSL_CTX_use_PrivateKey(tls, key);
	X509_free(cert);
	EVP_PKEY_free(key);
	return tls;
}

/* A bound socket on loopback; listening or, for a port that refuses, not. */
static inline int test_bind(uint16_t *port, bool listening)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) < 0 || (listening && listen(fd, 64) < 0) ||
	    getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		abort();
	*port = ntohs(a.sin_port);
	return fd;
}

/* fd: a listening socket, which it owns from then on. */
static inline void test_server_start_at(struct test_server *s, int fd, bool tls,
					bool (*handle)(struct test_conn *, const char *, const char *))
{
	*s = (struct test_server){.handle = handle, .tls = tls ? test_tls_new() : NULL, .fd = fd};
	pthread_mutex_init(&s->lock, NULL);
	if (pthread_create(&s->thread, NULL, test_accept, s))
		abort();
}

static inline void test_server_start(struct test_server *s, bool tls,
				     bool (*handle)(struct test_conn *, const char *, const char *))
{
	uint16_t port;
	int fd = test_bind(&port, true);
	test_server_start_at(s, fd, tls, handle);
	s->port = port; /* nobody knows it before */
}

static inline void test_server_stop(struct test_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (size_t i = 0; i < s->n_conns; i++) {
		struct test_conn *c = s->conns[i];
		pthread_mutex_lock(&s->lock);
		if (c->fd >= 0)
			shutdown(c->fd, SHUT_RDWR);
		pthread_mutex_unlock(&s->lock);
		pthread_join(c->thread, NULL);
		SSL_free(c->ssl);
		buf_done(&c->rest);
		if (c->fd >= 0)
			close(c->fd);
		free(c);
	}
	SSL_CTX_free(s->tls);
	strlist_done(&s->requests);
	pthread_mutex_destroy(&s->lock);
}
