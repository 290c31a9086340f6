#include "unit.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "run/bridge/publish.h"

/* A socket that listens on a port of loopback that was free. */
static int listener(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static const struct oci_port exposed[] = {{80, false}, {53, true}};

static void a_port_of_none_is_one_that_is_free(void **state)
{
	const struct run_bridge_port port = {"127.0.0.1", 0, {80, false}};
	const struct run_bridge_options o = {.ports = &port, .n_ports = 1, .exposed = RUN_BRIDGE_EXPOSED_ANYWHERE};
	CLEANUP_FREE struct run_bridge_port *out = NULL;
	size_t n = 0;
	assert_int_equal(run_bridge_publish(&o, exposed, 2, &out, &n, NULL), 0);
	assert_int_equal(n, 2); /* 80 was named already */
	assert_int_not_equal(out[0].number, 0);
	assert_string_equal(out[0].host, "127.0.0.1");
	assert_int_not_equal(out[1].number, 0);
	assert_int_equal(out[1].inside.number, 53);
	assert_true(out[1].inside.udp);
}

static void exposed_ports_stay_where_they_are(void **state)
{
	uint16_t port;
	close(listener(&port)); /* free again */
	const struct oci_port one = {port, false};
	CLEANUP_FREE struct run_bridge_port *out = NULL, *none = NULL;
	size_t n = 0;
	struct run_bridge_options o = {.exposed = RUN_BRIDGE_EXPOSED_SAME};
	assert_int_equal(run_bridge_publish(&o, &one, 1, &out, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(out[0].number, port);
	o.exposed = RUN_BRIDGE_EXPOSED_NOT;
	assert_int_equal(run_bridge_publish(&o, &one, 1, &none, &n, NULL), 0);
	assert_int_equal(n, 0);
}

static void one_that_is_taken(void **state)
{
	struct run_bridge_port port = {"127.0.0.1", 0, {80, false}};
	const struct run_bridge_options o = {.ports = &port, .n_ports = 1};
	struct run_bridge_port *out = NULL;
	struct err err = {0};
	size_t n;
	int fd = listener(&port.number);
	assert_true(run_bridge_publish(&o, NULL, 0, &out, &n, &err) < 0);
	close(fd);
	assert_string_equal(err.id, "port-taken");
	assert_null(out);
}

static void an_address_that_is_not_ours(void **state)
{
	const struct run_bridge_port port = {"203.0.113.7", 0, {80, false}};
	const struct run_bridge_options o = {.ports = &port, .n_ports = 1};
	struct run_bridge_port *out = NULL;
	struct err err = {0};
	size_t n;
	assert_true(run_bridge_publish(&o, NULL, 0, &out, &n, &err) < 0);
	assert_string_equal(err.id, "port-publish");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_port_of_none_is_one_that_is_free),
	    cmocka_unit_test(exposed_ports_stay_where_they_are),
	    cmocka_unit_test(one_that_is_taken),
	    cmocka_unit_test(an_address_that_is_not_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
