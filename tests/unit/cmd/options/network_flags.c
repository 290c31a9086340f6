#include "unit.h"

#include <stdlib.h>

#include "cmd/options/network_flags.h"

/* What the flags become: "NETWORK PATH; hosts; ports", or the error. */
static void use_one(const struct network_flags *f, const char *want)
{
	CLEANUP_STRLIST struct strlist hosts = {0};
	CLEANUP_BUF struct buf got = {0};
	struct runtime_bundle_options o = {0};
	struct oci_port *ports = NULL;
	struct err err = {0};
	size_t n = 0;
	if (network_flags_use(f, &hosts, &ports, &n, &o, &err) < 0) {
		if (!strstr(err.msg, want))
			fail_msg("%s, not %s", err.msg, want);
	} else {
		buf_printf(&got, "%d %s;", o.network, o.network_path ? o.network_path : "");
		for (size_t i = 0; i < hosts.count; i++)
			buf_printf(&got, " %s", hosts.items[i]);
		buf_char(&got, ';');
		for (size_t i = 0; i < n; i++)
			buf_printf(&got, " %u%s", ports[i].number, ports[i].udp ? "u" : "");
		assert_string_equal(got.data, want);
	}
	free(ports);
}

static void network_one(const char *network, const char *want)
{
	use_one(&(struct network_flags){.network = network}, want);
}

static void networks(void **state)
{
	network_one("private", "0 ;;");
	network_one("none", "0 ;;");
	network_one("host", "1 ;;");
	network_one("ns:/proc/self/ns/net", "2 /proc/self/ns/net;;");
	network_one("ns:/nonexistent", "--network ns:/nonexistent: No such file");
	network_one("ns:self", "absolute path");
	network_one("bridge", "not \"bridge\"");
	network_one("", "not \"\"");
}

static void flags_one(const char *network, const char *member, const char *value, const char *want)
{
	struct network_flags f = {0};
	network_flags_init(&f);
	f.network = network;
	strlist_add(strcmp(member, "host") == 0     ? &f.hosts
		    : strcmp(member, "dns") == 0    ? &f.dns
		    : strcmp(member, "search") == 0 ? &f.dns_search
						    : &f.publish,
		    value);
	use_one(&f, want);
	network_flags_done(&f);
}

static void as_docker_run_has_them(void **state)
{
	flags_one("none", "host", "db:10.0.0.7", "0 ; 10.0.0.7\tdb;");
	flags_one("none", "host", "db=::1", "0 ; ::1\tdb;");
	flags_one("none", "host", "db:[::1]", "0 ; ::1\tdb;");
	flags_one("none", "host", "db:fd00::7", "0 ; fd00::7\tdb;");
	flags_one("host", "host", "me:host-gateway", "1 ; 127.0.0.1\tme;");
	flags_one("none", "host", "me:host-gateway", "no gateway");
	flags_one("none", "host", "db", "NAME:ADDRESS");
	flags_one("none", "host", ":10.0.0.7", "NAME:ADDRESS");
	flags_one("none", "host", "db:", "NAME:ADDRESS");
	flags_one("none", "host", "a\nb:10.0.0.7", "NAME:ADDRESS");
	flags_one("none", "dns", "10.0.0.7", "0 ;;");
	flags_one("none", "dns", "10.0.0.7\nsearch x", "--dns takes");
	flags_one("none", "search", "example.org", "0 ;;");
	flags_one("none", "search", "a b", "--dns-search takes");
	flags_one("none", "publish", "8080:80", "0 ;; 80");
	flags_one("none", "publish", "127.0.0.1::53/udp", "0 ;; 53u");
	flags_one("none", "publish", "[::1]:80:8000-8001", "0 ;; 8000 8001");
	flags_one("none", "publish", "80:", "--publish takes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(networks),
	    cmocka_unit_test(as_docker_run_has_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
