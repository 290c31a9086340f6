#include "net/fetch.h"

#include <string.h>

#include "net/exchange_start.h"

#define WAIT_MS 10000 /* at most; curl keeps the time limits */

void net_answer_done(struct net_answer *a)
{
	buf_done(&a->body);
	*a = (struct net_answer){0};
}

static int timed_out(const struct net_exchange *x, struct err *err)
{
	const char *what = x->answer.header_bytes ? "the answer did not end"
			   : x->connected         ? "no answer"
						  : "no connection";
	unsigned ms = x->whole->timeout_ms, connect_ms = x->whole->connect_timeout_ms;
	if (!connect_ms)
		connect_ms = x->client->peer.connect_timeout_ms;
	if (!x->connected && (!ms || connect_ms < ms))
		ms = connect_ms;
	return err_set(err, ERR_TIMEOUT, "network-timeout", "%s within %g s", what, ms / 1000.0);
}

static int check_end(const struct net_exchange *x, CURLcode code, struct err *err)
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
		return net_transfer_failure(x->client->easy, &x->answer, code, err);
	if (status < 100 || status > 999 || x->answer.header_bytes == 0)
		return err_set(err, ERR_PROTO, "answer-not-http", "the answer is not HTTP");
	return 0;
}

static int run(struct net_exchange *x, struct err *err)
{
	CURLcode code = CURLE_OK;
	for (;;) {
		int r = net_transfer_step(x->client->multi, &x->ended, &code, err);
		if (r < 0)
			return r;
		if (x->ended)
			return check_end(x, code, err);
		r = net_transfer_wait(x->client->multi, WAIT_MS, &x->progress, err);
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

int net_fetch(struct net_exchange_client *c, const struct net_fetch_request *q, const struct progress *progress,
	      struct net_answer *out, struct err *err)
{
	struct net_exchange_whole whole = {
	    .timeout_ms = q->timeout_ms, .connect_timeout_ms = q->connect_timeout_ms, .keep = q->max_body};
	const struct net_exchange_request request = {.method = q->method, .url = q->url};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	int r = net_exchange_start(c, &request, &whole, progress, &x, err);
	if (r < 0)
		return r;
	if (run(x, &x->failed) == 0) {
		struct net_answer a = {
		    .status = net_exchange_status(x), .body = whole.body, .body_bytes = whole.body_bytes};
		copy_header(x, "Content-Type", a.content_type, sizeof(a.content_type));
		if (a.status >= 300 && a.status < 400)
			copy_header(x, "Location", a.location, sizeof(a.location));
		*out = a;
		return 0;
	}
	buf_done(&whole.body);
	if (err)
		*err = x->failed;
	return -(int)x->failed.code;
}
