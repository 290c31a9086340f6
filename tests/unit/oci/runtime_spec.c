#include "unit.h"

#include "base/mem.h"
#include "oci/runtime_spec.h"
#include "text/json.h"

static const char *const capabilities[] = {"CAP_CHOWN", "CAP_KILL", NULL};

#define CAPABILITIES "[\"CAP_CHOWN\",\"CAP_KILL\"]"
#define PROCESS                                                                                                        \
	"{\"args\":[\"/p\",\"a b\"],\"capabilities\":{\"bounding\":" CAPABILITIES ",\"effective\":" CAPABILITIES       \
	",\"permitted\":" CAPABILITIES "},\"cwd\":\"/w\",\"env\":[\"A=b\",\"R=\\\\xff\"],\"noNewPrivileges\":false,"   \
	"\"terminal\":false,\"user\":{\"additionalGids\":[9,4294967295],\"gid\":2,\"uid\":1,\"umask\":18}}"
#define DEVICE(major, minor)                                                                                           \
	"{\"access\":\"rwm\",\"allow\":true,\"major\":" major ",\"minor\":" minor ",\"type\":\"c\"}"
#define MASKED                                                                                                         \
	"\"maskedPaths\":[\"/proc/asound\",\"/proc/acpi\",\"/proc/interrupts\",\"/proc/kcore\",\"/proc/keys\",\"/"     \
	"proc/latency_stats\","                                                                                        \
	"\"/proc/timer_list\",\"/proc/timer_stats\",\"/proc/sched_debug\",\"/proc/scsi\",\"/sys/firmware\","           \
	"\"/sys/devices/virtual/powercap\""
#define READONLY "\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]"
#define DEVICES                                                                                                        \
	"\"devices\":[{\"access\":\"rwm\",\"allow\":false}," DEVICE("1", "3") "," DEVICE("1", "5") "," DEVICE(         \
	    "1", "8") "," DEVICE("1", "9") "," DEVICE("5", "0") "," DEVICE("5", "1") "]"
#define RESOURCES "\"resources\":{" DEVICES "}"
#define LIMITED                                                                                                        \
	"\"resources\":{\"cpu\":{\"period\":100000,\"quota\":150000}," DEVICES                                         \
	",\"memory\":{\"limit\":1073741824,\"swap\":1073741824},\"pids\":{\"limit\":100}}"
static void process(struct oci_runtime_spec_process *p)
{
	strlist_add(&p->args, "/p");
	strlist_add(&p->args, "a b");
	strlist_add(&p->env, "A=b");
	strlist_add(&p->env, "R=\xff");
	p->cwd = mem_strdup("/w");
	p->uid = 1;
	p->gid = 2;
	p->umask = 022;
	p->n_groups = 2;
	p->groups = mem_calloc(2, sizeof(*p->groups));
	p->groups[0] = 9;
	p->groups[1] = UINT32_MAX;
	p->capabilities = capabilities;
}

static void process_alone(void **state)
{
	struct oci_runtime_spec_process p = {0};
	CLEANUP_BUF struct buf b = {0};
	process(&p);
	oci_runtime_spec_write_process(&p, &b);
	assert_string_equal(b.data, PROCESS);
	oci_runtime_spec_process_done(&p);
	assert_null(p.cwd);
}

static void process_confined(void **state)
{
	struct oci_runtime_spec_process p = {.apparmor_profile = "docker-default", .selinux_label = "u:r:t:s0:c1,c2"};
	CLEANUP_BUF struct buf b = {0};
	process(&p);
	oci_runtime_spec_write_process(&p, &b);
	assert_memory_equal(b.data, "{\"apparmorProfile\":\"docker-default\",\"args\":", 43);
	assert_non_null(strstr(b.data, ",\"selinuxLabel\":\"u:r:t:s0:c1,c2\",\"terminal\":"));
	oci_runtime_spec_process_done(&p);
}

static void least(void **state)
{
	CLEANUP_OCI_RUNTIME_SPEC struct oci_runtime_spec s = {.rootfs = mem_strdup("/r")};
	CLEANUP_BUF struct buf b = {0};
	process(&s.process);
	oci_runtime_spec_write(&s, &b);
	assert_string_equal(b.data,
			    "{\"linux\":{" MASKED
			    "],\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":"
			    "\"mount\"}]," READONLY "," RESOURCES
			    "},\"mounts\":[],\"ociVersion\":\"1.0.2\",\"process\":" PROCESS
			    ",\"root\":{\"path\":\"/r\",\"readonly\":false}}");
}

static void everything(void **state)
{
	static const char *const open_names[] = {"open", "openat", NULL}, *const clone_names[] = {"clone", NULL};
	static const char *const architectures[] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", NULL};
	char a[] = "/sys/a", b_path[] = "/sys/b", *paths[] = {a, b_path, NULL};
	const struct strlist masked = {.items = paths, .count = 2};
	const struct oci_runtime_spec_seccomp_rule rules[] = {
	    {.names = open_names, .action = OCI_SECCOMP_TRACE, .errno_ret = 5},
	    {.names = clone_names,
	     .action = OCI_SECCOMP_ERRNO,
	     .errno_ret = 38,
	     .n_args = 2,
	     .args = {{1, 0x7e020000, 0x20000}, {0, 0x80000000, 0}}},
	};
	CLEANUP_OCI_RUNTIME_SPEC struct oci_runtime_spec s = {
	    .rootfs = mem_strdup("/r"),
	    .rootfs_readonly = true,
	    .hostname = mem_strdup("h"),
	    .cgroups_path = mem_strdup("/c"),
	    .masked = &masked,
	    .mount_label = "u:r:t:s0:c1,c2",
	    .new_cgroup = true,
	    .new_network = true,
	    .anyone_pings = true,
	    .n_mounts = 2,
	    .seccomp_default = OCI_SECCOMP_TRACE,
	    .seccomp_default_errno = 9,
	    .seccomp = mem_dup(rules, sizeof(rules)),
	    .n_seccomp = 2,
	    .seccomp_architectures = architectures,
	    .limits = {.memory = 1u << 30, .no_swap = true, .pids = 100, .cpu_quota = 150000, .cpu_period = 100000},
	};
	strlist_add(&s.hook, "/hook");
	strlist_add(&s.hook, "x");
	s.mounts = mem_calloc(2, sizeof(*s.mounts));
	s.mounts[0].destination = mem_strdup("/proc");
	s.mounts[0].type = mem_strdup("proc");
	s.mounts[0].source = mem_strdup("proc");
	s.mounts[1].destination = mem_strdup("/etc/hosts");
	s.mounts[1].source = mem_strdup("/b/hosts");
	strlist_add(&s.mounts[1].options, "bind");
	strlist_add(&s.mounts[1].options, "ro");
	process(&s.process);
	CLEANUP_BUF struct buf b = {0};
	oci_runtime_spec_write(&s, &b);
	assert_string_equal(
	    b.data,
	    "{\"hooks\":{\"createContainer\":[{\"args\":[\"/hook\",\"x\"],\"path\":\"/hook\"}]},"
	    "\"hostname\":\"h\",\"linux\":{\"cgroupsPath\":\"/c\"," MASKED ",\"/sys/a\",\"/sys/"
	    "b\"],\"mountLabel\":\"u:r:t:s0:c1,c2\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":"
	    "\"uts\"},{\"type\":\"mount\"},{\"type\":"
	    "\"network\"},{\"type\":\"cgroup\"}]," READONLY "," LIMITED
	    ",\"seccomp\":{\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_"
	    "X86\"],\"defaultAction\":\"SCMP_ACT_TRACE\",\"defaultErrnoRet\":9,"
	    "\"syscalls\":[{\"action\":\"SCMP_ACT_TRACE\",\"args\":[],\"errnoRet\":5,\"names\":[\"open\",\"openat\"]},"
	    "{\"action\":\"SCMP_ACT_ERRNO\","
	    "\"args\":[{\"index\":1,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":2114060288,\"valueTwo\":131072},"
	    "{\"index\":0,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":2147483648,\"valueTwo\":0}],"
	    "\"errnoRet\":38,"
	    "\"names\":[\"clone\"]}]},\"sysctl\":{\"net.ipv4.ip_unprivileged_port_start\":\"0\","
	    "\"net.ipv4.ping_group_range\":\"0 2147483647\"}},"
	    "\"mounts\":[{\"destination\":\"/proc\",\"options\":[],\"source\":\"proc\",\"type\":\"proc\"},"
	    "{\"destination\":\"/etc/hosts\",\"options\":[\"bind\",\"ro\"],\"source\":\"/b/hosts\"}],"
	    "\"ociVersion\":\"1.0.2\",\"process\":" PROCESS ",\"root\":{\"path\":\"/r\",\"readonly\":true}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(process_alone),
	    cmocka_unit_test(process_confined),
	    cmocka_unit_test(least),
	    cmocka_unit_test(everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
