#include "unit.h"

#include <curl/curl.h>
#include <openssl/pem.h>

#include "base/limits.h"
#include "net/fetch.h"
#include "net/test_server.h"

static struct test_server server;
static const struct net_exchange_peer insecure = {.insecure = true}, keeping = {.insecure = true, .cookies = true};
static char names[256]; /* TLS server names that were asked for, each with a blank */

/* ---- the server ---- */

static const char *cookies_of(struct test_conn *c)
{
	const char *at = strstr(c->head, "\r\nCookie: ");
	return at ? at + 10 : "";
}

static bool reply_text(struct test_conn *c, const char *text)
{
	return test_reply(c, "200 OK", "", text, strcspn(text, "\r"));
}

/* n cookies with different names, from number first on. */
static bool set_cookies(struct test_conn *c, unsigned first, unsigned n)
{
	CLEANUP_BUF struct buf b = {0};
	for (unsigned i = first; i < first + n; i++)
		buf_printf(&b, "Set-Cookie: c%u=1; Path=/\r\n", i);
	return test_reply(c, "200 OK", b.data, "", 0);
}

static bool handle(struct test_conn *c, const char *method, const char *path)
{
	unsigned first, n;
	if (c->ssl) {
		const char *name = SSL_get_servername(c->ssl, TLSEXT_NAMETYPE_host_name);
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s ", name ? name : "-");
	}
	if (strcmp(path, "/body") == 0) {
		CLEANUP_BUF struct buf body = {0};
		return test_read_body(c, &body) && test_reply(c, "200 OK", "", body.data ? body.data : "", body.len);
	}
	if (strcmp(path, "/login") == 0)
		return test_reply(c, "200 OK",
				  "Set-Cookie: session=s1; HttpOnly\r\nset-cookie: deep=d; Path=/deep\r\n"
				  "Set-Cookie: foreign=f; Domain=example.org\r\nSet-Cookie: old=o; Max-Age=0\r\n",
				  "", 0);
	if (strncmp(path, "/see", 4) == 0 || strncmp(path, "/deep/", 6) == 0)
		return reply_text(c, cookies_of(c));
	if (sscanf(path, "/set/%u/%u", &first, &n) == 2)
		return set_cookies(c, first, n);
	if (strcmp(path, "/br") == 0)
		return test_reply(c, "200 OK", "Content-Encoding: br\r\n",
				  "\x1f\x19\x00\xf8\x8d\x94\x6e\xde\x44\x09\x52\x86\x96\x6c\x2c\x6f\x31\x4f\x24\xb0"
				  "\xe3\x00",
				  22);
	if (strcmp(path, "/br-bomb") == 0) /* 16 MiB of zeros */
		return test_reply(c, "200 OK", "Content-Encoding: br\r\n",
				  "\xcf\xff\xff\x7f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x7f", 14);
	return test_reply(c, "200 OK", "X-One: 1\r\nx-two:  a b \r\nX-One: 2\r\n", "ok", 2);
}

static int start(void **state)
{
	names[0] = '\0';
	test_server_start(&server, true, handle);
	*state = net_exchange_client_new(&insecure);
	return 0;
}

static int start_keeping(void **state)
{
	(void)start(state);
	net_exchange_client_free(*state);
	*state = net_exchange_client_new(&keeping);
	return 0;
}

static int stop(void **state)
{
	net_exchange_client_free(*state);
	test_server_stop(&server);
	return 0;
}

static void another_client(void **state)
{
	net_exchange_client_free(*state);
	*state = net_exchange_client_new(&insecure);
}

/* ---- requests ---- */

static int fetch(struct net_exchange_client *c, struct net_fetch_request q, const char *path, struct net_answer *out,
		 struct err *err)
{
	CLEANUP_FREE char *url = mem_printf("http://127.0.0.1:%u%s", server.port, path);
	q.url = q.url ? q.url : url;
	q.method = q.method ? q.method : "GET";
	q.timeout_ms = 60000;
	q.max_body = q.max_body ? q.max_body : 1000;
	return net_fetch(c, &q, NULL, out, err);
}

/* The body, as a text. free() */
static char *body_of(struct net_exchange_client *c, struct net_fetch_request q, const char *path)
{
	CLEANUP_NET_ANSWER struct net_answer a = {0};
	struct err err = {0};
	if (fetch(c, q, path, &a, &err) < 0)
		fail_msg("%s: %s", path, err.msg);
	return mem_strndup(a.body.data ? a.body.data : "", a.body.len);
}
#define BODY_IS(c, path, want, ...)                                                                                    \
	do {                                                                                                           \
		CLEANUP_FREE char *got = body_of(c, (struct net_fetch_request){__VA_ARGS__}, path);                    \
		assert_string_equal(got, want);                                                                        \
	} while (0)

static void fails(struct net_exchange_client *c, struct net_fetch_request q, const char *path, enum err_code code,
		  const char *id)
{
	CLEANUP_NET_ANSWER struct net_answer a = {0};
	struct err err = {0};
	int r = fetch(c, q, path, &a, &err);
	if (r != -(int)code || strcmp(err.id, id) != 0)
		print_error("%s: %d %s: %s\n", path, r, err.id, err.msg);
	assert_int_equal(r, -(int)code);
	assert_string_equal(err.id, id);
}
#define FAILS(c, path, code, id, ...) fails(c, (struct net_fetch_request){__VA_ARGS__}, path, code, id)

static const char *last_request(void)
{
	return server.requests.items[test_server_requests(&server) - 1];
}

static void headers_and_bodies(void **state)
{
	char one[] = "X-A: b c", type[] = "content-type: text/x", agent[] = "User-Agent: other", empty[] = "X-Empty: ";
	char *items[] = {one, type, agent, empty, NULL};
	const struct strlist headers = {.items = items, .count = 4};
	char text[] = "a\0b";
	const struct buf body = {.data = text, .len = 3}, none = {0};
	BODY_IS(*state, "/body", "a", .method = "POST", .headers = &headers, .body = &body);
	CLEANUP_FREE char *want = mem_printf(
	    "POST /body HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate%s\r\n"
	    "X-A: b c\r\ncontent-type: text/x\r\nUser-Agent: other\r\nX-Empty:\r\nContent-Length: 3\r\n\r\n",
	    server.port, curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI ? ", br" : "");
	assert_string_equal(last_request(), want);
	BODY_IS(*state, "/body", "", .method = "PUT", .body = &none);
	assert_non_null(strstr(last_request(), "PUT /body HTTP/1.1\r\n"));
	assert_non_null(strstr(last_request(), "\r\nContent-Length: 0\r\n"));
	assert_null(strstr(last_request(), "Content-Type"));
	BODY_IS(*state, "/body", "a", .method = "GET", .body = &body);
	assert_non_null(strstr(last_request(), "GET /body HTTP/1.1\r\n"));
	BODY_IS(*state, "/", "ok", .method = "GET"); /* nothing is left of the last one */
	assert_null(strstr(last_request(), "Content-"));
	FAILS(*state, "/", ERR_UNSUPPORTED, "head-with-body", .method = "HEAD", .body = &body);
	char lines[] = "X: a\r\nY: b", *bad_items[] = {lines, NULL};
	const struct strlist bad = {.items = bad_items, .count = 1};
	FAILS(*state, "/", ERR_INVAL, "request-header-invalid", .headers = &bad);
}

static void headers_of_the_answer(void **state)
{
	CLEANUP_NET_ANSWER struct net_answer a = {0};
	assert_int_equal(fetch(*state, (struct net_fetch_request){0}, "/", &a, NULL), 0);
	assert_string_equal(net_answer_header(&a, "x-one"), "1");
	assert_string_equal(net_answer_header(&a, "X-Two"), "a b");
	assert_string_equal(net_answer_header(&a, "Content-Length"), "2");
	assert_null(net_answer_header(&a, "X"));
	assert_int_equal(a.headers.count, 4);
}

static void names_that_differ_from_the_address(void **state)
{
	CLEANUP_FREE char *address = mem_printf("127.0.0.1:%u", server.port);
	BODY_IS(*state, "", "ok", .url = "http://www.example.test/a", .address = address);
	assert_non_null(strstr(last_request(), "GET /a HTTP/1.1\r\nHost: www.example.test\r\n"));
	BODY_IS(*state, "", "ok", .url = "http://www.example.test:81/", .address = address);
	assert_non_null(strstr(last_request(), "\r\nHost: www.example.test:81\r\n"));
	BODY_IS(*state, "", "ok", .url = "https://tls.example.test/", .address = address);
	assert_non_null(strstr(last_request(), "\r\nHost: tls.example.test\r\n"));
	BODY_IS(*state, "", "ok", .url = "https://127.0.0.2/", .address = address);
	assert_string_equal(names, "tls.example.test - ");
}

/* ---- cookies ---- */

static void cookies_come_back(void **state)
{
	BODY_IS(*state, "/login", "");
	BODY_IS(*state, "/see", "session=s1");
	BODY_IS(*state, "/deep/x", "deep=d; session=s1");
	CLEANUP_FREE char *address = mem_printf("127.0.0.1:%u", server.port);
	BODY_IS(*state, "", "", .url = "http://www.example.org/see", .address = address);
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *other = net_exchange_client_new(&keeping);
	BODY_IS(other, "/see", "");
	BODY_IS(other, "/set/1/1", "");
	net_fetch_copy_cookies(other, *state);
	BODY_IS(other, "/see", "session=s1");
	BODY_IS(*state, "/see", "session=s1");
}

/* A client that does not keep them sends none, either. */
static void cookies_are_not_kept(void **state)
{
	BODY_IS(*state, "/login", "");
	BODY_IS(*state, "/see", "");
}

static void cookies_are_bounded(void **state)
{
	CLEANUP_FREE char *too_many = mem_printf("/set/0/%d", LIMIT_SET_COOKIES + 1);
	FAILS(*state, too_many, ERR_LIMIT, "answer-too-large");
	unsigned n = 0;
	for (int i = 0; i < 3 * LIMIT_COOKIES / LIMIT_SET_COOKIES; i++) /* the same ones, again and again */
		BODY_IS(*state, "/set/0/50", "");
	for (n = LIMIT_SET_COOKIES; n < LIMIT_COOKIES; n += LIMIT_SET_COOKIES) {
		CLEANUP_FREE char *more = mem_printf("/set/%u/%d", n, LIMIT_SET_COOKIES);
		BODY_IS(*state, more, "");
	}
	FAILS(*state, "/set/5000/50", ERR_LIMIT, "cookies-too-many");
	BODY_IS(*state, "/see", ""); /* they are gone */
	BODY_IS(*state, "/set/0/1", "");
	BODY_IS(*state, "/see", "c0=1");
}

/* ---- versions and encodings ---- */

static void http2_alone(void **state)
{
	CLEANUP_FREE char *tls = mem_printf("https://127.0.0.1:%u/", server.port);
	BODY_IS(*state, "", "ok", .url = tls, .version = NET_FETCH_ANY);
	FAILS(*state, "", ERR_PROTO, "http2-not-spoken", .url = tls, .version = NET_FETCH_HTTP2);
	FAILS(*state, "/", ERR_PROTO, "http2-not-spoken", .version = NET_FETCH_HTTP2);
}

static void brotli(void **state)
{
	if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_BROTLI)) {
		FAILS(*state, "/br", ERR_PROTO, "answer-encoding-broken");
		return;
	}
	BODY_IS(*state, "/br", "hello, hello, hello, hello");
	CLEANUP_NET_ANSWER struct net_answer a = {0};
	assert_int_equal(fetch(*state, (struct net_fetch_request){0}, "/br-bomb", &a, NULL), 0);
	assert_int_equal(a.body.len, 1000);
	assert_int_equal(a.body_bytes, 1001); /* the rest of it was not waited for */
}

/* ---- client certificates ---- */

static int any(int ok, X509_STORE_CTX *ctx)
{
	return 1;
}

static void write_pem(const char *path, const char *key_path)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	FILE *f = fopen(path, "we"), *g = fopen(key_path, "we");
	assert_true(f && g && PEM_write_X509(f, cert) && PEM_write_PrivateKey(g, key, NULL, NULL, 0, NULL, NULL));
	fclose(f);
	fclose(g);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void client_certificates(void **state)
{
	char dir[] = "/tmp/slim-test-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FREE char *cert = mem_printf("%s/cert.pem", dir), *key = mem_printf("%s/key.pem", dir);
	CLEANUP_FREE char *url = mem_printf("https://127.0.0.1:%u/", server.port);
	write_pem(cert, key);
	SSL_CTX_set_verify(server.tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, any);
	SSL_CTX_set_session_id_context(server.tls, (const unsigned char *)"t", 1);
	FAILS(*state, "", ERR_DENIED, "client-certificate-refused", .url = url);
	BODY_IS(*state, "", "ok", .url = url, .cert_file = cert, .key_file = key);
	another_client(state); /* the first one's connection would do */
	FAILS(*state, "", ERR_NOTFOUND, "certificate-read", .url = url, .cert_file = cert, .key_file = "/nonexistent");
	FAILS(*state, "", ERR_INVAL, "certificate-malformed", .url = url, .cert_file = key, .key_file = cert);
	unlink(cert);
	unlink(key);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(headers_and_bodies, start, stop),
	    cmocka_unit_test_setup_teardown(headers_of_the_answer, start, stop),
	    cmocka_unit_test_setup_teardown(names_that_differ_from_the_address, start, stop),
	    cmocka_unit_test_setup_teardown(cookies_come_back, start_keeping, stop),
	    cmocka_unit_test_setup_teardown(cookies_are_not_kept, start, stop),
	    cmocka_unit_test_setup_teardown(cookies_are_bounded, start_keeping, stop),
	    cmocka_unit_test_setup_teardown(http2_alone, start, stop),
	    cmocka_unit_test_setup_teardown(brotli, start, stop),
	    cmocka_unit_test_setup_teardown(client_certificates, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
