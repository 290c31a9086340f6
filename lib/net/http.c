#include "net/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/transfer.h"

#define BODY_READ_FACTOR 64 /* what is read of a body, in multiples of what is kept */

struct http_client {
	CURLM *multi;
	CURL *easy;
};

/* One request under way, as the callbacks see it. */
struct exchange {
	const struct http_request *request;
	struct http_response response;
	struct transfer_answer answer;
};

struct http_client *http_client_new(void)
{
	struct http_client *c = mem_alloc(sizeof(*c));
	transfer_handles(&c->multi, &c->easy);
	return c;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	curl_easy_cleanup(c->easy);
	curl_multi_cleanup(c->multi);
	free(c);
}

void http_response_done(struct http_response *r)
{
	buf_done(&r->body);
	*r = (struct http_response){0};
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	return transfer_header(&x->answer, n) ? n : 0;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	struct http_response *r = &x->response;
	uint64_t keep = x->request->max_body;
	if (!transfer_is_http(&x->answer, data, n))
		return 0;
	r->body_bytes += n;
	if (r->body_bytes / BODY_READ_FACTOR >= keep && r->body_bytes > keep * BODY_READ_FACTOR) {
		x->answer.refused = "body";
		return 0;
	}
	if (r->body.len < keep)
		buf_append(&r->body, data, n < keep - r->body.len ? n : keep - r->body.len);
	return n;
}

static void set_options(CURL *easy, struct exchange *x)
{
	const struct http_request *q = x->request;
	transfer_defaults(easy, q->method, q->url);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)q->connect_timeout_ms);

	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL); /* not even read: it costs more than the request */
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);

	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
}

/* Run the transfer that was added. *result is curl's. */
static int run(struct http_client *c, const struct progress *progress, CURLcode *result, struct err *err)
{
	bool ended = false;
	for (;;) {
		int r = transfer_step(c->multi, &ended, result, err);
		if (r < 0 || ended)
			return r;
		r = transfer_wait(c->multi, 10000, progress, err);
		if (r < 0)
			return r;
	}
}

static int timed_out(const struct http_client *c, const struct exchange *x, struct err *err)
{
	curl_off_t sent_us = 0; /* 0 = the request was never sent */
	curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
	const char *what = x->answer.header_bytes ? "the answer did not end" : sent_us ? "no answer" : "no connection";
	unsigned ms = x->request->timeout_ms, connect_ms = x->request->connect_timeout_ms;
	if (!sent_us && connect_ms && (!ms || connect_ms < ms))
		ms = connect_ms;
	return err_set(err, ERR_TIMEOUT, "%s within %g s", what, ms / 1000.0);
}

static int failure(const struct http_client *c, const struct exchange *x, CURLcode code, struct err *err)
{
	if (code == CURLE_OPERATION_TIMEDOUT)
		return timed_out(c, x, err);
	return transfer_failure(c->easy, &x->answer, code, err);
}

/* A header's value that does not fit stays "": half a media type or URL would be another one. */
static void copy_header(CURL *easy, const char *name, char *out, size_t size)
{
	struct curl_header *h;
	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK && strlen(h->value) < size)
		strcpy(out, h->value);
}

static int success(const struct http_client *c, struct exchange *x, struct http_response *out, struct err *err)
{
	long status = 0;
	curl_off_t us = 0;
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c->easy, CURLINFO_TOTAL_TIME_T, &us);
	if (status < 100 || status > 999 || x->answer.header_bytes == 0)
		return err_set(err, ERR_PROTO, "the answer is not HTTP");
	struct http_response *r = &x->response;
	r->status = (int)status;
	r->ms = (uint32_t)(us / 1000);
	copy_header(c->easy, "Content-Type", r->content_type, sizeof(r->content_type));
	if (status >= 300 && status < 400)
		copy_header(c->easy, "Location", r->location, sizeof(r->location));
	*out = *r;
	x->response = (struct http_response){0};
	return 0;
}

int http_client_do(struct http_client *c, const struct http_request *q, const struct progress *progress,
		   struct http_response *out, struct err *err)
{
	int r = transfer_check_url(q->url, err);
	if (r == 0)
		r = progress_check(progress, err);
	if (r < 0)
		return r;
	struct exchange x = {.request = q};
	CURLcode done = CURLE_OK;
	set_options(c->easy, &x);
	if (curl_multi_add_handle(c->multi, c->easy) != CURLM_OK)
		abort(); /* out of memory: the handle is in no other multi */
	r = run(c, progress, &done, err);
	if (r == 0)
		r = done == CURLE_OK ? success(c, &x, out, err) : failure(c, &x, done, err);
	curl_multi_remove_handle(c->multi, c->easy); /* closes what is not finished */
	http_response_done(&x.response);
	return r;
}
