#include "unit.h"

#include <stdlib.h>

#include "cmd/options/network_flags.h"

/* What the flags become: "NETWORK PATH; hosts; ports", or the error. */
static void use_one(const struct network_flags *f, const char *want)
{
	CLEANUP_STRLIST struct strlist hosts = {0};
	CLEANUP_BUF struct buf got = {0};
	struct run_options run = {0};
	struct run_bridge_port *published = NULL;
	struct oci_port *ports = NULL;
	struct err err = {0};
	size_t n = 0;
	if (network_flags_use(f, &hosts, &ports, &n, &published, &run, &err) < 0) {
		if (!strstr(err.msg, want))
			fail_msg("%s, not %s", err.msg, want);
	} else {
		buf_printf(&got, "%d %s;", run.bundle.network, run.bundle.network_path ? run.bundle.network_path : "");
		for (size_t i = 0; i < hosts.count; i++)
			buf_printf(&got, " %s", hosts.items[i]);
		buf_char(&got, ';');
		for (size_t i = 0; i < n; i++)
			buf_printf(&got, " %u%s", ports[i].number, ports[i].udp ? "u" : "");
		assert_string_equal(got.data, want);
	}
	free(ports);
	free(published);
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
	network_one("ns:self", "ns:/PATH");
	network_one("mine", "not \"mine\"");
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
	flags_one("none", "host", "me:host-gateway", "does not reach other machines");
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
	flags_one("mine", "publish", "80", "not \"mine\"");
}

/* Whether the programs are installed makes no difference here. */
static void with_a_way_out(void **state)
{
	CLEANUP_FREE char *before = mem_strdup(getenv("PATH"));
	char dir[] = "/tmp/slim-test-XXXXXX";
	assert_non_null(mkdtemp(dir));
	CLEANUP_FREE char *program = mem_printf("%s/slirp4netns", dir);
	setenv("PATH", "/nonexistent", 1);
	network_one("bridge", "slirp4netns");
	network_one("pasta", "package passt");
	flags_one(NULL, "publish", "8080:80", "0 ;; 80");
	setenv("PATH", dir, 1);
	assert_int_equal(symlink("/bin/true", program), 0);
	network_one("bridge", "3 ;;");
	network_one("default", "3 ;;");
	network_one("slirp4netns", "3 ;;");
	flags_one(NULL, "publish", "8080:80", "3 ;; 80");
	flags_one(NULL, "publish", "[::1]:8080:80", "IPv4");
	flags_one(NULL, "dns", "10.0.0.7", "0 ;;");
	setenv("PATH", before, 1);
	unlink(program);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(networks),
	    cmocka_unit_test(as_docker_run_has_them),
	    cmocka_unit_test(with_a_way_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
