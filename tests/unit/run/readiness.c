#include "unit.h"

#include "base/mem.h"
#include "run/readiness.h"

/* exposed, opened: "80", "53u", separated by spaces. want: -1 not ready, 0 ready but ports are missing, 1 all. */
static size_t ports_of(const char *text, struct oci_port *out)
{
	size_t n = 0;
	for (const char *p = text; *p;) {
		char *end;
		out[n].number = (uint16_t)strtoul(p, &end, 10);
		out[n].udp = *end == 'u';
		end += *end == 'u';
		n++;
		p = end + (*end == ' ');
	}
	return n;
}

static void ready_one(const char *exposed, bool needs_port, const char *opened, int want, const char *exercise)
{
	struct oci_port ports[8], open[8], expected[8];
	struct oci_image_config config = {.ports = ports, .n_ports = ports_of(exposed, ports)};
	struct run_readiness r = {.config = &config, .needs_port = needs_port};
	size_t n = ports_of(opened, open);
	for (size_t i = 0; i < n; i++)
		run_readiness_add(&r, &(struct trace_port){open[i].number, open[i].udp});
	bool all;
	int have = run_readiness_reached(&r, &all) ? all : -1;
	assert_int_equal(have, want);
	CLEANUP_FREE struct oci_port *targets = run_readiness_ports(&r, &n);
	assert_int_equal(n, ports_of(exercise, expected));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(targets[i].number, expected[i].number);
	run_readiness_done(&r);
}

static void ready_when_an_exposed_port_listens(void **state)
{
	ready_one("80", false, "", -1, "");
	ready_one("80", false, "80", 1, "80");
	ready_one("80", false, "8125 80 80", 1, "80");
	ready_one("80", false, "9090", -1, "");
	ready_one("80 443", false, "443", 0, "443");
	ready_one("80 443", false, "443 80", 1, "443 80");
	ready_one("53u 53", false, "53u", -1, "");
	ready_one("53u 53", false, "53u 53", 1, "53");
	ready_one("53u", false, "5353u", -1, "");
	ready_one("53u", false, "53u", 1, "");
	ready_one("", true, "", -1, "");
	ready_one("", true, "5000", 1, "5000");
}

static void a_late_service_is_told_what_it_did(void **state)
{
	struct oci_port ports[2] = {{80, false}, {53, true}};
	struct oci_image_config config = {.ports = ports, .n_ports = 2};
	struct run_readiness r = {.config = &config};
	struct err err = {0};
	assert_true(run_readiness_waits(&r));
	run_readiness_add(&r, &(struct trace_port){9090, false});
	assert_int_equal(run_readiness_late(&r, 3, &err), -ERR_UNPROVEN);
	assert_string_equal(err.msg,
			    "the service did not listen on port 80/tcp, 53/udp within 3 s (it listens on: 9090); "
			    "see --ready-timeout");
	run_readiness_done(&r);
	struct oci_image_config none = {0};
	r = (struct run_readiness){.config = &none};
	assert_false(run_readiness_waits(&r));
	assert_int_equal(run_readiness_late(&r, 60, &err), -ERR_UNPROVEN);
	assert_non_null(strstr(err.msg, "any port within 60 s (it listens on: nothing)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ready_when_an_exposed_port_listens),
	    cmocka_unit_test(a_late_service_is_told_what_it_did),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
