#include "unit.h"

#include "probe/client/peer.h"

static void parse_one(const char *text, const char *want)
{
	struct probe_client_options o;
	struct err err = {0};
	int r = probe_client_options_parse(text, &o, &err);
	CLEANUP_FREE char *got =
	    r < 0 ? mem_strdup(err.id)
		  : mem_printf("%s %u %d %s %s %s %s", o.row->name, o.port, o.tls, o.socket ? o.socket : "-",
			       o.user ? o.user : "-", o.password ? o.password : "-", o.database ? o.database : "-");
	assert_string_equal(got, want);
	probe_client_options_done(&o);
}

static void what_an_option_means(void **state)
{
	parse_one("redis", "redis 0 0 - - - -");
	parse_one("redis:7000,tls,user=a,password=b\\,c\\\\d=e,database=2", "redis 7000 1 - a b,c\\d=e 2");
	parse_one("memcached,socket=/run/m.sock,password=a,password=b", "memcached 0 0 /run/m.sock - b -");
	parse_one("", "client-unknown");
	parse_one("nothing", "client-unknown");
	parse_one("redis:", "client-port-invalid");
	parse_one("redis:0", "client-port-invalid");
	parse_one("redis:70000", "client-port-invalid");
	parse_one("redis:+1", "client-port-invalid");
	parse_one("redis,", "redis 0 0 - - - -");
	parse_one("redis,pass=x", "client-setting-unknown");
	parse_one("redis,tls=x", "client-setting-unknown");
}

static void ports_one(const char *text, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	struct probe_client_options o;
	uint16_t ports[PROBE_CLIENT_PORTS];
	assert_int_equal(probe_client_options_parse(text, &o, NULL), 0);
	size_t n = probe_client_ports(&o, ports);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%u", i ? " " : "", ports[i]);
	assert_string_equal(b.data ? b.data : "", want);
	probe_client_options_done(&o);
}

static void ports_of_a_client(void **state)
{
	ports_one("redis", "6379 6380");
	ports_one("redis:7000", "7000");
	ports_one("redis,socket=/run/r.sock", "");
	ports_one("smtp", "25 587 465");
}

static void rows_by_port(void **state)
{
	assert_string_equal(probe_client_usual(6379)->name, "redis");
	assert_string_equal(probe_client_usual(11211)->name, "memcached");
	assert_null(probe_client_usual(80));
	assert_null(probe_client_usual(0));
	assert_null(probe_client_usual(5432));
}

/* The service takes one connection and says that it is loading; a second service takes the next one. */
static void a_service_that_is_starting_is_asked_again(void **state)
{
	const struct peer_line loading[] = {{"PING\r\n", "-LOADING Redis is loading\r\n"}, {0}};
	const struct peer_line refusing[] = {{"PING\r\n", "-ERR no\r\n"}, {0}};
	struct exercise_log log = {0};
	struct err err = {0};
	struct peer p, next;
	peer_start(&p, loading, false);
	next = p;
	next.lines = refusing;
	next.heard = (struct buf){0};
	assert_int_equal(pthread_create(&next.thread, NULL, peer_serve, &next), 0);
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	assert_int_equal(probe_client_run(probe_client_find("redis"), NULL, &t, p.port, &log, &err), -ERR_UNPROVEN);
	CLEANUP_FREE char *got = peer_steps(&log);
	assert_string_equal(got, "redis PING -1 the service answered with an error: ERR no\n");
	assert_non_null(strstr(err.msg, "redis PING on port "));
	pthread_join(next.thread, NULL);
	peer_stop(&p);
	buf_done(&p.heard);
	buf_done(&next.heard);
}

struct places {
	const char *hosts[1];
};

static void look_at_last(void *ctx)
{
	((struct places *)ctx)->hosts[0] = "127.0.0.2";
}

/* At first only an address is known at which the service lets nobody in. */
static void a_service_is_looked_for_again(void **state)
{
	const struct peer_line refusing[] = {{"PING\r\n", "-ERR no\r\n"}, {0}};
	const struct peer_line loading[] = {{"PING\r\n", "-LOADING Redis is loading\r\n"}, {0}};
	for (unsigned i = 0; i < 2; i++) {
		struct exercise_log log = {0};
		struct peer first, last;
		peer_start(&first, i ? loading : refusing, false);
		peer_start_at(&last, INADDR_LOOPBACK + 1, first.port, refusing);
		struct places places = {.hosts = {"127.0.0.1"}};
		const struct oci_port port = {.number = first.port};
		const struct exercise_target t = {.hosts = places.hosts,
						  .ports = &port,
						  .n_ports = 1,
						  .look = look_at_last,
						  .host_mount_ns = -1,
						  .root = -1,
						  .exec_ctx = &places};
		assert_int_equal(probe_client_run(probe_client_find("redis"), NULL, &t, first.port, &log, NULL),
				 -ERR_UNPROVEN);
		peer_stop(&first);
		peer_stop(&last);
		assert_string_equal(last.heard.data ? last.heard.data : "", "*1\r\n$4\r\nPING\r\n");
		buf_done(&first.heard);
		buf_done(&last.heard);
		exercise_log_done(&log);
	}
}

static void a_request_to_stop_is_no_step(void **state)
{
	const struct peer_line silent[] = {{"never", NULL}, {0}};
	struct exercise_log log = {0};
	struct peer p;
	int cancel[2];
	assert_int_equal(pipe(cancel), 0);
	assert_int_equal(write(cancel[1], "x", 1), 1);
	const struct progress progress = {.cancel_fd = cancel[0]};
	peer_start(&p, silent, false);
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1, .progress = &progress};
	assert_int_equal(probe_client_run(probe_client_find("redis"), NULL, &t, p.port, &log, NULL), -ERR_CANCELLED);
	assert_int_equal(log.count, 0);
	peer_stop(&p);
	buf_done(&p.heard);
	exercise_log_done(&log);
	close(cancel[0]);
	close(cancel[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_option_means),
	    cmocka_unit_test(ports_of_a_client),
	    cmocka_unit_test(rows_by_port),
	    cmocka_unit_test(a_service_that_is_starting_is_asked_again),
	    cmocka_unit_test(a_service_is_looked_for_again),
	    cmocka_unit_test(a_request_to_stop_is_no_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
