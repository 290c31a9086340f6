#include "net/exchange_transfer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/exchange_options.h"
#include "net/exchange_tls.h"

#define WAIT_MS 10000 /* at most, before the clock is looked at again */

void net_exchange_transfer_start(struct net_exchange *x, const struct net_exchange_request *q)
{
	struct net_exchange_client *c = x->client;
	net_exchange_options(x, q);
	if (curl_multi_add_handle(c->multi, c->easy) != CURLM_OK)
		abort(); /* out of memory: the handle is in no other multi */
	c->current = x;
}

/* The next piece of our body, once curl asked for the first. Errors are the reader's own. */
static int fill(struct net_exchange *x, struct err *err)
{
	if (!x->out_wanted || x->out_last || x->out_at < x->out_end)
		return 0;
	uint64_t left = x->body_size - x->body_read; /* NET_EXCHANGE_ANY_SIZE is never used up */
	size_t room = left < NET_EXCHANGE_SEND_BUFFER ? (size_t)left : NET_EXCHANGE_SEND_BUFFER;
	int stop = progress_check(&x->progress, err);
	if (stop < 0)
		return stop;
	/* not io_read: an exchange that cleans up is not stopped */
	ssize_t n = x->body->read(x->body->ctx, x->client->out, room, err);
	if (n < 0) {
		err->code = err->code ? err->code : (enum err_code) - n;
		return (int)n;
	}
	if (n == 0 && x->body_size != NET_EXCHANGE_ANY_SIZE)
		return err_set(err, ERR_CORRUPT, "upload-source-short",
			       "%s: the data to send ends after %llu of %llu bytes", x->peer_name,
			       (unsigned long long)x->body_read, (unsigned long long)x->body_size);
	x->body_read += (uint64_t)n;
	x->out_at = 0;
	x->out_end = (size_t)n;
	x->out_last = n == 0 || x->body_read == x->body_size;
	return 0;
}

static CURLcode resume(struct net_exchange *x)
{
	bool in = x->in_paused && (x->in_at == x->in_end || x->discards);
	bool out = x->out_paused && (x->out_at < x->out_end || x->out_last);
	if (!in && !out)
		return CURLE_OK;
	x->in_paused = x->in_paused && !in; /* before curl is called, which may pause again at once */
	x->out_paused = x->out_paused && !out;
	return curl_easy_pause(x->client->easy,
			       (x->in_paused ? CURLPAUSE_RECV : 0) | (x->out_paused ? CURLPAUSE_SEND : 0));
}

static int timed_out(const struct net_exchange *x, const char *what, unsigned ms, struct err *err)
{
	return err_set(err, ERR_TIMEOUT, "network-timeout", "%s: %s %g s", x->peer_name, what, ms / 1000.0);
}

/* Whether too long nothing went on; else *ms is how long we may wait for something. */
static int check_clock(struct net_exchange *x, unsigned *ms, struct err *err)
{
	curl_off_t sent = 0;
	curl_easy_getinfo(x->client->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	uint64_t now = clock_ms(), moved = x->answer.header_bytes + x->received + (uint64_t)sent;
	if ((uint64_t)sent != x->sent)
		x->sent_at = now;
	if (moved != x->moved)
		x->moved_at = now;
	x->sent = (uint64_t)sent;
	x->moved = moved;
	*ms = WAIT_MS;
	if (!x->connected)
		return 0; /* curl has its own limit for that */
	/* Lines of a header that drip in are no answer. */
	bool answer = !x->header_done && x->out_last && x->out_at == x->out_end;
	unsigned limit = answer ? x->answer_timeout_ms : x->client->peer.idle_timeout_ms;
	uint64_t waited = now - (answer ? x->sent_at : x->moved_at);
	if (waited >= limit)
		return timed_out(x, answer ? "no answer within" : "nothing moved for", limit, err);
	if (limit - waited < *ms)
		*ms = (unsigned)(limit - waited);
	return 0;
}

static int failure(struct net_exchange *x, CURLcode code, struct err *err)
{
	CURL *easy = x->client->easy;
	long proxy = 0;
	struct net_transfer_answer answer = x->answer;
	if (net_transfer_status(x->client->easy) < 200 && !answer.refused && !answer.not_http)
		answer.header_bytes = 0; /* a 100 Continue does not count */
	if (x->dial.failed.code) {
		*err = x->dial.failed;
		return -(int)err->code;
	}
	curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (x->encoded)
		(void)err_set(err, ERR_PROTO, "answer-encoding-broken",
			      "the answer has a transfer encoding that slim did not ask for");
	else if (x->resend || code == CURLE_SEND_FAIL_REWIND)
		(void)err_sys(err, ECONNRESET, "connection-broken",
			      "the connection broke while the request's body was sent");
	else if (code == CURLE_OPERATION_TIMEDOUT && !x->connected)
		return timed_out(x, "no connection within", x->client->peer.connect_timeout_ms, err);
	else if (!x->connected && proxy >= 300)
		(void)err_set(err, ERR_DENIED, "proxy-refused", "the proxy refused the connection: HTTP status %ld",
			      proxy);
	else if (!net_exchange_tls_failure(x, code, err))
		(void)net_transfer_failure(easy, &answer, code, err);
	bool broke = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
		     code == CURLE_GOT_NOTHING;
	/* For net_retry_error: a broken connection is worth another try, other breaches of the protocol are not. */
	if (err->code == ERR_PROTO && !err->sys && !x->answer.not_http && broke)
		err->sys = ECONNRESET;
	return err_wrap(err, "%s", x->peer_name);
}

/* One step without waiting; an end with an error is one. */
static int step(struct net_exchange *x, struct err *err)
{
	CURLcode result = resume(x);
	if (result == CURLE_OK) {
		int r = net_transfer_step(x->client->multi, &x->ended, &result, err);
		if (r < 0)
			return r;
	}
	if (result != CURLE_OK)
		return failure(x, result, err);
	if (!x->ended || x->header_done)
		return 0;
	if (net_transfer_status(x->client->easy) < 200)
		return err_set(err, ERR_PROTO, "answer-not-http", "%s: the answer is not HTTP", x->peer_name);
	if (!x->refused_expect)
		return failure(x, CURLE_PARTIAL_FILE, err); /* a header without an end is a whole one to curl */
	x->header_done = true;                              /* a 417 that curl did not follow up */
	return 0;
}

static bool is_there(const struct net_exchange *x, bool for_body)
{
	return for_body ? x->in_at < x->in_end : x->header_done;
}

static int run(struct net_exchange *x, bool for_body, struct err *err)
{
	x->moved_at = clock_ms(); /* how long the caller did something else does not count */
	for (;;) {
		unsigned ms;
		int r = step(x, err);
		if (r < 0 || x->ended || is_there(x, for_body))
			return r;
		r = fill(x, err);
		if (r == 0)
			r = check_clock(x, &ms, err);
		if (r == 0 && !x->out_paused)
			r = net_transfer_wait(x->client->multi, ms, &x->progress, err);
		if (r < 0)
			return r;
	}
}

int net_exchange_transfer_run(struct net_exchange *x, bool for_body, struct err *err)
{
	if (for_body)
		x->in_at = x->in_end = 0;
	if (!x->failed.code && !x->ended)
		(void)run(x, for_body, &x->failed);
	if (!x->failed.code || is_there(x, for_body))
		return 0; /* what came before the failure comes first */
	if (err)
		*err = x->failed;
	return -(int)x->failed.code;
}

void net_exchange_transfer_finish(struct net_exchange *x)
{
	struct err ignored;
	x->discards = true;
	if (x->header_done && !x->failed.code && x->out_last && !x->ended)
		(void)step(x, &ignored); /* whatever comes of it: the caller has what it wanted */
}
