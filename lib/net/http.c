#include "net/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/mem.h"

#define BODY_READ_FACTOR 64 /* what is read of a body, in multiples of what is kept */

struct http_client {
	CURLM *multi;
	CURL *easy;
};

/* One request under way, as the callbacks see it. */
struct exchange {
	const struct http_request *request;
	struct http_response response;
	uint64_t header_bytes;
	/* Set before a callback makes curl stop: */
	const char *refused; /* what was too large */
	bool not_http;
	bool tls; /* not HTTP, but a TLS record */
};

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http_client *http_client_new(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, global_init);
	struct http_client *c = mem_alloc(sizeof(*c));
	c->multi = curl_multi_init();
	c->easy = curl_easy_init();
	if (!c->multi || !c->easy)
		abort(); /* out of memory */
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

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	x->header_bytes += n;
	if (x->header_bytes > LIMIT_HTTP_HEADER) {
		x->refused = "header";
		return 0;
	}
	return n;
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	struct http_response *r = &x->response;
	uint64_t keep = x->request->max_body;
	if (x->header_bytes == 0) {
		/* HTTP/0.9, which is any protocol. All that TLS has for a plain request is an alert, of version 3.x. */
		x->not_http = true;
		x->tls = n >= 2 && data[0] == 0x15 && data[1] == 3;
		return 0;
	}
	r->body_bytes += n;
	if (r->body_bytes / BODY_READ_FACTOR >= keep && r->body_bytes > keep * BODY_READ_FACTOR) {
		x->refused = "body";
		return 0;
	}
	if (r->body.len < keep)
		buf_append(&r->body, data, n < keep - r->body.len ? n : keep - r->body.len);
	return n;
}

static void set_options(CURL *easy, struct exchange *x)
{
	const struct http_request *q = x->request;
	curl_easy_reset(easy); /* keeps the connections */
	curl_easy_setopt(easy, CURLOPT_URL, q->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L); /* on_body refuses it, having seen what it is */
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "slim");  /* Accept: any type, by default */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	if (strcmp(q->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(q->method, "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, q->method);

	/* Nothing that is outside this thread's network namespace, or that the environment decides. */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
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

/* Run the transfer that was added. *done is curl's result. */
static int transfer(struct http_client *c, const struct progress *progress, CURLcode *done, struct err *err)
{
	struct curl_waitfd cancel = {.fd = progress ? progress->cancel_fd : -1, .events = CURL_WAIT_POLLIN};
	for (;;) {
		int running, left;
		CURLMcode m = curl_multi_perform(c->multi, &running);
		for (CURLMsg *msg; (msg = curl_multi_info_read(c->multi, &left));)
			if (msg->msg == CURLMSG_DONE) {
				*done = msg->data.result;
				return 0;
			}
		if (m == CURLM_OK)
			m = curl_multi_poll(c->multi, &cancel, cancel.fd >= 0, 10000, NULL);
		if (m != CURLM_OK)
			return err_set(err, ERR_SYS, "HTTP request: %s", curl_multi_strerror(m));
		int r = progress_check(progress, err);
		if (r < 0)
			return r;
	}
}

static int no_answer(const struct http_client *c, const char *what, int otherwise, struct err *err)
{
	long os = 0;
	curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os);
	return err_sys(err, os ? (int)os : otherwise, "%s", what);
}

static int timed_out(const struct http_client *c, const struct exchange *x, struct err *err)
{
	curl_off_t sent_us = 0; /* 0 = the request was never sent */
	curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
	const char *what = x->header_bytes ? "the answer did not end" : sent_us ? "no answer" : "no connection";
	unsigned ms = x->request->timeout_ms, connect_ms = x->request->connect_timeout_ms;
	if (!sent_us && connect_ms && (!ms || connect_ms < ms))
		ms = connect_ms;
	return err_set(err, ERR_TIMEOUT, "%s within %g s", what, ms / 1000.0);
}

static int wants_tls(struct err *err)
{
	int r = err_set(err, ERR_PROTO, "the answer is not HTTP but TLS");
	if (err)
		err->sys = EPROTO;
	return r;
}

static int failure(const struct http_client *c, const struct exchange *x, CURLcode code, struct err *err)
{
	bool answered = x->header_bytes > 0;
	if (x->refused)
		return err_set(err, ERR_LIMIT, "the answer's %s is too large", x->refused);
	if (x->tls)
		return wants_tls(err);
	if (x->not_http)
		return err_set(err, ERR_PROTO, "the answer is not HTTP");
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return timed_out(c, x, err);
	case CURLE_COULDNT_CONNECT:
		return no_answer(c, "cannot connect", ECONNREFUSED, err);
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		if (!answered)
			return no_answer(c, "closed without an answer", ECONNRESET, err);
		/* fall through */
	case CURLE_PARTIAL_FILE:
		return err_set(err, ERR_PROTO, "the connection broke before the answer was complete");
	case CURLE_OUT_OF_MEMORY: /* so curl reports a single header line above 100 KiB */
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
#endif
		return err_set(err, ERR_LIMIT, "the answer's header is too large");
	case CURLE_SSL_CONNECT_ERROR:
		return err_set(err, ERR_PROTO, "no TLS spoken");
	case CURLE_BAD_CONTENT_ENCODING:
		return err_set(err, ERR_PROTO, "the answer's content encoding is broken");
	case CURLE_URL_MALFORMAT:
		return err_set(err, ERR_INVAL, "malformed URL");
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, ERR_NOTFOUND, "the host name has no address");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return err_set(err, ERR_PROTO, "the answer is not HTTP");
	default:
		return err_set(err, ERR_PROTO, "%s", curl_easy_strerror(code));
	}
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
	if (status < 100 || status > 999 || x->header_bytes == 0)
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
	if (strncasecmp(q->url, "http://", 7) != 0 && strncasecmp(q->url, "https://", 8) != 0)
		return err_set(err, ERR_INVAL, "not an http or https URL");
	int r = progress_check(progress, err);
	if (r < 0)
		return r;
	struct exchange x = {.request = q};
	CURLcode done = CURLE_OK;
	set_options(c->easy, &x);
	if (curl_multi_add_handle(c->multi, c->easy) != CURLM_OK)
		abort(); /* out of memory: the handle is in no other multi */
	r = transfer(c, progress, &done, err);
	if (r == 0)
		r = done == CURLE_OK ? success(c, &x, out, err) : failure(c, &x, done, err);
	curl_multi_remove_handle(c->multi, c->easy); /* closes what is not finished */
	http_response_done(&x.response);
	return r;
}
