#include "net/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/exchange_start.h"
#include "net/exchange_transfer.h"

#define CONNECT_TIMEOUT_MS 30000
#define IDLE_TIMEOUT_MS 60000

struct net_exchange_client *net_exchange_client_new(const struct net_exchange_peer *peer)
{
	struct net_exchange_client *c = mem_alloc(sizeof(*c));
	net_transfer_handles(&c->multi, &c->easy);
	c->peer = *peer;
	c->peer.unix_socket = mem_strdup(peer->unix_socket);
	c->peer.cert_file = mem_strdup(peer->cert_file);
	c->peer.key_file = mem_strdup(peer->key_file);
	if (peer->ca_files)
		strlist_extend(&c->ca_files, peer->ca_files);
	c->peer.ca_files = NULL;
	if (!c->peer.connect_timeout_ms)
		c->peer.connect_timeout_ms = CONNECT_TIMEOUT_MS;
	if (!c->peer.idle_timeout_ms)
		c->peer.idle_timeout_ms = IDLE_TIMEOUT_MS;
	c->in = mem_alloc(NET_EXCHANGE_BUFFER);
	return c;
}

void net_exchange_client_free(struct net_exchange_client *c)
{
	if (!c)
		return;
	curl_easy_cleanup(c->easy);
	curl_multi_cleanup(c->multi); /* says goodbye on TLS connections, which looks at c->tls */
	free((char *)c->peer.unix_socket);
	free((char *)c->peer.cert_file);
	free((char *)c->peer.key_file);
	X509_STORE_free(c->tls.store);
	strlist_done(&c->ca_files);
	free(c->in);
	free(c->out);
	free(c);
}

int net_exchange_open(struct net_exchange_client *c, const struct net_exchange_request *q,
		      const struct progress *progress, struct net_exchange **out, struct err *err)
{
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	int r = net_exchange_start(c, q, NULL, progress, &x, err);
	if (r == 0)
		r = net_exchange_transfer_run(x, false, err);
	if (r == 0)
		*out = steal_ptr(&x);
	return r;
}

int net_exchange_status(const struct net_exchange *x)
{
	return net_transfer_status(x->client->easy);
}

bool net_exchange_header_nth(const struct net_exchange *x, const char *name, size_t nth, const char **value)
{
	struct curl_header *h;
	if (curl_easy_header(x->client->easy, name, nth, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return false;
	*value = h->value;
	return true;
}

const char *net_exchange_header(const struct net_exchange *x, const char *name)
{
	const char *value = NULL;
	return net_exchange_header_nth(x, name, 0, &value) ? value : NULL;
}

const char *net_exchange_trailer(const struct net_exchange *x, const char *name)
{
	struct curl_header *h;
	return curl_easy_header(x->client->easy, name, 0, CURLH_TRAILER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

uint64_t net_exchange_size(const struct net_exchange *x)
{
	curl_off_t n = -1;
	curl_easy_getinfo(x->client->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &n);
	return n < 0 ? NET_EXCHANGE_ANY_SIZE : (uint64_t)n;
}

ssize_t net_exchange_read(struct net_exchange *x, void *data, size_t n, struct err *err)
{
	if (n == 0)
		return 0;
	if (x->in_at == x->in_end) {
		int r = net_exchange_transfer_run(x, true, err);
		if (r < 0)
			return r;
	}
	size_t there = x->in_end - x->in_at;
	if (n > there)
		n = there;
	memcpy(data, x->client->in + x->in_at, n);
	x->in_at += n;
	return (ssize_t)n;
}

int net_exchange_read_all(struct net_exchange *x, size_t max, struct buf *out, struct err *err)
{
	char part[16384];
	for (;;) {
		ssize_t n = net_exchange_read(x, part, sizeof(part), err);
		if (n <= 0)
			return (int)n;
		if ((size_t)n > max)
			return err_set(err, ERR_LIMIT, "answer-too-large", "%s: the answer is too large", x->peer_name);
		max -= (size_t)n;
		buf_append(out, part, (size_t)n);
	}
}

static ssize_t reader_read(void *ctx, void *data, size_t n, struct err *err)
{
	return net_exchange_read(ctx, data, n, err);
}

static void reader_close(void *ctx)
{
	net_exchange_close(ctx);
}

struct io_reader net_exchange_reader(struct net_exchange *x)
{
	return (struct io_reader){reader_read, reader_close, x};
}

void net_exchange_close(struct net_exchange *x)
{
	net_exchange_stop(x);
}

void net_exchange_on_close(struct net_exchange *x, void (*closed)(void *ctx), void *ctx)
{
	x->closed = closed;
	x->closed_ctx = ctx;
}
