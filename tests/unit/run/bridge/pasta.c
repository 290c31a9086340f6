#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "run/bridge/helper.h"

static char *line_of(const struct run_bridge_plan *plan)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	struct buf b = {0};
	run_bridge_pasta.add_argv(plan, &argv);
	for (size_t i = 0; i < argv.count; i++)
		buf_printf(&b, "%s ", argv.items[i]);
	return buf_steal(&b);
}

static void nothing_is_forwarded_unasked(void **state)
{
	CLEANUP_FREE char *line = line_of(&(struct run_bridge_plan){.namespace = "/ns", .ready = "/run/ready"});
	assert_non_null(strstr(line, "--no-map-gw"));
	assert_non_null(strstr(line, "--tcp-ns none --udp-ns none"));
	assert_non_null(strstr(line, "--tcp-ports none --udp-ports none"));
	assert_non_null(strstr(line, "--pid /run/ready --netns /ns"));
	assert_null(strstr(line, "--dns-forward"));
}

static void what_is_asked_for_is(void **state)
{
	const struct run_bridge_port ports[] = {{"127.0.0.1", 8080, {80, false}}, {"", 8443, {443, false}}};
	CLEANUP_FREE char *line = line_of(&(struct run_bridge_plan){
	    .namespace = "/ns", .ready = "/run/ready", .forwards_names = true, .ports = ports, .n_ports = 2});
	assert_non_null(strstr(line, "--tcp-ports 127.0.0.1/8080:80 --tcp-ports 8443:443 --udp-ports none"));
	assert_non_null(strstr(line, "--dns-forward 10.0.2.3"));
}

static void of_udp(void **state)
{
	const struct run_bridge_port port = {"", 5353, {53, true}};
	CLEANUP_FREE char *line =
	    line_of(&(struct run_bridge_plan){.namespace = "/ns", .ready = "/run/ready", .ports = &port, .n_ports = 1});
	assert_non_null(strstr(line, "--tcp-ports none --udp-ports 5353:53"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_forwarded_unasked),
	    cmocka_unit_test(what_is_asked_for_is),
	    cmocka_unit_test(of_udp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
