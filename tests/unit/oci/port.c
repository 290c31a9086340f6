#include "unit.h"

#include "oci/port.h"

static void texts_and_their_ranges(void **state)
{
	static const struct {
		const char *text;
		struct oci_port_range range;
	} cases[] = {
	    {"80", {80, 80, OCI_PORT_TCP}},
	    {"80/tcp", {80, 80, OCI_PORT_TCP}},
	    {"80/TCP", {80, 80, OCI_PORT_TCP}},
	    {"00080", {80, 80, OCI_PORT_TCP}},
	    {"53/udp", {53, 53, OCI_PORT_UDP}},
	    {"3868/sctp", {3868, 3868, OCI_PORT_SCTP}},
	    {"8000-8010", {8000, 8010, OCI_PORT_TCP}},
	    {"7-7/Udp", {7, 7, OCI_PORT_UDP}},
	    {"1-65535/udp", {1, 65535, OCI_PORT_UDP}},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct oci_port_range r = {0};
		assert_true(oci_port_range_parse(cases[i].text, &r));
		assert_int_equal(r.first, cases[i].range.first);
		assert_int_equal(r.last, cases[i].range.last);
		assert_int_equal(r.protocol, cases[i].range.protocol);
	}
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
	    "",           "0",
	    "65536",      "000080",
	    "/tcp",       "80/",
	    "80/x",       "80/tcpx",
	    "80-",        "80-/tcp",
	    "3-1",        "1-0",
	    "-80",        "+80",
	    " 80",        "80 ",
	    "80:80",      "1-2-3",
	    "http",       "80tcp",
	    "80//",       "80/tcp ",
	    "1 - 2",      "0-5",
	    "4294967376", "99999999999999999999",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct oci_port_range r = {.first = 9};
		assert_false(oci_port_range_parse(bad[i], &r));
		assert_int_equal(r.first, 9);
	}
}

static void a_port_is_written_as_it_is_read(void **state)
{
	char text[OCI_PORT_TEXT];
	assert_string_equal(oci_port_text(&(struct oci_port){.number = 80}, text), "80/tcp");
	assert_string_equal(oci_port_text(&(struct oci_port){.number = 65535, .udp = true}, text), "65535/udp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_and_their_ranges),
	    cmocka_unit_test(anything_else_is_refused),
	    cmocka_unit_test(a_port_is_written_as_it_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
