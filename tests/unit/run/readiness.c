#include "unit.h"

#include "base/mem.h"
#include "run/readiness.h"

/* exposed, opened: "80", "53u", separated by spaces. */
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

static void add_all(struct run_readiness *r, const char *opened)
{
	struct oci_port open[8];
	size_t n = ports_of(opened, open);
	for (size_t i = 0; i < n; i++)
		run_readiness_add(r, &(struct trace_port){open[i].number, open[i].udp});
}

static void ready_one(const char *exposed, bool needs_port, const char *opened, enum run_ports want,
		      const char *exercise)
{
	struct oci_port ports[8], expected[8];
	struct oci_image_config config = {.ports = ports, .n_ports = ports_of(exposed, ports)};
	struct run_readiness r = {.config = &config, .needs_port = needs_port};
	size_t n;
	add_all(&r, opened);
	assert_int_equal(run_readiness_reached(&r), want);
	CLEANUP_FREE struct oci_port *targets = run_readiness_ports(&r, &n);
	assert_int_equal(n, ports_of(exercise, expected));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(targets[i].number, expected[i].number);
	run_readiness_done(&r);
}

static void ready_when_an_exposed_port_listens(void **state)
{
	ready_one("80", false, "", RUN_PORTS_NONE, "");
	ready_one("80", false, "80", RUN_PORTS_ALL, "80");
	ready_one("80", false, "8125 80 80", RUN_PORTS_ALL, "80 8125");
	ready_one("80", false, "9090", RUN_PORTS_OTHER, "9090");
	ready_one("80 443", false, "443", RUN_PORTS_SOME, "443");
	ready_one("80 443", false, "443 80", RUN_PORTS_ALL, "443 80");
	ready_one("53u 53", false, "53u", RUN_PORTS_NONE, "");
	ready_one("53u 53", false, "53u 53", RUN_PORTS_ALL, "53");
	ready_one("53u", false, "5353u", RUN_PORTS_NONE, "");
	ready_one("53u", false, "53u", RUN_PORTS_ALL, "");
	ready_one("53u", false, "8080", RUN_PORTS_OTHER, "8080");
	ready_one("", true, "", RUN_PORTS_NONE, "");
	ready_one("", true, "5000", RUN_PORTS_ALL, "5000");
	ready_one("", false, "5000", RUN_PORTS_OTHER, "5000");
}

static void no_other_port_will_do(void **state)
{
	struct oci_port port = {.number = 80};
	struct oci_image_config config = {.ports = &port, .n_ports = 1};
	struct run_readiness r = {.config = &config, .is_strict = true};
	add_all(&r, "9090");
	assert_int_equal(run_readiness_reached(&r), RUN_PORTS_NONE);
	add_all(&r, "80");
	assert_int_equal(run_readiness_reached(&r), RUN_PORTS_ALL);
	run_readiness_done(&r);
}

static void dynamic_ports_are_the_last_choice(void **state)
{
	ready_one("80", false, "80 45000 8125", RUN_PORTS_ALL, "80 8125");
	ready_one("80", false, "45000 8125", RUN_PORTS_OTHER, "8125");
	ready_one("80", false, "45000", RUN_PORTS_OTHER, "45000");
	ready_one("50000", false, "50000", RUN_PORTS_ALL, "50000");
	assert_false(run_readiness_is_dynamic(32767));
	assert_true(run_readiness_is_dynamic(32768));
	assert_true(run_readiness_is_dynamic(60999));
	assert_false(run_readiness_is_dynamic(61000));
}

/* The image exposes 80; named: what --ready names. */
static void asked_one(const char *named, bool any, const char *opened, bool waits, enum run_ports want)
{
	struct oci_port port = {.number = 80}, list[8];
	uint16_t numbers[8];
	struct oci_image_config config = {.ports = &port, .n_ports = 1};
	struct run_ready ready = {.asked = true, .any_port = any, .ports = numbers, .n_ports = ports_of(named, list)};
	struct run_readiness r = {.config = &config, .ready = &ready, .needs_port = true};
	for (size_t i = 0; i < ready.n_ports; i++)
		numbers[i] = list[i].number;
	add_all(&r, opened);
	assert_int_equal(run_readiness_waits(&r), waits);
	assert_int_equal(run_readiness_reached(&r), want);
	run_readiness_done(&r);
}

static void what_the_user_names_counts(void **state)
{
	asked_one("8080", false, "80", true, RUN_PORTS_NONE);
	asked_one("8080", false, "8080", true, RUN_PORTS_ALL);
	asked_one("8080 9090", false, "8080", true, RUN_PORTS_NONE);
	asked_one("8080 9090", false, "9090 8080", true, RUN_PORTS_ALL);
	asked_one("", true, "", true, RUN_PORTS_NONE);
	asked_one("", true, "80", true, RUN_PORTS_ALL);
	asked_one("", true, "8080", true, RUN_PORTS_OTHER);
	asked_one("8080", true, "8080", true, RUN_PORTS_OTHER);
	asked_one("8080", true, "80", true, RUN_PORTS_NONE);
	asked_one("", false, "", false, RUN_PORTS_ALL);
}

static void remark_one(const char *exposed, const char *opened, const char *want)
{
	struct oci_port ports[8];
	struct oci_image_config config = {.ports = ports, .n_ports = ports_of(exposed, ports)};
	struct run_readiness r = {.config = &config};
	add_all(&r, opened);
	CLEANUP_FREE char *got = run_readiness_remark(&r);
	if (!want)
		assert_null(got);
	else
		assert_string_equal(got ? got : "nothing", want);
	run_readiness_done(&r);
}

static void surprising_ports_are_told(void **state)
{
	remark_one("80", "80", NULL);
	remark_one("80", "80 45000", NULL);
	remark_one("80", "", NULL);
	remark_one("80", "80 8125",
		   "the service listens on port 8125/tcp, which the image does not expose: it was driven there, too");
	remark_one("80 443 53u", "8080 8443",
		   "the service listens on port 8080/tcp, 8443/tcp, which the image does not expose: it was driven "
		   "there, as nothing listens on the exposed port 80/tcp, 443/tcp");
	remark_one("", "5000",
		   "the service listens on port 5000/tcp, which the image does not expose: it was driven there");
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
	r.needs_port = true;
	assert_int_equal(run_readiness_late(&r, 60, &err), -ERR_UNPROVEN);
	assert_non_null(strstr(err.msg, "any port within 60 s (it listens on: nothing)"));
}

static void what_it_never_printed_is_told(void **state)
{
	CLEANUP_STRLIST struct strlist prints = {0};
	CLEANUP_BUF struct buf wanted = {0};
	const uint16_t port = 8080;
	struct run_ready ready = {.asked = true, .ports = &port, .n_ports = 1, .prints = &prints};
	struct oci_image_config none = {0};
	struct run_readiness r = {.config = &none, .ready = &ready};
	struct err err = {0};
	strlist_add(&prints, "^started$");
	run_readiness_wanted(&r, &wanted);
	assert_string_equal(wanted.data, "listened on port 8080/tcp and printed a line that matches `^started$`");
	run_readiness_add(&r, &(struct trace_port){8080, false});
	assert_int_equal(run_readiness_late(&r, 2, &err), -ERR_UNPROVEN);
	assert_non_null(strstr(err.msg, "not ready within 2 s: it never listened on port 8080/tcp and printed a line"));
	run_readiness_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ready_when_an_exposed_port_listens), cmocka_unit_test(no_other_port_will_do),
	    cmocka_unit_test(dynamic_ports_are_the_last_choice),  cmocka_unit_test(what_the_user_names_counts),
	    cmocka_unit_test(surprising_ports_are_told),          cmocka_unit_test(a_late_service_is_told_what_it_did),
	    cmocka_unit_test(what_it_never_printed_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
