#include "compose/loading.h"

#include <sys/stat.h>

static void check_name(const struct compose_options *o, const char *want)
{
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err e = {0};
	if (compose_project_load(o, &p, &e) < 0)
		fail_msg("%s", e.msg);
	assert_string_equal(p.name, want);
}

#define IMAGE "services: {a: {image: x}}\n"

static void begin(const struct file *files)
{
	loading_begin();
	loading_write(files);
	assert_int_equal(chdir(loading_folder), 0);
}

static void usual_files(void **state)
{
	const struct compose_options o = {.no_host_env = true, .name = "p"};
	static const char *const names[] = {"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"};
	begin((const struct file[]){{"in/side/x", ""}, {".env/bin/x", ""}, {0}});
	loading_refuse(&o, "compose-file-not-found", "or in a directory above it");
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_FREE char *want = mem_printf("[\"~/%s\"]", names[i]);
		loading_write((const struct file[]){{names[i], IMAGE}, {0}});
		loading_check(&o, "files", want);
	}
	loading_write((const struct file[]){{"compose.override.yml", "services: {a: {hostname: o}}\n"}, {0}});
	loading_check(&o, "files", "[\"~/compose.yaml\",\"~/compose.override.yml\"]");
	loading_check(&o, "services.a.hostname", "\"o\"");
	assert_int_equal(chdir("in/side"), 0);
	loading_check(&o, "working_dir", "\"~\"");
	loading_check(&o, "services.a.hostname", "\"o\"");
	assert_int_equal(chdir("/"), 0);
}

static void working_dirs(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	struct compose_options o = {.files = &files, .no_host_env = true, .name = "p"};
	begin((const struct file[]){{"sub/a.yaml", "services: {a: {image: '${T}', volumes: ['./x:/x']}}\n"},
				    {"b.yaml", "services: {a: {volumes: ['./y:/y']}}\n"},
				    {"sub/.env", "T=sub\n"},
				    {"other/.env", "T=other\n"},
				    {0}});
	strlist_add(&files, "sub/a.yaml");
	strlist_add(&files, "b.yaml");
	loading_check(&o, "services.a.mounts.0.source", "\"~/sub/x\"");
	loading_check(&o, "services.a.mounts.1.source", "\"~/sub/y\"");
	loading_check(&o, "services.a.image", "\"sub\"");
	o.working_dir = "other";
	loading_check(&o, "services.a.mounts.0.source", "\"~/other/x\"");
	loading_check(&o, "services.a.image", "\"other\"");
	assert_int_equal(chdir("/"), 0);
}

static void names(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	struct compose_options o = {.files = &files, .no_host_env = true};
	begin((const struct file[]){{"My App_1/a.yaml", IMAGE "name: ${N:-from-file}\n"},
				    {"My App_1/b.yaml", IMAGE},
				    {"My App_1/c.yaml", "services: {a: {image: '${COMPOSE_PROJECT_NAME}'}}\n"},
				    {"--/b.yaml", IMAGE},
				    {0}});
	strlist_add(&files, "My App_1/b.yaml");
	check_name(&o, "myapp_1");
	free(files.items[0]);
	files.items[0] = mem_strdup("My App_1/a.yaml");
	check_name(&o, "from-file");
	loading_write((const struct file[]){{"My App_1/.env", "COMPOSE_PROJECT_NAME=from_env\n"}, {0}});
	check_name(&o, "from_env");
	o.name = "given";
	check_name(&o, "given");
	o.name = "Given";
	loading_refuse(&o, "compose-name-invalid", "the option");
	o.name = NULL;
	free(files.items[0]);
	files.items[0] = mem_strdup("My App_1/c.yaml");
	loading_check(&o, "services.a.image", "\"from_env\"");
	free(files.items[0]);
	files.items[0] = mem_strdup("--/b.yaml");
	check_name(&o, "default");
	assert_int_equal(chdir("/"), 0);
}

/* What this process has as a variable counts more than .env; --env-file takes its place. */
static void variables(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	CLEANUP_STRLIST struct strlist env_files = {0};
	struct compose_options o = {.files = &files, .name = "p"};
	begin((const struct file[]){{"a.yaml", "services: {a: {image: '${SLIM_T:-none}', environment: [SLIM_T]}}\n"},
				    {".env", "SLIM_T=dot\n"},
				    {"x.env", "SLIM_T=x\nSLIM_U=1\n"},
				    {"y.env", "SLIM_T=y$SLIM_U\n"},
				    {0}});
	strlist_add(&files, "a.yaml");
	unsetenv("SLIM_T");
	loading_check(&o, "services.a.image", "\"dot\"");
	strlist_add(&env_files, "x.env");
	strlist_add(&env_files, "y.env");
	o.env_files = &env_files;
	loading_check(&o, "services.a.image", "\"y1\"");
	setenv("SLIM_T", "process", 1);
	loading_check(&o, "services.a.image", "\"process\"");
	loading_check(&o, "services.a.environment", "[\"SLIM_T=process\"]");
	o.no_host_env = true;
	loading_check(&o, "services.a.image", "\"y1\"");
	strlist_add(&env_files, "gone.env");
	loading_refuse(&o, "compose-file-unreadable", "~/gone.env");
	unsetenv("SLIM_T");
	assert_int_equal(chdir("/"), 0);
}

static void variable_of_files(void **state)
{
	struct compose_options o = {.no_host_env = true, .name = "p"};
	begin((const struct file[]){{"a.yaml", IMAGE},
				    {"b.yaml", "services: {a: {hostname: b}}\n"},
				    {".env", "COMPOSE_FILE=a.yaml:b.yaml\nCOMPOSE_PROFILES=x,y\n"},
				    {0}});
	loading_check(&o, "files", "[\"~/a.yaml\",\"~/b.yaml\"]");
	loading_write((const struct file[]){{".env", "COMPOSE_FILE=a.yaml;b.yaml\nCOMPOSE_PATH_SEPARATOR=;\n"}, {0}});
	loading_check(&o, "services.a.hostname", "\"b\"");
	assert_int_equal(chdir("/"), 0);
}

static void notes(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	struct compose_options o;
	loading_one("    deploy: {replicas: 2}\n    labels: [a]\n    hostname: $NONE$NONE", &o, &files);
	loading_check(
	    &o, "notes.0",
	    "[\"compose-variable-unset\",\"~/compose.yaml: the variable NONE is not set; it stands for nothing\"]");
	loading_check(
	    &o, "notes.1",
	    "[\"compose-key-ignored\",\"~/compose.yaml, line 4: services.web.deploy: slim ignores it: slim runs one "
	    "container of each service\"]");
	loading_check(
	    &o, "notes.2",
	    "[\"compose-key-ignored\",\"~/compose.yaml, line 5: services.web.labels: slim ignores it: they describe "
	    "the container to others\"]");
	loading_check(&o, "notes.3", "none");
}

#define SERVICES                                                                                                       \
	"services:\n  a: {image: x}\n  b: {image: x, profiles: [p]}\n  c: {image: x, profiles: [p, q], depends_on: "   \
	"[b]}\n"                                                                                                       \
	"  d: {image: x, profiles: [r], depends_on: [b]}\n"                                                            \
	"  e: {image: x, profiles: [r], depends_on: {b: {condition: service_started, required: false}}}\n"

static void profiles(void **state)
{
	static const struct {
		const char *profiles, *wanted, *enabled; /* NULL = refused */
	} rows[] = {{"", "", "a"},   {"p", "", "abc"},     {"q", "", "abc"},   {"*", "", "abcde"},
		    {"r", "", NULL}, {"p r", "", "abcde"}, {"", "b", "ab"},    {"", "c", "abc"},
		    {"", "d", NULL}, {"", "e", "ae"},      {"p", "d", "abcd"}, {"", "gone", NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_STRLIST struct strlist files = {0}, given = {0}, wanted = {0};
		const struct compose_options o = {
		    .files = &files, .profiles = &given, .wanted = &wanted, .no_host_env = true};
		CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
		struct err e = {0};
		char got[8] = "";
		loading_begin();
		loading_write((const struct file[]){{"a.yaml", SERVICES}, {0}});
		strlist_take(&files, mem_printf("%s/a.yaml", loading_folder));
		for (const char *w = rows[i].profiles; *w; w += *w == ' ')
			strlist_take(&given, mem_strndup(w, strcspn(w, " "))), w += strcspn(w, " ");
		if (*rows[i].wanted)
			strlist_add(&wanted, rows[i].wanted);
		int r = compose_project_load(&o, &p, &e);
		if ((r == 0) != !!rows[i].enabled)
			fail_msg("row %zu: %d, %s", i, r, e.msg);
		for (size_t k = 0; k < p.n_services; k++)
			if (p.services[k].enabled)
				strcat(got, p.services[k].name);
		if (r == 0)
			assert_string_equal(got, rows[i].enabled);
		else
			assert_string_equal(e.id, i == 11 ? "compose-service-unknown" : "compose-profile-inactive");
	}
}

static void resources(void **state)
{
	static const struct {
		const char *path, *want;
	} rows[] = {
	    {"networks.default.name", "\"p_default\""},
	    {"networks.n", "{\"external\":false,\"gateway\":\"10.1.0.1\",\"internal\":true,\"name\":\"p_n\","
			   "\"subnet\":\"10.1.0.0/16\"}"},
	    {"networks.o.name", "\"other\""},
	    {"networks.o.external", "true"},
	    {"networks.unused", "none"},
	    {"volumes.v", "{\"bind\":null,\"external\":false,\"name\":\"p_v\"}"},
	    {"volumes.w.name", "\"my\""},
	    {"volumes.x", "{\"bind\":null,\"external\":true,\"name\":\"x\"}"},
	    {"volumes.y.name", "\"old\""},
	    {"volumes.z.bind", "\"~/dir\""},
	    {"configs.c.content", "\"hello \\\"you\\\"\""},
	    {"configs.f.file", "\"~/c.txt\""},
	    {"secrets.e.content", "\"secret\""},
	    {"secrets.e.environment", "\"S\""},
	    {"secrets.x.external", "true"},
	};
	CLEANUP_STRLIST struct strlist files = {0};
	const struct compose_options o = {.files = &files, .name = "p", .no_host_env = true};
	loading_begin();
	loading_write((const struct file[]){
	    {".env", "S=secret\nYOU=you\n"},
	    {"a.yaml",
	     "services:\n  a: {image: x, networks: [n, o]}\n  b: {image: x}\n"
	     "networks:\n  n: {internal: true, driver: bridge, ipam: {driver: default, config: [{subnet: 'fd00::/64'},"
	     " {subnet: 10.1.0.0/16, gateway: 10.1.0.1}]}}\n  o: {external: true, name: other}\n  unused: {}\n"
	     "volumes:\n  v:\n  w: {name: my}\n  x: {external: true}\n  y: {external: {name: old}}\n"
	     "  z: {driver: local, driver_opts: {type: none, o: bind, device: ./dir}}\n"
	     "configs:\n  c: {content: 'hello \"${YOU}\"'}\n  f: {file: c.txt}\n"
	     "secrets:\n  e: {environment: S}\n  x: {external: true}\n"},
	    {0}});
	strlist_take(&files, mem_printf("%s/a.yaml", loading_folder));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		loading_check(&o, rows[i].path, rows[i].want);
	loading_check(&o, "notes", "[]");
}

/* A pipe that nobody writes to is refused, and nothing waits for it. */
static void pipes(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	const struct compose_options o = {.files = &files};
	loading_begin();
	strlist_take(&files, mem_printf("%s/pipe", loading_folder));
	assert_int_equal(mkfifo(files.items[0], 0600), 0);
	loading_refuse(&o, "compose-file-unreadable", "not a regular file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(usual_files), cmocka_unit_test(working_dirs),      cmocka_unit_test(names),
	    cmocka_unit_test(variables),   cmocka_unit_test(variable_of_files), cmocka_unit_test(notes),
	    cmocka_unit_test(profiles),    cmocka_unit_test(resources),         cmocka_unit_test(pipes),
	};
	return cmocka_run_group_tests_name("project", tests, NULL, loading_end);
}
