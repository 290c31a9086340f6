#include "transport/fixture.h"

#include <pthread.h>

#include "net/test_server.h"
#include "transport/registry/endpoint.h"

#define AUTH "{\"auths\":{\"127.0.0.1:%u\":{\"auth\":\"YW5uOnB3\"}}}" /* ann:pw */

#define THREADS 32

static struct test_server server;

static bool handle(struct test_conn *c, const char *method, const char *target)
{
	if (strstr(c->head, "\r\nAuthorization: Basic YW5uOnB3\r\n"))
		return test_reply(c, "200 OK", "", "yes", 3);
	return test_reply(c, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"r\"\r\n", "", 0);
}

static void *request(void *endpoint)
{
	const struct registry_call call = {.method = "GET", .path = "blobs/x", .fd = -1};
	struct net_exchange *x = NULL;
	struct err e = {0};
	int status = 0;
	if (registry_endpoint_request(endpoint, &call, &x, &e) == 0)
		status = net_exchange_status(x);
	else
		fprintf(stderr, "%s\n", e.msg);
	net_exchange_close(x);
	return (void *)(intptr_t)status;
}

/* Each finds the same credentials at its first request, in a file that others may read. */
static void endpoints_in_threads_share_the_warnings(void **state)
{
	struct strlist warnings = {0};
	const struct transport_options options = {
	    .auth_file = "auth.json", .tls_verify_off = true, .warnings = &warnings};
	struct registry_endpoint *endpoints[THREADS];
	pthread_t threads[THREADS];
	test_server_start(&server, true, handle);
	CLEANUP_FREE char *auth = mem_printf(AUTH, server.port), *host = mem_printf("127.0.0.1:%u", server.port);
	CLEANUP_FREE char *path = mem_strdup("a");
	const struct registry_place place = {.host = host, .path = path, .insecure = true};
	fixture_file("auth.json", auth, strlen(auth)); /* 0644 */
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(registry_endpoint_open(&place, "pull", i > 0, &options, &endpoints[i], NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, request, endpoints[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		void *status;
		assert_int_equal(pthread_join(threads[i], &status), 0);
		assert_int_equal((intptr_t)status, 200);
		registry_endpoint_close(endpoints[i]);
	}
	assert_int_equal(warnings.count, 1);
	strlist_done(&warnings);
	test_server_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {FIXTURE_TEST(endpoints_in_threads_share_the_warnings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
