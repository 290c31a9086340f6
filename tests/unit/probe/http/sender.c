#include "probe/http/scripts.h"

#include <openssl/pem.h>
#include <unistd.h>

static struct test_server server;

static bool who(struct test_conn *c, const char *method, const char *path)
{
	X509 *cert = c->ssl ? SSL_get0_peer_certificate(c->ssl) : NULL;
	return test_reply(c, cert ? "200 OK" : "401 Unauthorized", "", "", 0);
}

static int any(int good, X509_STORE_CTX *ctx)
{
	return 1;
}

/* A certificate and its key in one file. */
static void write_pem(const char *path)
{
	SSL_CTX *made = test_tls_new();
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, SSL_CTX_get0_certificate(made)), 1);
	assert_int_equal(PEM_write_PrivateKey(f, SSL_CTX_get0_privatekey(made), NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(f), 0);
	SSL_CTX_free(made);
}

static void certificate_one(enum probe_protocol protocol, const char *file, const char *want)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	int r;
	struct probe_request *q = add(&s, "GET", "/", 0, 0);
	q->protocol = protocol;
	q->scheme = mem_strdup("https");
	q->cert_file = mem_strdup(file);
	test_server_start(&server, true, who);
	SSL_CTX_set_verify(server.tls, SSL_VERIFY_PEER, any);
	struct exercise_log log = run_log(&o, &server.port, 1, NULL, &r, NULL);
	test_server_stop(&server);
	assert_int_equal(r, 0);
	CLEANUP_FREE char *got = lines_of(&log);
	assert_int_equal(strncmp(got, want, strlen(want)), 0);
}

static void certificates_of_the_client(void **state)
{
	char folder[] = "/tmp/slim-sender-XXXXXX";
	assert_non_null(mkdtemp(folder));
	CLEANUP_FREE char *file = mem_printf("%s/client.pem", folder), *none = mem_printf("%s/none.pem", folder);
	write_pem(file);
	certificate_one(PROBE_HTTP, NULL, "GET / 401 0\n");
	certificate_one(PROBE_HTTP, file, "GET / 200 0\n");
	certificate_one(PROBE_WEBSOCKET, NULL, "GET / 401 0\n");
	certificate_one(PROBE_WEBSOCKET, file, "GET / 200 0\n");
	CLEANUP_FREE char *unusable =
	    mem_printf("GET / -1 the client's certificate %s or its key is not usable: ", none);
	certificate_one(PROBE_WEBSOCKET, none, unusable);
	unlink(file);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(certificates_of_the_client),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
