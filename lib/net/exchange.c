#include "net/exchange_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/mem.h"
#include "net/url.h"

#define CONNECT_TIMEOUT_MS 30000
#define IDLE_TIMEOUT_MS 60000

struct exchange_client *exchange_client_new(const struct exchange_peer *peer)
{
	struct exchange_client *c = mem_alloc(sizeof(*c));
	transfer_handles(&c->multi, &c->easy);
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
	c->in = mem_alloc(EXCHANGE_BUFFER);
	return c;
}

void exchange_client_free(struct exchange_client *c)
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

/* Values are secrets. */
static void headers_free(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

static int add_header(struct exchange *x, const char *line, struct err *err)
{
	if (strpbrk(line, "\r\n"))
		return err_set(err, ERR_INVAL, "a header of the request has a line break in it");
	struct curl_slist *l = curl_slist_append(x->headers, line);
	if (!l)
		abort(); /* out of memory */
	x->headers = l;
	return 0;
}

static bool takes_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static int add_body(struct exchange *x, const struct exchange_request *q, struct err *err)
{
	x->body = q->body;
	x->body_size = q->body ? q->body_size : 0;
	x->out_last = x->body_size == 0;
	if (!q->body && !takes_body(q->method))
		return 0;
	x->sends = true;
	struct exchange_client *c = x->client;
	if (!c->out)
		c->out = mem_alloc(EXCHANGE_SEND_BUFFER);
	/* curl asks by itself; it waits a second for a peer that ignores it, which small bodies should not cost. */
	x->expects = x->body_size >= EXCHANGE_EXPECT_SIZE;
	return x->expects ? 0 : add_header(x, "Expect:", err);
}

static int prepare(struct exchange *x, const struct exchange_request *q, struct err *err)
{
	const char *unix_socket = x->client->peer.unix_socket;
	CLEANUP_URL struct url url = {0};
	int r = url_parse(q->url, &url, err);
	if (r < 0)
		return r;
	if (unix_socket && strlen(unix_socket) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return err_set(err, ERR_INVAL, "the path of socket %s is too long for a socket", unix_socket);
	x->tls = strcmp(url.scheme, "https") == 0;
	if (x->client->peer.dial && x->tls)
		return err_set(err, ERR_UNSUPPORTED, "TLS over a socket that is connected already");
	x->peer_name = unix_socket ? mem_strdup(unix_socket) : mem_printf("%s:%u", url.host, url.port);
	for (size_t i = 0; q->headers && i < q->headers->count && r == 0; i++)
		r = add_header(x, q->headers->items[i], err);
	if (r == 0)
		r = add_body(x, q, err);
	if (r == 0)
		r = progress_check(&x->progress, err);
	return r;
}

int exchange_open(struct exchange_client *c, const struct exchange_request *q, const struct progress *progress,
		  struct exchange **out, struct err *err)
{
	if (c->current)
		abort(); /* one at a time */
	CLEANUP_EXCHANGE struct exchange *x = mem_alloc(sizeof(*x));
	x->client = c;
	x->dial.fd = x->dial.listener = x->dial.stand_in = -1;
	x->progress = progress ? *progress : (struct progress){.cancel_fd = -1};
	x->answer_timeout_ms = q->answer_timeout_ms ? q->answer_timeout_ms : c->peer.idle_timeout_ms;
	int r = prepare(x, q, err);
	if (r < 0)
		return r;
	exchange_transfer_start(x, q);
	r = exchange_transfer_run(x, false, err);
	if (r < 0)
		return r;
	*out = steal_ptr(&x);
	return 0;
}

int exchange_status(const struct exchange *x)
{
	long status = 0;
	curl_easy_getinfo(x->client->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

bool exchange_header_nth(const struct exchange *x, const char *name, size_t nth, const char **value)
{
	struct curl_header *h;
	if (curl_easy_header(x->client->easy, name, nth, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return false;
	*value = h->value;
	return true;
}

const char *exchange_header(const struct exchange *x, const char *name)
{
	const char *value = NULL;
	return exchange_header_nth(x, name, 0, &value) ? value : NULL;
}

uint64_t exchange_size(const struct exchange *x)
{
	curl_off_t n = -1;
	curl_easy_getinfo(x->client->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &n);
	return n < 0 ? EXCHANGE_ANY_SIZE : (uint64_t)n;
}

ssize_t exchange_read(struct exchange *x, void *data, size_t n, struct err *err)
{
	if (n == 0)
		return 0;
	if (x->in_at == x->in_end) {
		int r = exchange_transfer_run(x, true, err);
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

int exchange_read_all(struct exchange *x, size_t max, struct buf *out, struct err *err)
{
	char part[16384];
	for (;;) {
		ssize_t n = exchange_read(x, part, sizeof(part), err);
		if (n <= 0)
			return (int)n;
		if ((size_t)n > max)
			return err_set(err, ERR_LIMIT, "%s: the answer is too large", x->peer_name);
		max -= (size_t)n;
		buf_append(out, part, (size_t)n);
	}
}

static ssize_t reader_read(void *ctx, void *data, size_t n, struct err *err)
{
	return exchange_read(ctx, data, n, err);
}

static void reader_close(void *ctx)
{
	exchange_close(ctx);
}

struct io_reader exchange_reader(struct exchange *x)
{
	return (struct io_reader){reader_read, reader_close, x};
}

void exchange_close(struct exchange *x)
{
	if (!x)
		return;
	struct exchange_client *c = x->client;
	void (*closed)(void *) = x->closed;
	void *closed_ctx = x->closed_ctx;
	if (c->current == x) {
		exchange_transfer_finish(x);
		curl_multi_remove_handle(c->multi, c->easy); /* closes what is not finished */
		curl_easy_reset(c->easy);                    /* forgets headers and callbacks */
		c->current = NULL;
	}
	exchange_dial_done(x);
	headers_free(x->headers);
	free(x->peer_name);
	free(x);
	if (closed)
		closed(closed_ctx);
}

void exchange_on_close(struct exchange *x, void (*closed)(void *ctx), void *ctx)
{
	x->closed = closed;
	x->closed_ctx = ctx;
}
