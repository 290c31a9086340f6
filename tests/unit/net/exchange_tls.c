#include "unit.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "net/exchange_server.h"

#define BIG (4u << 20)

static char dir[] = "/tmp/slim-exchange-tls-XXXXXX";

/* A certificate with its key, and the file that holds it (and, for "NAME.key", the key). */
struct identity {
	EVP_PKEY *key;
	X509 *cert;
	char *cert_file, *key_file;
};
static struct identity ca, other_ca, leaf, other_host, expired, lonely, client, stranger;

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static void write_pem(const char *path, X509 *cert, EVP_PKEY *key, const char *password)
{
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	if (cert)
		assert_int_equal(PEM_write_X509(f, cert), 1);
	if (key)
		assert_int_equal(PEM_write_PrivateKey(f, key, password ? EVP_aes_128_cbc() : NULL,
						      (const unsigned char *)password,
						      password ? (int)strlen(password) : 0, NULL, NULL),
				 1);
	assert_int_equal(fclose(f), 0);
}

/* by NULL = itself; names NULL = it is a CA. */
static void make(struct identity *i, const char *name, const struct identity *by, const char *names, long until)
{
	static long serial = 1;
	i->key = EVP_EC_gen("P-256");
	i->cert = X509_new();
	X509_set_version(i->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(i->cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(i->cert), -7200);
	X509_gmtime_adj(X509_getm_notAfter(i->cert), until);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(i->cert), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
				   -1, 0);
	X509 *issuer = by ? by->cert : i->cert;
	X509_set_issuer_name(i->cert, X509_get_subject_name(issuer));
	X509_set_pubkey(i->cert, i->key);
	add_extension(i->cert, issuer, NID_basic_constraints, names ? "critical,CA:FALSE" : "critical,CA:TRUE");
	if (names)
		add_extension(i->cert, issuer, NID_subject_alt_name, names);
	assert_true(X509_sign(i->cert, by ? by->key : i->key, EVP_sha256()) > 0);
	i->cert_file = mem_printf("%s/%s.crt", dir, name);
	i->key_file = mem_printf("%s/%s.key", dir, name);
	write_pem(i->cert_file, i->cert, NULL, NULL);
	write_pem(i->key_file, NULL, i->key, NULL);
}

static void unmake(struct identity *i)
{
	unlink(i->cert_file);
	unlink(i->key_file);
	free(i->cert_file);
	free(i->key_file);
	X509_free(i->cert);
	EVP_PKEY_free(i->key);
}

static int make_all(void **state)
{
	assert_non_null(mkdtemp(dir));
	make(&ca, "ca", NULL, NULL, 7200);
	make(&other_ca, "other-ca", NULL, NULL, 7200);
	make(&leaf, "leaf", &ca, "IP:127.0.0.1", 7200);
	make(&other_host, "other-host", &ca, "DNS:other.example,IP:127.0.0.2", 7200);
	make(&expired, "expired", &ca, "IP:127.0.0.1", -3600);
	make(&lonely, "lonely", NULL, "IP:127.0.0.1", 7200);
	make(&client, "client", &ca, "DNS:client", 7200);
	make(&stranger, "stranger", &other_ca, "DNS:client", 7200);
	/* Whatever this machine trusts, it is nothing of ours. */
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	setenv("SSL_CERT_DIR", dir, 1); /* no name in it is a hash */
	return 0;
}

static int unmake_all(void **state)
{
	struct identity *all[] = {&ca, &other_ca, &leaf, &other_host, &expired, &lonely, &client, &stranger};
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		unmake(all[i]);
	return rmdir(dir); /* nothing else was left in it */
}

static bool handle(struct test_conn *c, const char *method, const char *path)
{
	CLEANUP_BUF struct buf b = {0};
	if (strcmp(path, "/big") == 0) {
		buf_printf(&b, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", BIG);
		return test_send(c, b.data, b.len) && send_bytes(c, BIG);
	}
	if (strcmp(path, "/short") == 0)
		return !test_send_str(c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
	if (strcmp(path, "/reset") == 0) {
		test_reset(c);
		return false;
	}
	if (strcmp(path, "/early") == 0)
		return test_reply(c, "401 Who", "", "no", 2) && false;
	if (strcmp(method, "PUT") == 0) {
		if (strstr(c->head, "\r\nExpect: 100-continue\r\n"))
			test_send_str(c, "HTTP/1.1 100 Continue\r\n\r\n");
		if (!test_read_body(c, &b))
			return false;
		return test_reply(c, are_bytes(&b, b.len) ? "201 Created" : "500 Broken", "", b.data, b.len);
	}
	return test_reply(c, "200 OK", "", "hello", 5);
}

static void start_as(const struct identity *i)
{
	test_server_start(&server, true, handle);
	assert_int_equal(SSL_CTX_use_certificate(server.tls, i->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server.tls, i->key), 1);
}

static void ask_for_a_certificate(int most)
{
	SSL_CTX_set_verify(server.tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	assert_int_equal(SSL_CTX_load_verify_locations(server.tls, ca.cert_file, NULL), 1);
	SSL_CTX_set_max_proto_version(server.tls, most);
	SSL_CTX_set_num_tickets(server.tls, 0);
}

/* GET of a small page: 0, or the code, and what is in the message. */
static void get_one(const struct net_exchange_peer *peer, enum err_code code, const char *says)
{
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(peer);
	struct err err = {0};
	for (int i = 0; i < 2; i++) { /* as bad or as good a second time */
		CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
		CLEANUP_BUF struct buf b = {0};
		int r = get(c, "/", &x, &err);
		if (r == 0)
			r = net_exchange_read_all(x, 5, &b, &err);
		if (r != -(int)code || (says && !strstr(err.msg, says)))
			print_error("%d %s\n", r, err.msg);
		assert_int_equal(r, -(int)code);
		if (says)
			assert_non_null(strstr(err.msg, says));
		if (!code)
			assert_string_equal(b.data, "hello");
	}
}

static void trust_one(const struct identity *as, const struct identity *trusted, enum err_code code, const char *says)
{
	CLEANUP_STRLIST struct strlist files = {0};
	struct net_exchange_peer peer = defaults;
	if (trusted)
		strlist_add(&files, trusted->cert_file);
	peer.ca_files = &files;
	start_as(as);
	get_one(&peer, code, says);
	assert_int_equal(test_server_requests(&server), code ? 0 : 2); /* nothing is told to who is not trusted */
	peer.insecure = true;
	get_one(&peer, ERR_NONE, NULL);
	test_server_stop(&server);
}

static void whom_we_trust(void **state)
{
	trust_one(&leaf, &ca, ERR_NONE, NULL);
	trust_one(&leaf, &leaf, ERR_NONE, NULL); /* though it is no root */
	trust_one(&lonely, &lonely, ERR_NONE, NULL);
	trust_one(&leaf, NULL, ERR_DENIED, "unable to get local issuer certificate");
	trust_one(&leaf, &other_ca, ERR_DENIED, "unable to get local issuer certificate");
	trust_one(&lonely, NULL, ERR_DENIED, "self-signed certificate");
	trust_one(&lonely, &ca, ERR_DENIED, "--tls-verify=false");
	trust_one(&expired, &ca, ERR_DENIED, "certificate has expired");
	trust_one(&other_host, &ca, ERR_DENIED, "it is for another host name");
	trust_one(&other_host, NULL, ERR_DENIED, "certs.d");
}

static void those_of_the_system(void **state)
{
	start_as(&leaf);
	get_one(&defaults, ERR_DENIED, "not trusted");
	setenv("SSL_CERT_FILE", ca.cert_file, 1);
	get_one(&defaults, ERR_NONE, NULL);
	CLEANUP_STRLIST struct strlist files = {0};
	struct net_exchange_peer peer = defaults;
	strlist_add(&files, other_ca.cert_file);
	peer.ca_files = &files;
	get_one(&peer, ERR_NONE, NULL); /* beside those that are named */
	setenv("SSL_CERT_FILE", "/nonexistent", 1);
	get_one(&peer, ERR_DENIED, "not trusted");
	strlist_add(&files, ca.cert_file);
	get_one(&peer, ERR_NONE, NULL);
	setenv("SSL_CERT_FILE", "/dev/null", 1);
	test_server_stop(&server);
}

static void ca_file_one(const char *path, enum err_code code)
{
	CLEANUP_STRLIST struct strlist files = {0};
	struct net_exchange_peer peer = defaults;
	strlist_add(&files, ca.cert_file);
	strlist_add(&files, path);
	peer.ca_files = &files;
	CLEANUP_FREE char *says = mem_printf("CA file %s", path);
	get_one(&peer, code, says);
}

static void a_ca_file_must_be_one(void **state)
{
	start_as(&leaf);
	CLEANUP_FREE char *missing = mem_printf("%s/missing", dir);
	ca_file_one(missing, ERR_NOTFOUND);
	ca_file_one(leaf.key_file, ERR_INVAL);
	ca_file_one("/dev/null", ERR_INVAL);
	ca_file_one(dir, ERR_INVAL);
	assert_int_equal(test_server_requests(&server), 0);
	test_server_stop(&server);
}

static void client_one(int version, const char *cert, const char *key, enum err_code code, const char *says)
{
	struct net_exchange_peer peer = defaults;
	peer.insecure = true;
	peer.cert_file = cert;
	peer.key_file = key;
	start_as(&leaf);
	ask_for_a_certificate(version);
	get_one(&peer, code, says);
	assert_int_equal(test_server_requests(&server), code ? 0 : 2);
	test_server_stop(&server);
}

static void who_we_are(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	CLEANUP_FREE char *both = mem_printf("%s/both", dir), *locked = mem_printf("%s/locked", dir);
	CLEANUP_FREE char *missing = mem_printf("%s/missing", dir);
	write_pem(both, client.cert, client.key, NULL);
	write_pem(locked, NULL, client.key, "secret");
	for (size_t i = 0; i < 2; i++) {
		client_one(versions[i], client.cert_file, client.key_file, ERR_NONE, NULL);
		client_one(versions[i], both, NULL, ERR_NONE, NULL);
		client_one(versions[i], NULL, NULL, ERR_DENIED, "wants a client certificate");
		client_one(versions[i], stranger.cert_file, stranger.key_file, ERR_DENIED,
			   "does not accept our client");
		client_one(versions[i], client.cert_file, stranger.key_file, ERR_INVAL, client.cert_file);
		client_one(versions[i], client.cert_file, locked, ERR_INVAL, client.cert_file); /* nobody is asked */
		client_one(versions[i], client.cert_file, missing, ERR_NOTFOUND, missing);
		client_one(versions[i], missing, client.key_file, ERR_NOTFOUND, missing);
	}
	unlink(both);
	unlink(locked);
}

/* No alert arrives: all that is known is that a certificate was asked for. */
static void reset_one(bool asks, const char *id)
{
	struct net_exchange_peer peer = defaults;
	struct err err = {0};
	peer.insecure = true;
	start_as(&leaf);
	if (asks)
		SSL_CTX_set_verify(server.tls, SSL_VERIFY_PEER, NULL);
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&peer);
	struct net_exchange *x = NULL;
	assert_true(get(c, "/reset", &x, &err) < 0);
	assert_string_equal(err.id, id);
	test_server_stop(&server);
}

static void asked_and_cut_off(void **state)
{
	reset_one(true, "client-certificate-refused");
	reset_one(false, "connection-broken");
}

static void bodies(void **state)
{
	struct net_exchange_peer peer = defaults;
	peer.insecure = true;
	struct err err = {0};
	start_as(&leaf);
	struct net_exchange_client *c = net_exchange_client_new(&peer);
	for (int i = 0; i < 3; i++) {
		struct net_exchange *x = NULL;
		CLEANUP_BUF struct buf b = {0}, b2 = {0}, b3 = {0};
		assert_int_equal(get(c, "/big", &x, &err), 0);
		assert_int_equal(net_exchange_read_all(x, BIG, &b, &err), 0);
		assert_true(are_bytes(&b, BIG));
		net_exchange_close(x);
		struct source source = {.size = BIG};
		assert_int_equal(put(c, "/echo", &source, BIG, NULL, &b2, &err), 201);
		assert_true(are_bytes(&b2, BIG));
		source = (struct source){.size = BIG};
		assert_int_equal(put(c, "/echo", &source, NET_EXCHANGE_ANY_SIZE, NULL, &b3, &err), 201);
		assert_true(are_bytes(&b3, BIG));
	}
	assert_int_equal(test_server_conns(&server), 1); /* kept */
	for (int i = 0; i < 20; i++) {
		CLEANUP_BUF struct buf b = {0}, b2 = {0};
		struct source source = {.size = BIG};
		assert_int_equal(put(c, "/early", &source, BIG, NULL, &b, &err), 401);
		assert_int_equal(source.at, 0); /* refused before it was sent */
		source = (struct source){.size = 16384};
		int r = put(c, "/early", &source, source.size, NULL, &b2, &err);
		if (r < 0)
			print_error("%s\n", err.msg);
		assert_int_equal(r, 401);
	}
	struct net_exchange *x = NULL;
	CLEANUP_BUF struct buf b = {0};
	assert_int_equal(get(c, "/short", &x, &err), 0);
	assert_int_equal(net_exchange_read_all(x, 100, &b, &err), -ERR_PROTO);
	assert_int_equal(err.sys, ECONNRESET);
	net_exchange_close(x);
	net_exchange_client_free(c);
	test_server_stop(&server);
}

/* What servers of plain HTTP say when they are greeted in TLS. */
static void *answer_once(void *ctx)
{
	char hello[4096];
	for (int i = 0; i < 2; i++) {
		int fd = accept4(server.fd, NULL, NULL, SOCK_CLOEXEC);
		assert_true(recv(fd, hello, sizeof(hello), 0) > 0);
		assert_true(send(fd, ((struct buf *)ctx)->data, ((struct buf *)ctx)->len, MSG_NOSIGNAL) >= 0);
		close(fd);
	}
	return NULL;
}

static void plain_one(const char *answer, size_t n, enum err_code code, int sys)
{
	CLEANUP_FREE char *url = NULL;
	struct buf said = {.data = (char *)answer, .len = n};
	pthread_t thread;
	struct net_exchange_peer peer = defaults;
	uint16_t port;
	server.fd = test_bind(&port, true);
	url = mem_printf("https://127.0.0.1:%u/", port);
	assert_int_equal(pthread_create(&thread, NULL, answer_once, &said), 0);
	for (int i = 0; i < 2; i++) {
		CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&peer);
		struct net_exchange_request q = {.method = "GET", .url = url};
		struct net_exchange *x = NULL;
		struct err err = {0};
		int r = net_exchange_open(c, &q, NULL, &x, &err);
		if (r != -(int)code || err.sys != sys)
			print_error("%s: %d %d %s\n", answer, r, err.sys, err.msg);
		assert_int_equal(r, -(int)code);
		assert_int_equal(err.sys, sys);
		peer.insecure = true;
	}
	pthread_join(thread, NULL);
	close(server.fd);
}

static void no_tls_there(void **state)
{
	static const char *const answers[] = {
	    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n400 Bad Request",
	    "HTTP/1.0 400 Bad request syntax\r\n\r\n", "<!DOCTYPE HTML>\n<html>...", "-ERR unknown command\r\n"};
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		plain_one(answers[i], strlen(answers[i]), ERR_PROTO, EPROTO);
	plain_one("", 0, ERR_SYS, ECONNRESET);
	plain_one("\x15\x03\x01\x00\x02\x02\x46", 7, ERR_PROTO, 0); /* TLS, of a version that we don't speak */
}

static void a_connection_may_just_close(void **state)
{
	test_server_start(&server, false, handle);
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *c = net_exchange_client_new(&defaults);
	CLEANUP_FREE char *url = mem_printf("https://127.0.0.1:%u/", server.port);
	struct net_exchange_request q = {.method = "GET", .url = url};
	struct net_exchange *x = NULL;
	struct err err = {0};
	assert_int_equal(net_exchange_open(c, &q, NULL, &x, &err), -ERR_SYS);
	assert_int_equal(err.sys, ECONNRESET);
	test_server_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whom_we_trust),         cmocka_unit_test(those_of_the_system),
	    cmocka_unit_test(a_ca_file_must_be_one), cmocka_unit_test(who_we_are),
	    cmocka_unit_test(asked_and_cut_off),     cmocka_unit_test(bodies),
	    cmocka_unit_test(no_tls_there),          cmocka_unit_test(a_connection_may_just_close),
	};
	return cmocka_run_group_tests(tests, make_all, unmake_all);
}
