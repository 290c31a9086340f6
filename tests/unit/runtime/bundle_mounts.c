#include "bundle_fixture.h"

#include "evidence/way.h"
#include "os/privilege.h"
#include "runtime/nodev.h"
#include "text/path.h"

static json_t *mount_of(struct fixture *f, const char *destination)
{
	size_t i;
	json_t *m, *mounts = at(f->spec, "mounts");
	json_array_foreach (mounts, i, m)
		if (strcmp(json_string_value(at(m, "destination")), destination) == 0)
			return m;
	fail_msg("no mount on %s", destination);
	return NULL;
}

/* What is beneath a mount is not what a run finds: evidence knows all of them. */
static void assert_all_known(json_t *mounts)
{
	size_t i;
	json_t *m;
	json_array_foreach (mounts, i, m) {
		bool known = false;
		for (size_t j = 0; j < EVIDENCE_MOUNTS; j++)
			known |= path_is_below(json_string_value(at(m, "destination")), evidence_mount_points[j]);
		assert_true(known);
	}
}

static const char *option_of(struct fixture *f, const char *destination, const char *prefix)
{
	size_t i, j;
	json_t *mount, *option;
	json_array_foreach (at(f->spec, "mounts"), i, mount)
		if (strcmp(json_string_value(json_object_get(mount, "destination")), destination) == 0)
			json_array_foreach (json_object_get(mount, "options"), j, option)
				if (strncmp(json_string_value(option), prefix, strlen(prefix)) == 0)
					return json_string_value(option);
	return NULL;
}

static void mounts(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_int_equal(json_array_size(at(f.spec, "mounts")), privilege_is_full() ? 16 : 10);
	assert_all_known(at(f.spec, "mounts"));
	assert_json(at(mount_of(&f, "/proc"), "options"), "[\"nosuid\",\"noexec\",\"nodev\"]");
	assert_json(at(mount_of(&f, "/dev"), "options"),
		    "[\"nosuid\",\"nodev\",\"strictatime\",\"mode=755\",\"size=65536k\"]");
	assert_true(has_text(at(mount_of(&f, "/sys"), "options"), "ro"));
	assert_true(has_text(at(mount_of(&f, "/sys/fs/cgroup"), "options"), "ro"));
	assert_json(at(mount_of(&f, "/dev/mqueue"), "type"), "\"mqueue\"");
	assert_true(has_text(at(mount_of(&f, "/dev/shm"), "options"), "size=67108864"));
	json_t *hosts = mount_of(&f, "/etc/hosts");
	CLEANUP_FREE char *source = mem_printf("%s/bundle/hosts", f.all.path);
	assert_string_equal(json_string_value(at(hosts, "source")), source);
	assert_json(at(hosts, "options"), "[\"rbind\",\"rprivate\",\"nodev\"]");
	mount_of(&f, "/etc/hostname");
	mount_of(&f, "/etc/resolv.conf");
}

/* The devices that Docker gives are there in a /dev that lets no others be used. */
static void devices(void **state)
{
	if (!privilege_is_full())
		skip();
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	struct runtime_bundle_mount mounts[] = {{S("/dev/zero"), S("/srv/a"), false},
						{S("/dev"), S("/dev"), false},
						{S("/host/tty"), S("/dev/tty"), false}};
	write_one(&f, &(struct runtime_bundle_options){.mounts = mounts, .n_mounts = 3});
	assert_json(mount_of(&f, "/dev/null"),
		    "{\"destination\":\"/dev/null\",\"options\":[\"bind\",\"rprivate\",\"ro\",\"nosuid\",\"noexec\"],"
		    "\"source\":\"/dev/null\",\"type\":\"bind\"}");
	assert_json(at(mount_of(&f, "/srv/a"), "options"), "[\"rbind\",\"rprivate\",\"ro\"]");
	assert_json(at(mount_of(&f, "/dev/tty"), "source"), "\"/host/tty\"");
	json_t *all = at(f.spec, "mounts");
	size_t n = json_array_size(all);
	assert_json(at(json_array_get(all, n - 1), "destination"), "\"/dev/urandom\""); /* behind the user's /dev */
}

static void confinement_by_the_runtime(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	struct runtime crun = {.kind = RUNTIME_CRUN};
	crun.cgroups.why_unusable = "";
	struct runtime_bundle_options o = {.runtime = &crun, .limits = {.pids = 7}};
	write_one(&f, &o);
	assert_json(at(mount_of(&f, "/sys/fs/cgroup"), "type"), "\"tmpfs\"");
	assert_true(has_text(at(mount_of(&f, "/sys/fs/cgroup"), "options"), "ro"));
	assert_json(at(f.spec, "linux.resources.pids"), "{\"limit\":7}");
	assert_null(json_object_get(at(f.spec, "linux"), "cgroupsPath"));
	json_t *hooks = json_object_get(f.spec, "hooks");
	assert_int_equal(hooks != NULL, privilege_is_full());
	if (hooks) {
		json_t *args = at(json_array_get(at(hooks, "createContainer"), 0), "args");
		CLEANUP_FREE char *root = mem_printf("%s/root", f.all.path);
		assert_string_equal(json_string_value(json_array_get(args, 1)), RUNTIME_NODEV_HOOK);
		assert_string_equal(json_string_value(json_array_get(args, 2)), root);
	}
	crun.cgroups = (struct runtime_cgroups){.usable = true, .swap = true, .parent = S("/user")};
	o.limits = (struct runtime_limits){.memory = 1 << 30, .cpu_micros = 50000};
	write_one(&f, &o);
	assert_json(at(mount_of(&f, "/sys/fs/cgroup"), "type"), "\"cgroup\"");
	assert_json(at(f.spec, "linux.cgroupsPath"), "\"/user/0123456789abcdef\"");
	assert_json(at(f.spec, "linux.resources.memory"), "{\"limit\":1073741824,\"swap\":1073741824}");
	assert_json(at(f.spec, "linux.resources.cpu"), "{\"period\":100000,\"quota\":50000}");
}

static void what_the_user_adds(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	struct runtime_bundle_mount mounts[] = {{S("/host/a"), S("/srv/a"), true},
						{S("/host/b"), S("/b"), false},
						{.destination = S("/run"), .tmpfs = S("size=1m,exec")},
						{S("/dev/null"), S("/dev/x"), .device = S("rw")}};
	write_one(&f, &(struct runtime_bundle_options){
			  .hostname = "box", .hosts = LIST(S("10.0.0.7\tdb")), .mounts = mounts, .n_mounts = 4});
	assert_json(mount_of(&f, "/run"), "{\"destination\":\"/run\",\"options\":[\"nosuid\",\"nodev\","
					  "\"size=1m\",\"exec\"],\"source\":\"tmpfs\",\"type\":\"tmpfs\"}");
	assert_json(mount_of(&f, "/dev/x"), "{\"destination\":\"/dev/x\",\"options\":[\"bind\",\"rprivate\",\"ro\","
					    "\"nosuid\",\"noexec\"],\"source\":\"/dev/null\",\"type\":\"bind\"}");
	json_t *allowed = at(f.spec, "linux.resources.devices");
	assert_json(json_array_get(allowed, json_array_size(allowed) - 1),
		    "{\"access\":\"rw\",\"allow\":true,\"major\":1,\"minor\":3,\"type\":\"c\"}");
	assert_json(at(f.spec, "hostname"), "\"box\"");
	assert_string_equal(strlist_get_env(&f.bundle.process.env, "HOSTNAME"), "box");
	assert_json(mount_of(&f, "/srv/a"), "{\"destination\":\"/srv/a\",\"options\":[\"rbind\",\"rprivate\",\"ro\","
					    "\"nodev\"],\"source\":\"/host/a\",\"type\":\"bind\"}");
	assert_json(at(mount_of(&f, "/b"), "options"), "[\"rbind\",\"rprivate\",\"rw\",\"nodev\"]");
	CLEANUP_FREE char *hosts = tree_read(&f.all, "bundle/hosts");
	assert_non_null(strstr(hosts, "\n127.0.0.1\tbox\n10.0.0.7\tdb\n"));
}

static void kernel_parameters_and_memory(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(bare_image);
	char parameter[] = "kernel.msgmax=65536";
	write_one(&f, &(struct runtime_bundle_options){.sysctls = LIST(parameter), .shm_size = 1 << 20});
	assert_string_equal(json_string_value(json_object_get(at(f.spec, "linux.sysctl"), "kernel.msgmax")), "65536");
	assert_string_equal(option_of(&f, "/dev/shm", "size="), "size=1048576");
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_string_equal(option_of(&f, "/dev/shm", "size="), "size=67108864");
}

/* Nodes that the runtime makes in /dev can be used if a cgroup says which. */
static void devices_of_gpus(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(bare_image);
	struct runtime runtime = {.kind = RUNTIME_RUNC};
	write_one(&f, &(struct runtime_bundle_options){.gpus = true, .runtime = &runtime});
	assert_non_null(option_of(&f, "/dev", "nodev"));
	runtime.cgroups.usable = true;
	write_one(&f, &(struct runtime_bundle_options){.runtime = &runtime});
	assert_non_null(option_of(&f, "/dev", "nodev"));
	write_one(&f, &(struct runtime_bundle_options){.gpus = true, .runtime = &runtime});
	assert_null(option_of(&f, "/dev", "nodev"));
	assert_non_null(option_of(&f, "/proc", "nodev"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mounts),
	    cmocka_unit_test(devices),
	    cmocka_unit_test(confinement_by_the_runtime),
	    cmocka_unit_test(what_the_user_adds),
	    cmocka_unit_test(kernel_parameters_and_memory),
	    cmocka_unit_test(devices_of_gpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
