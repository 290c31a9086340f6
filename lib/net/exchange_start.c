#include "net/exchange_start.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/mem.h"
#include "net/exchange_dial.h"
#include "net/exchange_transfer.h"
#include "net/fetch_options.h"
#include "net/fetch_request.h"
#include "net/url.h"

/* Values are secrets. */
static void headers_free(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

static bool takes_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static int add_body(struct net_exchange *x, const struct net_exchange_request *q, struct err *err)
{
	if (x->whole)
		return net_fetch_add_headers(x, err);
	x->body = q->body;
	x->body_size = q->body ? q->body_size : 0;
	x->out_last = x->body_size == 0;
	if (!q->body && !takes_body(q->method))
		return 0;
	x->sends = true;
	struct net_exchange_client *c = x->client;
	if (!c->out)
		c->out = mem_alloc(NET_EXCHANGE_SEND_BUFFER);
	/* curl asks by itself; it waits a second for a peer that ignores it, which small bodies should not cost. */
	x->expects = x->body_size >= NET_EXCHANGE_EXPECT_SIZE && !c->peer.http2;
	return x->expects ? 0 : net_transfer_add_header(&x->headers, "Expect:", err);
}

static void choose_certificate(struct net_exchange *x)
{
	const struct net_exchange_peer *peer = &x->client->peer;
	x->cert_file = peer->cert_file;
	x->key_file = peer->key_file;
	if (x->whole && x->whole->request->cert_file) {
		x->cert_file = x->whole->request->cert_file;
		x->key_file = x->whole->request->key_file;
	}
	if (!x->key_file)
		x->key_file = x->cert_file;
}

static int prepare(struct net_exchange *x, const struct net_exchange_request *q, struct err *err)
{
	const char *unix_socket = x->client->peer.unix_socket;
	CLEANUP_NET_URL struct net_url url = {0};
	int r = net_url_parse(q->url, &url, err);
	if (r < 0)
		return r;
	if (unix_socket && strlen(unix_socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return err_set(err, ERR_INVAL, "socket-path-too-long", "the path of socket %s is too long",
			       unix_socket);
	x->tls = strcmp(url.scheme, "https") == 0;
	choose_certificate(x);
	if (x->client->peer.dial && x->tls)
		return err_set(err, ERR_UNSUPPORTED, "tls-over-socket", "TLS over a socket that is connected already");
	x->peer_name = unix_socket ? mem_strdup(unix_socket) : mem_printf("%s:%u", url.host, url.port);
	for (size_t i = 0; q->headers && i < q->headers->count && r == 0; i++)
		r = net_transfer_add_header(&x->headers, q->headers->items[i], err);
	if (r == 0)
		r = add_body(x, q, err);
	if (r == 0)
		r = progress_check(&x->progress, err);
	return r;
}

int net_exchange_start(struct net_exchange_client *c, const struct net_exchange_request *q,
		       struct net_exchange_whole *whole, const struct progress *progress, struct net_exchange **out,
		       struct err *err)
{
	if (c->current)
		abort(); /* one at a time */
	struct net_exchange *x = mem_alloc(sizeof(*x));
	x->client = c;
	x->whole = whole;
	x->dial.fd = x->dial.listener = x->dial.placeholder = -1;
	x->progress = progress ? *progress : (struct progress){.cancel_fd = -1};
	x->answer_timeout_ms = q->answer_timeout_ms ? q->answer_timeout_ms : c->peer.idle_timeout_ms;
	int r = prepare(x, q, err);
	if (r < 0) {
		net_exchange_stop(x);
		return r;
	}
	net_exchange_transfer_start(x, q);
	*out = x;
	return 0;
}

void net_exchange_stop(struct net_exchange *x)
{
	if (!x)
		return;
	struct net_exchange_client *c = x->client;
	void (*closed)(void *) = x->closed;
	void *closed_ctx = x->closed_ctx;
	if (c->current == x) {
		net_exchange_transfer_finish(x);
		curl_multi_remove_handle(c->multi, c->easy); /* closes what is not finished */
		curl_easy_reset(c->easy);                    /* forgets headers and callbacks */
		c->current = NULL;
	}
	net_exchange_dial_done(x);
	headers_free(x->headers);
	if (x->whole)
		curl_slist_free_all(x->whole->connect_to);
	free(x->peer_name);
	free(x);
	if (closed)
		closed(closed_ctx);
}
