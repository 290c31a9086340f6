#include "runtime/tree.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "evidence/way.h"
#include "os/privilege.h"
#include "runtime/bundle.h"
#include "runtime/process.h"
#include "runtime/nodev.h"
#include "text/json.h"
#include "text/path.h"

static const char image[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"config\":{"
    "\"User\":\"app\",\"Env\":[\"LANG=C\",\"PATH=/app/bin\",\"BARE\",\"A=1=2\"],\"Entrypoint\":[\"/entry\",\"-e\"],"
    "\"Cmd\":[\"serve\",\"--all\"],\"WorkingDir\":\"/srv/app\",\"Volumes\":{\"/data\":{},\"/logs/today\":{}}}}";
static const char bare_image[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
    "\"config\":{\"Cmd\":[\"/app\"]}}";

/* root/ with users, bundle/ beside it; what runtime_bundle_write makes of a config there. */
struct fixture {
	struct tree all, root;
	struct oci_image_config config;
	struct runtime_bundle bundle;
	json_t *spec;
};

static struct fixture fixture_new(const char *config)
{
	struct fixture f = {.all = tree_new()};
	tree_mkdir(&f.all, "bundle");
	tree_mkdir(&f.all, "outside");
	tree_file(&f.all, "root/etc/passwd", "root:x:0:0::/root:\napp:x:1000:1001::/home/app:\n");
	tree_file(&f.all, "root/etc/group", "app:x:1001:\nvideo:x:44:app\n");
	f.root.fd = openat(f.all.fd, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(oci_image_config_parse(config, strlen(config), &f.config, NULL), 0);
	return f;
}

static void fixture_done(struct fixture *f)
{
	assert_int_equal(unlinkat(f->all.fd, "outside", AT_REMOVEDIR), 0); /* nothing was created in it */
	runtime_bundle_done(&f->bundle);
	json_decref(f->spec);
	oci_image_config_done(&f->config);
	close(f->root.fd);
	tree_done(&f->all);
}
#define CLEANUP_FIXTURE CLEANUP(fixture_done)

static int try_write(struct fixture *f, const struct runtime_bundle_options *options, struct err *err)
{
	CLEANUP_FREE char *dir = mem_printf("%s/bundle", f->all.path), *root = mem_printf("%s/root", f->all.path);
	runtime_bundle_done(&f->bundle);
	json_decref(f->spec);
	f->spec = NULL;
	return runtime_bundle_write(dir, root, f->root.fd, "0123456789abcdef", &f->config, options, &f->bundle, err);
}

static void write_one(struct fixture *f, const struct runtime_bundle_options *options)
{
	struct err err = {0};
	if (try_write(f, options, &err) < 0)
		fail_msg("%s", err.msg);
	CLEANUP_FREE char *text = tree_read(&f->all, "bundle/config.json");
	if (json_parse_object(text, strlen(text), LIMIT_CONFIG, "config.json", &f->spec, &err) < 0)
		fail_msg("%s", err.msg);
}

/* The value at a path like "process.user.uid" or "linux.namespaces"; fails the test if absent. */
static json_t *at(json_t *v, const char *path)
{
	CLEANUP_FREE char *copy = mem_strdup(path);
	for (char *save, *key = strtok_r(copy, ".", &save); key; key = strtok_r(NULL, ".", &save)) {
		v = json_object_get(v, key);
		if (!v)
			fail_msg("no %s in %s", key, path);
	}
	return v;
}

static void assert_json(json_t *v, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	if (json_is_object(v) || json_is_array(v)) {
		json_write(v, &b);
	} else {
		char *s = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_str(&b, s);
		free(s);
	}
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	assert_string_equal(b.data, expected);
}

static void process_of_the_image(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_json(at(f.spec, "process.args"), "[\"/entry\",\"-e\",\"serve\",\"--all\"]");
	assert_json(at(f.spec, "process.env"), "[\"PATH=/app/bin\",\"HOSTNAME=0123456789ab\",\"LANG=C\",\"A=1=2\","
					       "\"HOME=/home/app\"]");
	assert_json(at(f.spec, "process.cwd"), "\"/srv/app\"");
	assert_json(at(f.spec, "process.user"),
		    "{\"additionalGids\":[1001,44],\"gid\":1001,\"uid\":1000,\"umask\":18}");
	assert_json(at(f.spec, "process.terminal"), "false");
	assert_json(at(f.spec, "process.noNewPrivileges"), "false");
	assert_json(at(f.spec, "hostname"), "\"0123456789ab\"");
	assert_json(at(f.spec, "root.readonly"), "false");
	CLEANUP_FREE char *root = mem_printf("%s/root", f.all.path);
	assert_string_equal(json_string_value(at(f.spec, "root.path")), root);
}

static void process_of_an_empty_config(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(bare_image);
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_json(at(f.spec, "process.args"), "[\"/app\"]");
	assert_json(at(f.spec, "process.env"), "[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\","
					       "\"HOSTNAME=0123456789ab\",\"HOME=/root\"]");
	assert_json(at(f.spec, "process.cwd"), "\"/\"");
	assert_json(at(f.spec, "process.user"), "{\"additionalGids\":[0],\"gid\":0,\"uid\":0,\"umask\":18}");
}

#define LIST(...)                                                                                                      \
	(&(struct strlist){.items = (char *[]){__VA_ARGS__, NULL},                                                     \
			   .count = sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)})
#define S(text) ((char[]){text})

static void command_overrides(void **state)
{
	static const struct strlist none = {0};
	const struct {
		const char *config;
		const struct strlist *entrypoint, *cmd;
		const char *args; /* NULL = refused */
	} cases[] = {
	    {image, NULL, NULL, "[\"/entry\",\"-e\",\"serve\",\"--all\"]"},
	    {image, NULL, LIST(S("x")), "[\"/entry\",\"-e\",\"x\"]"},
	    {image, NULL, &none, "[\"/entry\",\"-e\"]"},
	    {image, LIST(S("/other")), NULL, "[\"/other\"]"},
	    {image, LIST(S("/other")), LIST(S("a"), S("b")), "[\"/other\",\"a\",\"b\"]"},
	    {image, LIST(S("")), LIST(S("/bin/sh")), "[\"/bin/sh\"]"},
	    {image, &none, LIST(S("/bin/sh")), "[\"/bin/sh\"]"},
	    {image, LIST(S("")), NULL, NULL},
	    {bare_image, NULL, LIST(S("/bin/ls"), S("")), "[\"/bin/ls\",\"\"]"},
	    {bare_image, NULL, &none, NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_FIXTURE struct fixture f = fixture_new(cases[i].config);
		struct runtime_bundle_options o = {.entrypoint = cases[i].entrypoint, .cmd = cases[i].cmd};
		if (cases[i].args) {
			write_one(&f, &o);
			assert_json(at(f.spec, "process.args"), cases[i].args);
		} else {
			assert_int_equal(try_write(&f, &o, NULL), -ERR_INVAL);
		}
	}
}

static void env_overrides(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	setenv("SLIM_TEST_OWN", "own value", 1);
	unsetenv("LANG");
	struct runtime_bundle_options o = {
	    .env = LIST(S("A=new"), S("SLIM_TEST_OWN"), S("LANG"), S("HOME=/elsewhere"), S("NEW="), S("PATHX=1"))};
	write_one(&f, &o);
	assert_json(at(f.spec, "process.env"),
		    "[\"PATH=/app/bin\",\"HOSTNAME=0123456789ab\",\"A=new\",\"SLIM_TEST_OWN=own value\","
		    "\"HOME=/elsewhere\",\"NEW=\",\"PATHX=1\"]");
	o = (struct runtime_bundle_options){.env = LIST(S("HOSTNAME=h"), S("HOME="))};
	write_one(&f, &o);
	assert_json(at(f.spec, "process.env"),
		    "[\"PATH=/app/bin\",\"HOSTNAME=h\",\"LANG=C\",\"A=1=2\",\"HOME=/home/app\"]");
}

static void user_and_directory_overrides(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){.user = "0:video", .working_dir = "/made/here"});
	assert_json(at(f.spec, "process.user"), "{\"additionalGids\":[44],\"gid\":44,\"uid\":0,\"umask\":18}");
	assert_json(at(f.spec, "process.cwd"), "\"/made/here\"");
	assert_true(tree_has(&f.root, "made/here"));
	assert_false(tree_has(&f.root, "srv/app"));
	assert_int_equal(try_write(&f, &(struct runtime_bundle_options){.user = "nobody"}, NULL), -ERR_NOTFOUND);
	assert_int_equal(try_write(&f, &(struct runtime_bundle_options){.working_dir = "rel"}, NULL), -ERR_INVAL);
	write_one(&f, &(struct runtime_bundle_options){.working_dir = ""});
	assert_json(at(f.spec, "process.cwd"), "\"/\"");
}

static bool has_text(json_t *array, const char *s)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (strcmp(json_string_value(json_array_get(array, i)), s) == 0)
			return true;
	return false;
}

static void capabilities(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	json_t *caps = at(f.spec, "process.capabilities");
	json_t *bounding = at(caps, "bounding");
	assert_true(json_equal(bounding, at(caps, "effective")) && json_equal(bounding, at(caps, "permitted")));
	assert_null(json_object_get(caps, "ambient"));
	assert_int_equal(json_array_size(json_object_get(caps, "inheritable")), 0);
	assert_false(has_text(bounding, "CAP_SYS_ADMIN"));
	assert_int_equal(has_text(bounding, "CAP_NET_RAW"), geteuid() == 0 && prctl(PR_CAPBSET_READ, 13));
}

/* A process that lacks one must not ask for it. */
static void capabilities_that_we_lack(void **state)
{
	if (geteuid() != 0 || prctl(PR_CAPBSET_READ, 13) != 1)
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		struct fixture f = fixture_new(image);
		bool ok = prctl(PR_CAPBSET_DROP, 13) == 0;
		write_one(&f, &(struct runtime_bundle_options){0});
		json_t *bounding = at(f.spec, "process.capabilities.bounding");
		ok &= !has_text(bounding, "CAP_NET_RAW") && has_text(bounding, "CAP_CHOWN");
		fixture_done(&f);
		_exit(!ok);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

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

static bool has_namespace(struct fixture *f, const char *type)
{
	size_t i;
	json_t *n, *all = at(f->spec, "linux.namespaces");
	json_array_foreach (all, i, n)
		if (strcmp(json_string_value(at(n, "type")), type) == 0)
			return true;
	return false;
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

static void more_capabilities(void **state)
{
	assert_string_equal(runtime_process_capability("net_admin"), "CAP_NET_ADMIN");
	assert_string_equal(runtime_process_capability("CAP_SYS_PTRACE"), "CAP_SYS_PTRACE");
	assert_string_equal(runtime_process_capability("all"), "ALL");
	assert_null(runtime_process_capability("CAP_"));
	assert_null(runtime_process_capability("EVERYTHING"));
	char name[] = "CAP_NET_ADMIN", all[] = "ALL";
	CLEANUP_FREE const char **usual = runtime_process_capabilities(NULL, NULL),
				**more = runtime_process_capabilities(LIST(name), NULL),
				**most = runtime_process_capabilities(LIST(all), NULL);
	size_t n[3] = {0};
	while (usual[n[0]])
		n[0]++;
	while (more[n[1]])
		n[1]++;
	while (most[n[2]])
		n[2]++;
	assert_true(n[0] <= n[1] && n[1] <= n[2]);
	char chown[] = "CAP_CHOWN";
	CLEANUP_FREE const char **none = runtime_process_capabilities(NULL, LIST(all)),
				**one = runtime_process_capabilities(LIST(chown), LIST(all)),
				**less = runtime_process_capabilities(NULL, LIST(chown)),
				**but = runtime_process_capabilities(LIST(all), LIST(chown));
	assert_null(none[0]);
	assert_true(!one[0] || (strcmp(one[0], chown) == 0 && !one[1]));
	for (size_t i = 0; less[i]; i++)
		assert_string_not_equal(less[i], chown);
	for (size_t i = 0; but[i]; i++)
		assert_string_not_equal(but[i], chown);
	assert_int_equal(runtime_process_has(most, LIST(all), NULL), 0);
	struct err err = {0};
	assert_int_equal(runtime_process_has(usual, LIST(name), &err), -ERR_DENIED);
	assert_int_equal(runtime_process_has(more, LIST(name), &err), n[1] > n[0] ? 0 : -ERR_DENIED);
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

static void a_way_out(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(bare_image);
	write_one(
	    &f, &(struct runtime_bundle_options){.network = RUNTIME_NETWORK_BRIDGE, .network_path = "/proc/7/ns/net"});
	CLEANUP_FREE char *hosts = tree_read(&f.all, "bundle/hosts"), *resolv = tree_read(&f.all, "bundle/resolv.conf");
	assert_non_null(strstr(hosts, RUNTIME_NETWORK_ADDRESS "\t"));
	assert_non_null(strstr(resolv, "nameserver"));
	assert_non_null(json_object_get(at(f.spec, "linux.sysctl"), "net.ipv4.ip_unprivileged_port_start"));
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

static void directories(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_true(tree_has(&f.root, "srv/app") && tree_has(&f.root, "data") && tree_has(&f.root, "logs/today"));
	assert_true(tree_has(&f.root, ".dockerenv") && tree_has(&f.root, "etc/mtab"));
}

static void hostile_directories(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	CLEANUP_FREE char *outside = mem_printf("%s/outside", f.all.path);
	tree_symlink(&f.root, outside, "srv");
	tree_symlink(&f.root, "../../../../../../../..", "logs");
	write_one(&f, &(struct runtime_bundle_options){0});
	assert_true(tree_has(&f.root, "today"));
	CLEANUP_FREE char *made = mem_printf("%s/app", outside + 1);
	assert_true(tree_has(&f.root, made));
	tree_file(&f.root, "file", "");
	assert_int_equal(try_write(&f, &(struct runtime_bundle_options){.working_dir = "/file/x"}, NULL), -ERR_INVAL);
}

static void process_for_exec(void **state)
{
	CLEANUP_FIXTURE struct fixture f = fixture_new(image);
	write_one(&f, &(struct runtime_bundle_options){0});
	char *argv[] = {S("/bin/sh"), S("-c"), S("echo \"hi\""), NULL}, *none[] = {NULL};
	CLEANUP_FREE char *file = NULL, *expected = mem_printf("%s/bundle/exec-1.json", f.all.path), *unset = NULL;
	assert_int_equal(runtime_bundle_write_exec(&f.bundle, "exec-1", argv, &file, NULL), 0);
	assert_string_equal(file, expected);
	CLEANUP_FREE char *text = tree_read(&f.all, "bundle/exec-1.json");
	json_auto_t *p = NULL;
	assert_int_equal(json_parse_object(text, strlen(text), LIMIT_CONFIG, "exec", &p, NULL), 0);
	assert_json(at(p, "args"), "[\"/bin/sh\",\"-c\",\"echo \\\"hi\\\"\"]");
	json_t *main_process = at(f.spec, "process");
	json_object_del(p, "args");
	json_object_del(main_process, "args");
	assert_true(json_equal(p, main_process));
	assert_int_equal(runtime_bundle_write_exec(&f.bundle, "exec-2", none, &unset, NULL), -ERR_INVAL);
	assert_null(unset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(process_of_the_image),
	    cmocka_unit_test(process_of_an_empty_config),
	    cmocka_unit_test(command_overrides),
	    cmocka_unit_test(env_overrides),
	    cmocka_unit_test(user_and_directory_overrides),
	    cmocka_unit_test(capabilities),
	    cmocka_unit_test(capabilities_that_we_lack),
	    cmocka_unit_test(mounts),
	    cmocka_unit_test(devices),
	    cmocka_unit_test(confinement_by_the_runtime),
	    cmocka_unit_test(what_the_user_adds),
	    cmocka_unit_test(private_network),
	    cmocka_unit_test(host_network),
	    cmocka_unit_test(joined_network),
	    cmocka_unit_test(more_capabilities),
	    cmocka_unit_test(kernel_parameters_and_memory),
	    cmocka_unit_test(devices_of_gpus),
	    cmocka_unit_test(a_way_out),
	    cmocka_unit_test(seccomp),
	    cmocka_unit_test(confined_by_the_machine),
	    cmocka_unit_test(directories),
	    cmocka_unit_test(hostile_directories),
	    cmocka_unit_test(process_for_exec),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
