#include "unit.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "target/child.h"
#include "target/listening.h"
#include "target/service.h"

static void a_process(void **state)
{
	CLEANUP_TARGET struct target t = {0};
	CLEANUP_TARGET_SERVICE struct target_service s;
	const struct transport_options access = {0};
	t.kind = TARGET_PROCESS;
	t.pid = child_start();
	assert_int_equal(target_service_open(&t, &access, 0, &s, NULL), 0);
	assert_int_equal(s.pid, t.pid);
	assert_false(s.owns_network);
	assert_true(s.root >= 0 && s.network_ns >= 0);
	assert_true(target_service_runs(&s));
	child_end(t.pid);
	assert_false(target_service_runs(&s));
}

static void a_process_that_is_gone(void **state)
{
	CLEANUP_TARGET struct target t = {0};
	const struct transport_options access = {0};
	struct err err = {0};
	t.kind = TARGET_PROCESS;
	t.pid = child_start();
	child_end(t.pid);
	CLEANUP_TARGET_SERVICE struct target_service s;
	assert_int_equal(target_service_open(&t, &access, 0, &s, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "process-not-found");
}

static void a_url(void **state)
{
	uint16_t port;
	CLEANUP_FD int fd = -1;
	listening(true, &port, &fd);
	CLEANUP_TARGET struct target t;
	CLEANUP_TARGET_SERVICE struct target_service s, named;
	const struct transport_options access = {0};
	CLEANUP_FREE char *url = mem_printf("http://127.0.0.1:%u/", port),
			  *name = mem_printf("http://localhost:%u", port);
	assert_int_equal(target_parse(url, &t, NULL), 0);
	assert_int_equal(target_service_open(&t, &access, 0, &s, NULL), 0);
	assert_string_equal(s.address, "127.0.0.1");
	assert_null(s.host); /* requests need no other name than the address */
	assert_int_equal(s.config.n_ports, 1);
	assert_int_equal(s.config.ports[0].number, port);
	assert_true(target_service_runs(&s));
	target_done(&t);
	assert_int_equal(target_parse(name, &t, NULL), 0);
	assert_int_equal(target_service_open(&t, &access, 0, &named, NULL), 0);
	assert_string_equal(named.host, "localhost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_process),
	    cmocka_unit_test(a_process_that_is_gone),
	    cmocka_unit_test(a_url),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
