#include "net/transfer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void net_transfer_handles(CURLM **multi, CURL **easy)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, global_init);
	*multi = curl_multi_init();
	*easy = curl_easy_init();
	if (!*multi || !*easy)
		abort(); /* out of memory */
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

void net_transfer_defaults(CURL *easy, const char *method, const char *url)
{
	curl_easy_reset(easy); /* keeps the connections */
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 1L); /* net_transfer_is_http looks at it and refuses it */
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "slim");  /* Accept: any type, by default */
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (strcmp(method, "GET") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

int net_transfer_add_header(struct curl_slist **headers, const char *line, struct err *err)
{
	if (strpbrk(line, "\r\n"))
		return err_set(err, ERR_INVAL, "request-header-invalid",
			       "a header of the request has a line break in it");
	struct curl_slist *l = curl_slist_append(*headers, line);
	if (!l)
		abort(); /* out of memory */
	*headers = l;
	return 0;
}

bool net_transfer_header(struct net_transfer_answer *a, size_t n)
{
	a->header_bytes += n;
	if (a->header_bytes > LIMIT_HTTP_HEADER)
		a->refused = "header";
	return !a->refused;
}

bool net_transfer_is_http(struct net_transfer_answer *a, const char *data, size_t n)
{
	if (a->header_bytes > 0)
		return true;
	/* All that TLS has for a plain request is an alert, of version 3.x. */
	a->not_http = true;
	a->tls = n >= 2 && data[0] == 0x15 && data[1] == 3;
	return false;
}

static int failed(CURLMcode m, struct err *err)
{
	return m == CURLM_OK ? 0
			     : err_set(err, ERR_SYS, "http-client-failed", "HTTP request: %s", curl_multi_strerror(m));
}

int net_transfer_step(CURLM *multi, bool *ended, CURLcode *result, struct err *err)
{
	int running, left;
	CURLMcode m = curl_multi_perform(multi, &running);
	for (CURLMsg *msg; (msg = curl_multi_info_read(multi, &left));)
		if (msg->msg == CURLMSG_DONE) {
			*ended = true;
			*result = msg->data.result;
			return 0;
		}
	return failed(m, err);
}

int net_transfer_wait(CURLM *multi, unsigned ms, const struct progress *progress, struct err *err)
{
	struct curl_waitfd cancel = {.fd = progress ? progress->cancel_fd : -1, .events = CURL_WAIT_POLLIN};
	int r = failed(curl_multi_poll(multi, &cancel, cancel.fd >= 0, (int)ms, NULL), err);
	return r < 0 ? r : progress_check(progress, err);
}

int net_transfer_status(CURL *easy)
{
	long status = 0;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static int no_answer(CURL *easy, const char *what, int otherwise, struct err *err)
{
	long os = 0;
	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os);
	return err_sys(err, os ? (int)os : otherwise,
		       otherwise == ECONNREFUSED ? "connection-failed" : "connection-broken", "%s", what);
}

static int wants_tls(struct err *err)
{
	int r = err_set(err, ERR_PROTO, "answer-not-http", "the answer is not HTTP but TLS");
	if (err)
		err->sys = EPROTO;
	return r;
}

int net_transfer_failure(CURL *easy, const struct net_transfer_answer *a, CURLcode code, struct err *err)
{
	bool answered = a->header_bytes > 0;
	if (a->refused)
		return err_set(err, ERR_LIMIT, "answer-too-large", "the answer's %s is too large", a->refused);
	if (a->tls)
		return wants_tls(err);
	if (a->not_http)
		return err_set(err, ERR_PROTO, "answer-not-http", "the answer is not HTTP");
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(err, ERR_TIMEOUT, "network-timeout", "no answer in time");
	case CURLE_COULDNT_CONNECT:
		return no_answer(easy, "cannot connect", ECONNREFUSED, err);
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		if (!answered)
			return no_answer(easy, "closed without an answer", ECONNRESET, err);
		/* fall through */
	case CURLE_PARTIAL_FILE:
		return err_set(err, ERR_PROTO, "connection-broken",
			       "the connection broke before the answer was complete");
	case CURLE_OUT_OF_MEMORY: /* so curl reports a single header line above 100 KiB */
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
#endif
		return err_set(err, ERR_LIMIT, "answer-too-large", "the answer's header is too large");
	case CURLE_SSL_CONNECT_ERROR:
		return err_set(err, ERR_PROTO, "tls-not-spoken", "the server does not speak TLS");
	case CURLE_BAD_CONTENT_ENCODING:
		return err_set(err, ERR_PROTO, "answer-encoding-broken", "the answer's content encoding is broken");
	case CURLE_URL_MALFORMAT:
		return err_set(err, ERR_INVAL, "url-malformed", "malformed URL");
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(err, ERR_NOTFOUND, "host-not-found", "the host name has no address");
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(err, ERR_NOTFOUND, "host-not-found", "the proxy's host name has no address");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return err_set(err, ERR_PROTO, "answer-not-http", "the answer is not HTTP");
	default:
		return err_set(err, ERR_PROTO, "transfer-failed", "%s", curl_easy_strerror(code));
	}
}
