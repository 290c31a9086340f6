#include "net/exchange_private.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "net/url.h"

#define WAIT_MS 10000           /* at most, before the clock is looked at again */
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

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	if (!transfer_header(&x->answer, n))
		return 0;
	if (x->header_done)
		return n; /* a trailer: counted, not used */
	if (is_foreign_coding(line, n)) {
		x->encoded = true;
		return 0;
	}
	if (line[0] != '\r' && line[0] != '\n')
		return n;
	int status = exchange_status(x);
	if (status == 417 && x->expects && !x->refused_expect)
		x->refused_expect = true; /* curl asks again, without */
	else if (status >= 200)
		x->header_done = true;
	return n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	if (!transfer_is_http(&x->answer, data, n))
		return 0;
	if (x->discards) {
		x->discarded += n;
		return x->discarded > DISCARD_MAX ? 0 : n;
	}
	if (!x->header_done)
		return n; /* of an answer that is not the final one */
	if (n > EXCHANGE_BUFFER - x->in_end) {
		x->in_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	memcpy(x->client->in + x->in_end, data, n);
	x->in_end += n;
	x->received += n;
	return n;
}

/* What is sent was read before curl is called, so that a slow reader is not between curl's look at the socket and its
 * write: an early answer could come meanwhile, and be lost in a broken pipe. */
static size_t on_send(char *to, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
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
	struct exchange *x = ctx;
	if (x->given) {
		x->resend = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (!exchange_dial_connected(x))
		return CURL_PREREQFUNC_ABORT;
	x->connected = true;
	x->sent_at = x->moved_at = clock_ms();
	return CURL_PREREQFUNC_OK;
}

static int on_seek(void *ctx, curl_off_t offset, int whence)
{
	struct exchange *x = ctx;
	x->resend = x->given;
	return x->given ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static void set_way(struct exchange *x, const char *url)
{
	const struct exchange_peer *peer = &x->client->peer;
	CURL *easy = x->client->easy;
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)peer->connect_timeout_ms);
#if LIBCURL_VERSION_NUM >= 0x075700
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a cancel does not wait for the resolver */
#endif
	if (peer->dial) {
		exchange_dial_options(x);
	} else if (peer->unix_socket) {
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, peer->unix_socket);
	} else if (peer->proxies && !url_is_loopback(url)) {
		curl_easy_setopt(easy, CURLOPT_PROXY, NULL); /* the environment's */
		curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	}
}

static void set_body(struct exchange *x)
{
	CURL *easy = x->client->easy;
	curl_off_t size = x->body_size == EXCHANGE_ANY_SIZE ? -1 : (curl_off_t)x->body_size;
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, size);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)(x->tls ? EXCHANGE_PIECE_TLS : EXCHANGE_PIECE));
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
	curl_easy_setopt(easy, CURLOPT_READDATA, x);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
}

void exchange_transfer_start(struct exchange *x, const struct exchange_request *q)
{
	struct exchange_client *c = x->client;
	CURL *easy = c->easy;
	transfer_defaults(easy, q->method, q->url);
	set_way(x, q->url);
	exchange_tls_options(c);
	if (x->sends)
		set_body(x);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->headers);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)EXCHANGE_CURL_BUFFER);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->curl_says);
	if (curl_multi_add_handle(c->multi, easy) != CURLM_OK)
		abort(); /* out of memory: the handle is in no other multi */
	c->current = x;
}

/* The next piece of our body, once curl asked for the first. Errors are the reader's own. */
static int fill(struct exchange *x, struct err *err)
{
	if (!x->out_wanted || x->out_last || x->out_at < x->out_end)
		return 0;
	uint64_t left = x->body_size - x->body_read; /* EXCHANGE_ANY_SIZE is never used up */
	size_t room = left < EXCHANGE_SEND_BUFFER ? (size_t)left : EXCHANGE_SEND_BUFFER;
	ssize_t n = x->body->read(x->body->ctx, x->client->out, room, err);
	if (n < 0) {
		err->code = err->code ? err->code : (enum err_code) - n;
		return (int)n;
	}
	if (n == 0 && x->body_size != EXCHANGE_ANY_SIZE)
		return err_set(err, ERR_CORRUPT, "%s: what is sent ends after %llu of %llu bytes", x->peer_name,
			       (unsigned long long)x->body_read, (unsigned long long)x->body_size);
	x->body_read += (uint64_t)n;
	x->out_at = 0;
	x->out_end = (size_t)n;
	x->out_last = n == 0 || x->body_read == x->body_size;
	return 0;
}

static CURLcode resume(struct exchange *x)
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

static int timed_out(const struct exchange *x, const char *what, unsigned ms, struct err *err)
{
	return err_set(err, ERR_TIMEOUT, "%s: %s %g s", x->peer_name, what, ms / 1000.0);
}

/* Whether too long nothing went on; else *ms is how long we may wait for something. */
static int check_clock(struct exchange *x, unsigned *ms, struct err *err)
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

static int failure(struct exchange *x, CURLcode code, struct err *err)
{
	CURL *easy = x->client->easy;
	long proxy = 0;
	struct transfer_answer answer = x->answer;
	if (exchange_status(x) < 200 && !answer.refused && !answer.not_http)
		answer.header_bytes = 0; /* a 100 Continue is none */
	if (x->dial.failed.code) {
		*err = x->dial.failed;
		return -(int)err->code;
	}
	curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (x->encoded)
		(void)err_set(err, ERR_PROTO, "the answer has a transfer encoding that was not asked for");
	else if (x->resend || code == CURLE_SEND_FAIL_REWIND)
		(void)err_sys(err, ECONNRESET, "the connection broke while the request's body was sent");
	else if (code == CURLE_OPERATION_TIMEDOUT && !x->connected)
		return timed_out(x, "no connection within", x->client->peer.connect_timeout_ms, err);
	else if (!x->connected && proxy >= 300)
		(void)err_set(err, ERR_DENIED, "the proxy refused the connection: HTTP status %ld", proxy);
	else if (!exchange_tls_failure(x, code, err))
		(void)transfer_failure(easy, &answer, code, err);
	bool broke = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
		     code == CURLE_GOT_NOTHING;
	if (err->code == ERR_PROTO && !err->sys && !x->answer.not_http && broke)
		err->sys = ECONNRESET; /* for retry_error: worth another try, unlike other breaches of the protocol */
	return err_wrap(err, "%s", x->peer_name);
}

/* One step without waiting; an end with an error is one. */
static int step(struct exchange *x, struct err *err)
{
	CURLcode result = resume(x);
	if (result == CURLE_OK) {
		int r = transfer_step(x->client->multi, &x->ended, &result, err);
		if (r < 0)
			return r;
	}
	if (result != CURLE_OK)
		return failure(x, result, err);
	if (!x->ended || x->header_done)
		return 0;
	if (exchange_status(x) < 200)
		return err_set(err, ERR_PROTO, "%s: the answer is not HTTP", x->peer_name);
	if (!x->refused_expect)
		return failure(x, CURLE_PARTIAL_FILE, err); /* a header without an end is a whole one to curl */
	x->header_done = true;                              /* a 417 that curl did not follow up */
	return 0;
}

static bool is_there(const struct exchange *x, bool for_body)
{
	return for_body ? x->in_at < x->in_end : x->header_done;
}

static int run(struct exchange *x, bool for_body, struct err *err)
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
			r = transfer_wait(x->client->multi, ms, &x->progress, err);
		if (r < 0)
			return r;
	}
}

int exchange_transfer_run(struct exchange *x, bool for_body, struct err *err)
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

void exchange_transfer_finish(struct exchange *x)
{
	struct err ignored;
	x->discards = true;
	if (x->header_done && !x->failed.code && x->out_last && !x->ended)
		(void)step(x, &ignored); /* whatever comes of it: the caller has what it wanted */
}
