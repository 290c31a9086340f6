#include "net/exchange_options.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/exchange_dial.h"
#include "net/exchange_tls.h"
#include "net/fetch_options.h"
#include "net/url.h"

#define BODY_READ_FACTOR 4      /* what is read of a whole body, in multiples of what is kept */
#define DISCARD_MAX (64u << 10) /* read of a body that nobody wants, so that the connection can be used again */

/* Chunks are all that we understand; curl would inflate others, without measure. */
static bool is_foreign_coding(const char *line, size_t n)
{
	static const char name[] = "Transfer-Encoding:";
	size_t at = sizeof(name) - 1;
	if (n < at || strncasecmp(line, name, at) != 0)
		return false;
	while (at < n && strchr(" \t", line[at]))
		at++;
	while (n > at && strchr(" \t\r\n", line[n - 1]))
		n--;
	return n - at != strlen("chunked") || strncasecmp(line + at, "chunked", n - at) != 0;
}

static bool is_set_cookie(const char *line, size_t n)
{
	static const char name[] = "Set-Cookie:";
	return n >= sizeof(name) - 1 && strncasecmp(line, name, sizeof(name) - 1) == 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct net_exchange *x = ctx;
	if (!net_transfer_header(&x->answer, n))
		return 0;
	if (x->header_done)
		return n; /* a trailer: counted, and kept by curl */
	if (x->whole && is_set_cookie(line, n) && ++x->whole->set_cookies > LIMIT_SET_COOKIES) {
		x->answer.refused = "number of cookies";
		return 0;
	}
	if (!x->whole && is_foreign_coding(line, n)) {
		x->encoded = true;
		return 0;
	}
	if (line[0] != '\r' && line[0] != '\n')
		return n;
	int status = net_transfer_status(x->client->easy);
	if (status == 417 && x->expects && !x->refused_expect)
		x->refused_expect = true; /* curl asks again, without */
	else if (status >= 200)
		x->header_done = true;
	return n;
}

/* Never paused: curl would put aside all that a piece inflates to. */
static size_t take_whole(struct net_exchange *x, const char *data, size_t n)
{
	struct net_exchange_whole *w = x->whole;
	w->body_bytes += n;
	if (w->body.len < w->keep)
		buf_append(&w->body, data, n < w->keep - w->body.len ? n : w->keep - w->body.len);
	w->cut = w->body_bytes / BODY_READ_FACTOR >= w->keep && w->body_bytes > w->keep * BODY_READ_FACTOR;
	return w->cut ? 0 : n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct net_exchange *x = ctx;
	if (!net_transfer_is_http(&x->answer, data, n))
		return 0;
	if (x->whole)
		return take_whole(x, data, n);
	if (x->discards) {
		x->discarded += n;
		return x->discarded > DISCARD_MAX ? 0 : n;
	}
	if (!x->header_done)
		return n; /* of an answer that is not the final one */
	if (n > NET_EXCHANGE_BUFFER - x->in_end) {
		x->in_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(x->client->in + x->in_end, data, n);
	x->in_end += n;
	x->received += n;
	return n;
}

/* Give curl bytes to send that were read before curl was called. A slow reader must not come between curl's look at
 * the socket and its write: an early answer could arrive meanwhile, and be lost in a broken pipe. */
static size_t on_send(char *to, size_t size, size_t n, void *ctx)
{
	struct net_exchange *x = ctx;
	size_t there = x->out_end - x->out_at;
	if (there == 0 && x->out_last)
		return 0;
	if (there == 0) {
		x->out_wanted = x->out_paused = true;
		return CURL_READFUNC_PAUSE;
	}
	if (n > there)
		n = there;
	memcpy(to, x->client->out + x->out_at, n);
	x->out_at += n;
	x->given = true;
	return n;
}

/* curl would send a request again on another connection when a kept one turns out dead. */
static int on_request(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct net_exchange *x = ctx;
	if (x->given) {
		x->resend = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (!net_exchange_dial_connected(x))
		return CURL_PREREQFUNC_ABORT;
	x->connected = true;
	x->local_port = (uint16_t)from_port;
	x->sent_at = x->moved_at = clock_ms();
	return CURL_PREREQFUNC_OK;
}

static int on_seek(void *ctx, curl_off_t offset, int whence)
{
	struct net_exchange *x = ctx;
	x->resend = x->given;
	return x->given ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static void set_way(struct net_exchange *x, const char *url)
{
	const struct net_exchange_peer *peer = &x->client->peer;
	CURL *easy = x->client->easy;
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)peer->connect_timeout_ms);
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a cancel does not wait for the resolver */
#endif
	if (peer->dial) {
		net_exchange_dial_options(x);
	} else if (peer->unix_socket) {
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, peer->unix_socket);
	} else if (peer->proxies && !net_url_is_loopback(url)) {
		curl_easy_setopt(easy, CURLOPT_PROXY, NULL); /* the environment's */
		curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	}
}

static void set_version(struct net_exchange *x)
{
	if (!x->client->peer.http2)
		return;
	curl_easy_setopt(x->client->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE);
	/* curl 7.88 fails on a connection whose last stream the peer has reset, as gRPC servers do after an answer */
	curl_easy_setopt(x->client->easy, CURLOPT_FORBID_REUSE, 1L);
}

static void set_body(struct net_exchange *x)
{
	CURL *easy = x->client->easy;
	curl_off_t size = x->body_size == NET_EXCHANGE_ANY_SIZE ? -1 : (curl_off_t)x->body_size;
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)(x->tls ? NET_EXCHANGE_PIECE_TLS : NET_EXCHANGE_PIECE));
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
	curl_easy_setopt(easy, CURLOPT_READDATA, x);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
}

void net_exchange_options(struct net_exchange *x, const struct net_exchange_request *q)
{
	struct net_exchange_client *c = x->client;
	CURL *easy = c->easy;
	net_transfer_defaults(easy, q->method, q->url);
	set_version(x);
	set_way(x, q->url);
	net_exchange_tls_options(x);
	if (x->sends)
		set_body(x);
	if (x->whole)
		net_fetch_options(x);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)NET_EXCHANGE_CURL_BUFFER);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->curl_says);
}
