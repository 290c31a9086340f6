#include "net/fetch.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "net/exchange_start.h"
#include "net/exchange_tls.h"

#define WAIT_MS 10000 /* at most; curl keeps the time limits */

void net_answer_done(struct net_answer *a)
{
	strlist_done(&a->headers);
	buf_done(&a->body);
	*a = (struct net_answer){0};
}

static int timed_out(const struct net_exchange *x, struct err *err)
{
	const char *what = x->answer.header_bytes ? "the answer did not end"
			   : x->connected         ? "no answer"
						  : "no connection";
	unsigned ms = x->whole->request->timeout_ms, connect_ms = x->whole->request->connect_timeout_ms;
	if (!connect_ms)
		connect_ms = x->client->peer.connect_timeout_ms;
	if (!x->connected && (!ms || connect_ms < ms))
		ms = connect_ms;
	return err_set(err, ERR_TIMEOUT, "network-timeout", "%s within %g s", what, ms / 1000.0);
}

static bool is_http2(const struct net_exchange *x)
{
	long version = 0;
	curl_easy_getinfo(x->client->easy, CURLINFO_HTTP_VERSION, &version);
	return version == CURL_HTTP_VERSION_2_0;
}

static int no_http2(struct err *err)
{
	return err_set(err, ERR_PROTO, "http2-not-spoken", "the service does not speak HTTP/2");
}

static int failure(struct net_exchange *x, CURLcode code, struct err *err)
{
	bool answered = x->answer.header_bytes > 0;
	bool certificate = code == CURLE_SSL_CERTPROBLEM || (x->client->tls.asks && !answered);
	if (certificate && net_exchange_tls_failure(x, code, err))
		return -(int)err->code;
	bool confused = code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM || code == CURLE_RECV_ERROR ||
			code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_WEIRD_SERVER_REPLY;
	if (x->whole->request->version == NET_FETCH_HTTP2 && x->connected && !answered && confused)
		return no_http2(err);
	return net_transfer_failure(x->client->easy, &x->answer, code, err);
}

static int check_end(struct net_exchange *x, CURLcode code, struct err *err)
{
	int status = net_exchange_status(x);
	struct net_exchange_whole *w = x->whole;
	if (w->cut || (code == CURLE_OPERATION_TIMEDOUT && w->body_bytes > w->keep)) {
		w->body_bytes = w->keep + 1; /* how much came until then is chance */
		return 0;
	}
	if (code == CURLE_OPERATION_TIMEDOUT)
		return timed_out(x, err);
	if (code != CURLE_OK)
		return failure(x, code, err);
	if (status < 100 || status > 999 || x->answer.header_bytes == 0)
		return err_set(err, ERR_PROTO, "answer-not-http", "the answer is not HTTP");
	return w->request->version == NET_FETCH_HTTP2 && !is_http2(x) ? no_http2(err) : 0;
}

/* False: the answer has begun, or the request is not sent yet. */
static bool is_silent(const struct net_exchange *x)
{
	return x->connected && !x->answer.header_bytes && !x->answer.not_http;
}

static int run(struct net_exchange *x, const struct net_fetch_watch *watch, struct err *err)
{
	CURLcode code = CURLE_OK;
	for (;;) {
		int r = net_transfer_step(x->client->multi, &x->ended, &code, err);
		if (r < 0)
			return r;
		if (x->ended)
			return check_end(x, code, err);
		bool watched = watch && is_silent(x);
		r = net_transfer_wait(x->client->multi, watch ? watch->every_ms : WAIT_MS, &x->progress, err);
		if (r == 0 && watched)
			r = watch->look(watch->ctx, x->local_port, clock_ms() - x->sent_at, err);
		if (r < 0)
			return r;
	}
}

/* A value that does not fit stays "": half a media type or URL would be another one. */
static void copy_header(const struct net_exchange *x, const char *name, char *out, size_t size)
{
	const char *value = net_exchange_header(x, name);
	if (value && strlen(value) < size)
		strcpy(out, value);
}

static void copy_headers(const struct net_exchange *x, struct strlist *out)
{
	for (struct curl_header *h = NULL; (h = curl_easy_nextheader(x->client->easy, CURLH_HEADER, -1, h));)
		strlist_take(out, mem_printf("%s: %s", h->name, h->value));
}

const char *net_answer_header(const struct net_answer *a, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < a->headers.count; i++)
		if (strncasecmp(a->headers.items[i], name, n) == 0 && strncmp(a->headers.items[i] + n, ": ", 2) == 0)
			return a->headers.items[i] + n + 2;
	return NULL;
}

/* ---- cookies ---- */

static struct curl_slist *cookies_of(struct net_exchange_client *c)
{
	struct curl_slist *list = NULL;
	curl_easy_getinfo(c->easy, CURLINFO_COOKIELIST, &list);
	return list;
}

static void count_cookies(struct net_exchange_client *c)
{
	struct curl_slist *list = cookies_of(c);
	c->set_cookies = 0;
	for (const struct curl_slist *l = list; l; l = l->next)
		c->set_cookies++;
	curl_slist_free_all(list);
}

/* Counts them when so many were set that there may be too many: a service may set the same ones again and again. */
static int check_cookies(struct net_exchange *x, struct err *err)
{
	struct net_exchange_client *c = x->client;
	c->set_cookies += x->whole->set_cookies;
	if (c->set_cookies > LIMIT_COOKIES)
		count_cookies(c);
	if (c->set_cookies <= LIMIT_COOKIES)
		return 0;
	curl_easy_setopt(c->easy, CURLOPT_COOKIELIST, "ALL"); /* forget them */
	c->set_cookies = 0;
	return err_set(err, ERR_LIMIT, "cookies-too-many", "the service has set more than %d cookies", LIMIT_COOKIES);
}

void net_fetch_copy_cookies(struct net_exchange_client *to, struct net_exchange_client *from)
{
	curl_easy_setopt(to->easy, CURLOPT_COOKIELIST, "ALL");
	net_fetch_add_cookies(to, from);
}

void net_fetch_add_cookies(struct net_exchange_client *to, struct net_exchange_client *from)
{
	struct curl_slist *list = cookies_of(from);
	for (const struct curl_slist *l = list; l; l = l->next)
		curl_easy_setopt(to->easy, CURLOPT_COOKIELIST, l->data);
	to->keeps_cookies |= list != NULL;
	curl_slist_free_all(list);
	count_cookies(to);
}

/* ---- all of it ---- */

static int check_request(const struct net_fetch_request *q, struct err *err)
{
	if (q->body && strcmp(q->method, "HEAD") == 0)
		return err_set(err, ERR_UNSUPPORTED, "head-with-body", "a HEAD request has no body");
	return 0;
}

int net_fetch(struct net_exchange_client *c, const struct net_fetch_request *q, const struct progress *progress,
	      struct net_answer *out, struct err *err)
{
	struct net_exchange_whole whole = {.request = q, .keep = q->max_body};
	const struct net_exchange_request request = {.method = q->method, .url = q->url};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	int r = check_request(q, err);
	if (r == 0)
		r = net_exchange_start(c, &request, &whole, progress, &x, err);
	if (r < 0)
		return r;
	if (run(x, q->watch, &x->failed) == 0 && (!c->peer.cookies || check_cookies(x, &x->failed) == 0)) {
		struct net_answer a = {
		    .status = net_exchange_status(x), .body = whole.body, .body_bytes = whole.body_bytes};
		copy_header(x, "Content-Type", a.content_type, sizeof(a.content_type));
		if (a.status >= 300 && a.status < 400)
			copy_header(x, "Location", a.location, sizeof(a.location));
		copy_headers(x, &a.headers);
		*out = a;
		return 0;
	}
	buf_done(&whole.body);
	if (err)
		*err = x->failed;
	return -(int)x->failed.code;
}
