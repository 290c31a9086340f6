#include "bundle_fixture.h"

#include "os/privilege.h"

static bool has_namespace(struct fixture *f, const char *type)
{
	size_t i;
	json_t *n, *all = at(f->spec, "linux.namespaces");
	json_array_foreach (all, i, n)
		if (strcmp(json_string_value(at(n, "type")), type) == 0)
			return true;
	return false;
}

static void private_network(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	mode_t old = umask(0077);
	write_one(&f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_PRIVATE});
	umask(old);
	assert_true(has_namespace(&f, "network"));
	assert_json(at(f.spec, "linux.sysctl"), privilege_is_full()
						    ? "{\"net.ipv4.ip_unprivileged_port_start\":\"0\","
						      "\"net.ipv4.ping_group_range\":\"0 2147483647\"}"
						    : "{\"net.ipv4.ip_unprivileged_port_start\":\"0\"}");
	CLEANUP_FREE char *hosts = tree_read(&f.all, "bundle/hosts"), *name = tree_read(&f.all, "bundle/hostname"),
			  *resolv = tree_read(&f.all, "bundle/resolv.conf");
	assert_int_equal(strncmp(hosts, "127.0.0.1\tlocalhost\n", 20), 0);
	assert_non_null(strstr(hosts, "\n127.0.0.1\t0123456789ab\n"));
	assert_string_equal(name, "0123456789ab\n");
	assert_null(strstr(resolv, "nameserver"));
	struct stat st;
	assert_int_equal(fstatat(f.all.fd, "bundle/hosts", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(fstatat(f.all.fd, "bundle/config.json", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void host_network(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_HOST});
	assert_false(has_namespace(&f, "network"));
	assert_true(has_namespace(&f, "pid"));
	assert_null(json_object_get(at(f.spec, "linux"), "sysctl"));
	CLEANUP_FREE char *resolv = tree_read(&f.all, "bundle/resolv.conf");
	CLEANUP_BUF struct buf host = {0};
	if (fd_read_file(AT_FDCWD, "/etc/resolv.conf", 1 << 20, &host, NULL) == 0 && host.len)
		assert_int_equal(strncmp(resolv, host.data, host.len), 0);
}

static void joined_network(void **state)
{
	char server[] = "10.0.0.53", domain[] = "example.org";
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_JOINED,
						       .network_path = "/run/netns/x",
						       .dns = LIST(server),
						       .dns_search = LIST(domain)});
	CLEANUP_FREE char *spaces = json_dumps(at(f.spec, "linux.namespaces"), JSON_SORT_KEYS | JSON_COMPACT);
	assert_non_null(strstr(spaces, "{\"path\":\"/run/netns/x\",\"type\":\"network\"}"));
	assert_null(json_object_get(at(f.spec, "linux"), "sysctl"));
	CLEANUP_FREE char *resolv = tree_read(&f.all, "bundle/resolv.conf"), *hosts = tree_read(&f.all, "bundle/hosts");
	assert_int_equal(strncmp(resolv, "nameserver 10.0.0.53\nsearch example.org\n", 40), 0);
	assert_null(strstr(resolv + 11, "nameserver"));
	assert_int_equal(strncmp(hosts, "127.0.0.1\tlocalhost\n", 20), 0);
	write_one(&f, &(struct runtime_bundle_options){.dns = LIST(server)});
	CLEANUP_FREE char *own = tree_read(&f.all, "bundle/resolv.conf");
	assert_string_equal(own, "nameserver 10.0.0.53\n");
}

static void a_way_out(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(bare_image);
	write_one(
	    &f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_BRIDGE, .network_path = "/proc/7/ns/net"});
	CLEANUP_FREE char *hosts = tree_read(&f.all, "bundle/hosts"), *resolv = tree_read(&f.all, "bundle/resolv.conf");
	assert_non_null(strstr(hosts, RUNTIME_NETWORK_ADDRESS "\t"));
	assert_non_null(strstr(resolv, "nameserver"));
	assert_non_null(json_object_get(at(f.spec, "linux.sysctl"), "net.ipv4.ip_unprivileged_port_start"));
	write_one(&f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_BRIDGE,
						       .network_path = "/proc/7/ns/net",
						       .hostname = "box",
						       .address = "172.18.0.2"});
	CLEANUP_FREE char *own = tree_read(&f.all, "bundle/hosts");
	assert_non_null(strstr(own, "\n172.18.0.2\tbox\n"));
	assert_null(strstr(own, RUNTIME_NETWORK_ADDRESS));
}

static void seccomp(void **state)
{
	static const char *const names[] = {"openat", "execve", NULL}, *const arches[] = {"SCMP_ARCH_X86_64", NULL};
	struct oci_runtime_spec_seccomp_rule rule = {.names = names, .action = OCI_SECCOMP_TRACE, .errno_ret = 7};
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_null(json_object_get(at(f.spec, "linux"), "seccomp"));
	write_one(&f,
		  &(struct runtime_bundle_options){.seccomp = &rule, .n_seccomp = 1, .seccomp_architectures = arches});
	assert_json(at(f.spec, "linux.seccomp.syscalls"),
		    "[{\"action\":\"SCMP_ACT_TRACE\",\"args\":[],\"errnoRet\":7,\"names\":[\"openat\",\"execve\"]}]");
	assert_json(at(f.spec, "linux.seccomp.architectures"), "[\"SCMP_ARCH_X86_64\"]");
}

/* What a machine has besides, asked for in the container's process and in those that follow. */
static void confined_by_the_machine(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	struct runtime_host host = {.has_cgroup_namespace = true,
				    .apparmor_profile = S("docker-default"),
				    .process_label = S("u:r:process:s0:c1,c2"),
				    .mount_label = S("u:r:file:s0:c1,c2"),
				    .masked = *LIST(S("/sys/throttled"))};
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_false(has_namespace(&f, "cgroup"));
	assert_null(json_object_get(at(f.spec, "process"), "apparmorProfile"));
	assert_null(json_object_get(at(f.spec, "process"), "selinuxLabel"));
	assert_null(json_object_get(at(f.spec, "linux"), "mountLabel"));
	assert_false(has_text(at(f.spec, "linux.maskedPaths"), "/sys/throttled"));
	write_one(&f, &(struct runtime_bundle_options){.host = &host});
	assert_true(has_namespace(&f, "cgroup"));
	assert_json(at(f.spec, "process.apparmorProfile"), "\"docker-default\"");
	assert_json(at(f.spec, "process.selinuxLabel"), "\"u:r:process:s0:c1,c2\"");
	assert_json(at(f.spec, "linux.mountLabel"), "\"u:r:file:s0:c1,c2\"");
	assert_true(has_text(at(f.spec, "linux.maskedPaths"), "/sys/throttled"));
	assert_true(has_text(at(f.spec, "linux.maskedPaths"), "/proc/kcore"));
	assert_string_equal(f.bundle.process.apparmor_profile, "docker-default");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(private_network), cmocka_unit_test(host_network),
	    cmocka_unit_test(joined_network),  cmocka_unit_test(a_way_out),
	    cmocka_unit_test(seccomp),         cmocka_unit_test(confined_by_the_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
