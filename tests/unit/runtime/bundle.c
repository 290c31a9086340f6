#include "bundle_fixture.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include "runtime/process.h"

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
			assert_int_equal(try_write(&f, &o, NULL), -ERR_UNSUPPORTED);
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
	    cmocka_unit_test(more_capabilities),
	    cmocka_unit_test(directories),
	    cmocka_unit_test(hostile_directories),
	    cmocka_unit_test(process_for_exec),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
