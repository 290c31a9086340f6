#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/options/http_flags.h"

static void parse_one(const struct http_flags *f, const char *message)
{
	struct probe_http_options o = {0};
	struct oci_port *expose = NULL;
	size_t n_expose = 0;
	struct err err = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script script = {0};
	int r = http_flags_parse(f, &o, &expose, &n_expose, &err);
	if (r == 0)
		r = http_flags_script(f, &script, &err);
	assert_int_equal(r, message ? -ERR_INVAL : 0);
	assert_int_equal(o.max_depth, f->options.max_depth);
	assert_int_equal(o.max_pages, f->options.max_pages);
	assert_int_equal(o.crawl, f->options.crawl);
	assert_int_equal(o.wait_ms, f->wait * 1000);
	assert_int_equal(o.timeout_ms, f->timeout * 1000);
	if (message)
		assert_non_null(strstr(err.msg, message));
	else
		assert_true(script.count == f->requests.count && o.n_ports == n_expose);
	for (size_t i = 0; !message && i < n_expose; i++)
		assert_int_equal(o.ports[i], expose[i].number);
	free(expose);
	probe_http_options_done(&o);
}

static void defaults_are_the_probes(void **state)
{
	struct http_flags f = {0};
	struct probe_http_options o;
	http_flags_init(&f);
	probe_http_options_init(&o);
	assert_int_equal(f.options.max_depth, o.max_depth);
	assert_int_equal(f.options.max_pages, o.max_pages);
	assert_int_equal(f.timeout * 1000, o.timeout_ms);
	assert_true(f.probe == OPTION_UNSET && f.options.crawl && http_flags_probe(&f, false));
	parse_one(&f, NULL);
	http_flags_done(&f);
}

static void zeros_stay(void **state)
{
	struct http_flags f = {.probe = OPTION_YES, .wait = 2, .timeout = 3};
	strlist_add(&f.requests, "crawl:/");
	parse_one(&f, NULL); /* depth 0, pages 0 */
	http_flags_done(&f);
}

static void ports_and_requests(void **state)
{
	struct http_flags f = {.ports = "81,80"};
	http_flags_init(&f);
	f.probe = OPTION_NO;
	assert_false(http_flags_probe(&f, false));
	strlist_add(&f.requests, "HEAD:/a");
	assert_true(http_flags_probe(&f, true));
	parse_one(&f, NULL);
	f.ports = "81,x";
	parse_one(&f, "http-probe-ports");
	f.ports = "53/udp";
	parse_one(&f, "http-probe-ports 53/udp");
	f.ports = NULL;
	strlist_add(&f.requests, "b");
	parse_one(&f, "--http-probe-cmd");
	f.timeout = 0;
	parse_one(&f, "--http-probe-client-timeout");
	http_flags_done(&f);
}

/* What is expected: "sent answered BELOW". */
static void expect_one(const struct http_flags *f, bool named, bool driven, const char *want)
{
	struct run_expectation e = {0};
	char got[64];
	http_flags_expect(f, named, driven, &e);
	snprintf(got, sizeof(got), "%s%s%d", e.http_sent ? "sent " : "", e.http_answered ? "answered " : "",
		 e.http_below);
	assert_string_equal(got, want);
}

static void what_answers_are_expected(void **state)
{
	struct http_flags f = {0};
	expect_one(&f, false, false, "500");
	expect_one(&f, false, true, "0");
	f.probe = OPTION_YES;
	expect_one(&f, false, true, "answered 500");
	f.must_answer = OPTION_YES;
	expect_one(&f, false, false, "sent answered 500");
	f.must_answer = OPTION_NO;
	expect_one(&f, false, false, "0");
	f = (struct http_flags){.probe = OPTION_NO};
	expect_one(&f, false, false, "0");
	expect_one(&f, true, true, "sent answered 400"); /* named, so that it is sent and counts */
	f.must_answer = OPTION_NO;
	expect_one(&f, true, false, "0");
	http_flags_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_are_the_probes),
	    cmocka_unit_test(zeros_stay),
	    cmocka_unit_test(ports_and_requests),
	    cmocka_unit_test(what_answers_are_expected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
