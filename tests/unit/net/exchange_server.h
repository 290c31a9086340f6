/* tests/unit/net/exchange_server.h - what the tests of exchanges share: a client at a server of ours, bodies that are
 * known by their place. */
#pragma once

#include <errno.h>
#include <fcntl.h>

#include "net/exchange.h"
#include "net/test_server.h"

static struct test_server server;
static const struct net_exchange_peer defaults = {.connect_timeout_ms = 20000, .idle_timeout_ms = 20000};

/* The teardown of a test that has the server. */
static inline int stop(void **state)
{
	test_server_stop(&server);
	return 0;
}

/* Bytes that tell where they are. */
static inline char byte_at(uint64_t i)
{
	return (char)(i % 251);
}

static inline bool send_bytes(struct test_conn *c, uint64_t n)
{
	char part[60000];
	for (uint64_t at = 0; at < n;) {
		size_t k = n - at < sizeof(part) ? (size_t)(n - at) : sizeof(part);
		for (size_t i = 0; i < k; i++)
			part[i] = byte_at(at + i);
		if (!test_send(c, part, k))
			return false;
		at += k;
	}
	return true;
}

/* A body of such bytes that we send. */
struct source {
	uint64_t size, at, fails_at; /* fails_at 0 = never */
	size_t largest;              /* bytes in one go */
};

static inline ssize_t source_read(void *ctx, void *data, size_t n, struct err *err)
{
	struct source *s = ctx;
	if (s->fails_at && s->at >= s->fails_at)
		return err_set(err, ERR_CORRUPT, "test-failure", "the source is broken");
	if (n > s->size - s->at)
		n = (size_t)(s->size - s->at);
	if (s->largest && n > s->largest)
		n = s->largest;
	for (size_t i = 0; i < n; i++)
		((char *)data)[i] = byte_at(s->at + i);
	s->at += n;
	return (ssize_t)n;
}

static inline bool are_bytes(const struct buf *b, uint64_t n)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != byte_at(i))
			return false;
	return b->len == n;
}

static inline char *url_of(const char *path)
{
	return mem_printf("%s://127.0.0.1:%u%s", server.tls ? "https" : "http", server.port, path);
}

static inline int get(struct net_exchange_client *c, const char *path, struct net_exchange **x, struct err *err)
{
	CLEANUP_FREE char *url = url_of(path);
	struct net_exchange_request q = {.method = "GET", .url = url};
	return net_exchange_open(c, &q, NULL, x, err);
}

/* The status of an upload, or the negative code. */
static inline int put(struct net_exchange_client *c, const char *path, struct source *s, uint64_t said,
		      const struct progress *progress, struct buf *answer, struct err *err)
{
	CLEANUP_FREE char *url = url_of(path);
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	struct io_reader body = {.read = source_read, .ctx = s};
	struct net_exchange_request q = {.method = "PUT", .url = url, .body = &body, .body_size = said};
	int r = net_exchange_open(c, &q, progress, &x, err);
	if (r == 0)
		r = net_exchange_read_all(x, SIZE_MAX, answer, err);
	return r < 0 ? r : net_exchange_status(x);
}
