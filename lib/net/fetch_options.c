#include "net/fetch_options.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/fetch_request.h"

static const char *encodings(void)
{
	bool br = curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI;
	return br ? "gzip, deflate, br" : "gzip, deflate";
}

static long version(const struct net_exchange *x)
{
	switch (x->whole->request->version) {
	case NET_FETCH_HTTP1:
		return CURL_HTTP_VERSION_1_1;
	case NET_FETCH_ANY:
		return CURL_HTTP_VERSION_2TLS;
	case NET_FETCH_HTTP2:
		break;
	}
	return x->tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
}

static bool has_header(const struct strlist *headers, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; headers && i < headers->count; i++)
		if (strncasecmp(headers->items[i], name, n) == 0 && headers->items[i][n] == ':')
			return true;
	return false;
}

int net_fetch_add_headers(struct net_exchange *x, struct err *err)
{
	const struct net_fetch_request *q = x->whole->request;
	int r = 0;
	for (size_t i = 0; q->headers && i < q->headers->count && r == 0; i++) {
		const char *line = q->headers->items[i];
		size_t name = strcspn(line, ":");
		/* An empty value is written with a semicolon; curl leaves out what has a colon there. */
		CLEANUP_FREE char *empty = NULL;
		if (line[name] && !line[name + 1 + strspn(line + name + 1, " \t")])
			empty = mem_printf("%.*s;", (int)name, line);
		r = net_transfer_add_header(&x->headers, empty ? empty : line, err);
	}
	/* curl would name a type of its own, and wait for a 100 Continue. */
	if (r == 0 && q->body && !has_header(q->headers, "Content-Type"))
		r = net_transfer_add_header(&x->headers, "Content-Type:", err);
	if (r == 0 && q->body && !has_header(q->headers, "Expect"))
		r = net_transfer_add_header(&x->headers, "Expect:", err);
	return r;
}

static void set_address(struct net_exchange *x, const char *address)
{
	CLEANUP_FREE char *line = mem_printf("::%s", address); /* for any host and port */
	if (!(x->whole->connect_to = curl_slist_append(NULL, line)))
		abort(); /* out of memory */
	curl_easy_setopt(x->client->easy, CURLOPT_CONNECT_TO, x->whole->connect_to);
}

/* Has curl keep cookies, for good. A cookie that is set makes it begin to; COOKIEFILE would, too, but curl_easy_reset
 * forgets to free its value. */
static void keep_cookies(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_COOKIELIST, "Set-Cookie: a=b; domain=slim.invalid");
	curl_easy_setopt(easy, CURLOPT_COOKIELIST, "ALL"); /* forget it */
}

void net_fetch_options(struct net_exchange *x)
{
	const struct net_fetch_request *q = x->whole->request;
	CURL *easy = x->client->easy;
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, encodings());
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version(x));
	if (version(x) == CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
		curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L); /* 7.88 fails to send a second request over it */
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
	if (q->connect_timeout_ms)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)q->connect_timeout_ms);
	if (q->unix_socket)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, q->unix_socket);
	else if (q->address)
		set_address(x, q->address);
	if (q->body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body->len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, q->body->len ? q->body->data : "");
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, q->method);
	}
	if (x->client->peer.cookies && !x->client->keeps_cookies) {
		keep_cookies(easy);
		x->client->keeps_cookies = true;
	}
}
