#include "compose/loading.h"

#include "base/limits.h"

static void services(void **state)
{
	static const struct {
		const char *lines, *id, *says;
	} rows[] = {
	    {"    prots: [80]", "compose-key-unknown",
	     "~/compose.yaml, line 4: services.web.prots: unknown key; did you mean ports?"},
	    {"    zzzzzzzz: 1", "compose-key-unknown",
	     "services.web.zzzzzzzz: unknown key; keys of your own begin with x-"},
	    {"    healthcheck:\n      tset: x", "compose-key-unknown",
	     "line 5: services.web.healthcheck.tset: unknown key; did you mean test?"},
	    {"    ports: ['x:80']", "compose-port-invalid", "services.web.ports[0]: the published port"},
	    {"    ports: [80, 70000]", "compose-port-invalid", "services.web.ports[1]: the container's port"},
	    {"    ports: [0]", "compose-port-invalid", "range (8000-8010): 0"},
	    {"    ports: ['90-80']", "compose-port-invalid", "90-80"},
	    {"    ports: ['80-82:80-81']", "compose-port-invalid", "differ in their length"},
	    {"    ports: ['80/icmp']", "compose-port-invalid", "icmp"},
	    {"    ports: ['h:80:80']", "compose-port-invalid", "address"},
	    {"    ports: [{published: 80}]", "compose-port-invalid", "it is missing"},
	    {"    ports: [{target: 80, mode: x}]", "compose-port-invalid", "neither host nor ingress"},
	    {"    ports: 80", "compose-invalid", "the value is not a list"},
	    {"    ports: ['1-5000']", "compose-too-large", "ports"},
	    {"    expose: [x]", "compose-port-invalid", "expose[0]"},
	    {"    volumes: ['data:d']", "compose-mount-invalid", "not an absolute path: d"},
	    {"    volumes: ['data:/d:rx']", "compose-mount-invalid", "unknown option rx"},
	    {"    volumes: [':/d']", "compose-mount-invalid", "empty"},
	    {"    volumes: ['gone:/d']", "compose-reference-unknown", "there is no volume gone"},
	    {"    volumes: [{source: data, target: /d}]", "compose-mount-invalid", "the type is missing"},
	    {"    volumes: [{type: bind, target: /d}]", "compose-mount-invalid", "a bind mount needs a source"},
	    {"    volumes: [{type: volume, target: d}]", "compose-mount-invalid", "not an absolute path"},
	    {"    volumes: [5]", "compose-invalid", "not a mapping"},
	    {"    volumes: [{type: image, source: x, target: /d}]", "compose-key-refused", "the type image"},
	    {"    tmpfs: [run]", "compose-mount-invalid", "run"},
	    {"    tmpfs: ['/run:size=x']", "compose-mount-invalid", "/run:size=x"},
	    {"    networks: [gone]", "compose-reference-unknown", "there is no network gone"},
	    {"    networks: {back: {ipv4_address: x}}", "compose-invalid", "not an IPv4 address"},
	    {"    network_mode: host\n    networks: [back]", "compose-invalid", "exclude each other"},
	    {"    network_mode: container:x", "compose-key-refused", "not container:x"},
	    {"    network_mode: service:gone", "compose-reference-unknown", "there is no service gone"},
	    {"    volumes_from: ['container:x']", "compose-key-refused", "container:x"},
	    {"    volumes_from: ['db:x']", "compose-invalid", "db:x"},
	    {"    depends_on: [gone]", "compose-reference-unknown", "there is no service gone"},
	    {"    depends_on: {db: {condition: x}}", "compose-invalid", "the condition"},
	    {"    depends_on: [web]", "compose-circle", "depends on itself"},
	    {"    links: [gone]", "compose-reference-unknown", "gone"},
	    {"    configs: [gone]", "compose-reference-unknown", "there is no config gone"},
	    {"    secrets: [gone]", "compose-reference-unknown", "there is no secret gone"},
	    {"    secrets: [{target: x}]", "compose-invalid", "source is missing"},
	    {"    secrets: [{source: s, mode: 9999}]", "compose-invalid", "not a mode"},
	    {"    secrets: [{source: s, uid: root}]", "compose-invalid", "whole number"},
	    {"    healthcheck: {test: [curl]}", "compose-invalid", "begins with CMD"},
	    {"    healthcheck: {interval: 10}", "compose-invalid", "time with its unit"},
	    {"    stop_grace_period: 1x", "compose-invalid", "time with its unit"},
	    {"    mem_limit: 64q", "compose-invalid", "not a size"},
	    {"    ulimits: {nofile: x}", "compose-invalid", "a limit is"},
	    {"    ulimits: {nofile: {soft: 1}}", "compose-invalid", "a limit is"},
	    {"    pids_limit: x", "compose-invalid", "whole number"},
	    {"    cpus: 1x", "compose-invalid", "not a number"},
	    {"    init: maybe", "compose-invalid", "neither true nor false"},
	    {"    command: \"a 'b\"", "compose-invalid", "a quote is not closed"},
	    {"    command: '[\"a\"]'", "compose-invalid", "write a list without quotes"},
	    {"    command: {a: b}", "compose-invalid", "not a list"},
	    {"    environment: [[a]]", "compose-invalid", "NAME=VALUE"},
	    {"    environment: ['=x']", "compose-invalid", "a name is empty"},
	    {"    environment: {A: [b]}", "compose-invalid", "environment.A"},
	    {"    env_file: gone.env", "compose-file-unreadable", "services.web.env_file: can't read ~/gone.env"},
	    {"    env_file: .", "compose-file-unreadable", "not a regular file"},
	    {"    env_file: [{path: e.env, format: x}]", "compose-invalid", "the format is unknown"},
	    {"    extra_hosts: [a]", "compose-invalid", "NAME:ADDRESS"},
	    {"    user: [a]", "compose-invalid", "not a string"},
	    {"    image: ${A:?it is needed}\n    x-image: b", "yaml-malformed", "image"},
	    {"    hostname: ${A:?it is needed}", "compose-variable-required",
	     "line 4: services.web.hostname: the variable A is not set: it is needed"},
	    {"    hostname: $1", "compose-variable-malformed", "services.web.hostname: \"$\" is not followed by"},
	    {"    extends: gone", "compose-service-unknown", "no service gone"},
	    {"    extends: web", "compose-circle", "extends itself"},
	    {"    extends: {file: gone.yaml, service: x}", "compose-file-unreadable", "~/gone.yaml"},
	    {"    extends: {file: compose.yaml, service: web}", "compose-circle", "extends itself"},
	    {"    extends: {file: e.env}", "compose-invalid", "service is missing"},
	    {"    pid: host", "compose-key-refused", "line 4: services.web.pid"},
	    {"    ipc: host", "compose-key-refused", "services.web.ipc"},
	    {"    ipc: service:db", "compose-key-refused", "services.web.ipc"},
	    {"    cgroup: host", "compose-key-refused", "services.web.cgroup"},
	    {"    cgroup_parent: x", "compose-key-refused", "services.web.cgroup_parent"},
	    {"    userns_mode: host", "compose-key-refused", "services.web.userns_mode"},
	    {"    uts: host", "compose-key-refused", "services.web.uts"},
	    {"    runtime: kata", "compose-key-refused", "services.web.runtime"},
	    {"    gpus: all", "compose-key-refused", "services.web.gpus"},
	    {"    post_start: [{command: x}]", "compose-key-refused", "services.web.post_start"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_STRLIST struct strlist files = {0};
		struct compose_options o;
		loading_one(rows[i].lines, &o, &files);
		loading_refuse(&o, rows[i].id, rows[i].says);
	}
}

static void harmless(void **state)
{
	static const char *const lines[] = {"    ipc: shareable", "    ipc: private", "    cgroup: private",
					    "    runtime: runc",  "    pid: ''",      "    pid:"};
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CLEANUP_STRLIST struct strlist files = {0};
		struct compose_options o;
		loading_one(lines[i], &o, &files);
		loading_check(&o, "services.web.refused", "null");
		loading_check(&o, "notes", "[]");
	}
}

/* A service that nobody wants may be one that slim does not run. */
static void unwanted(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	CLEANUP_STRLIST struct strlist wanted = {0};
	struct compose_options o;
	loading_one("    pid: host", &o, &files);
	strlist_add(&wanted, "db");
	o.wanted = &wanted;
	loading_check(&o, "services.db.refused", "null");
	loading_check(&o, "services.web.refused",
		      "\"~/compose.yaml, line 4: services.web.pid: slim does not run this service: "
		      "the container has a PID namespace of its own\"");
	strlist_add(&wanted, "web");
	loading_refuse(&o, "compose-key-refused", "services.web.pid");
}

static void tops(void **state)
{
	static const struct {
		const char *text, *id, *says;
	} rows[] = {
	    {"", "yaml-malformed", "is empty"},
	    {"- a", "compose-invalid", "not a mapping of keys"},
	    {"services: {}", "compose-service-unknown", "there are no services"},
	    {"services: [a]", "compose-invalid", "services: the value is not a mapping"},
	    {"services:\n  web:", "compose-invalid", "line 2: services.web: the value is not a mapping"},
	    {"services: {web: {ports: [80]}}", "compose-invalid", "neither image nor build"},
	    {"services: {'a b': {image: x}}", "compose-invalid", "a name has letters"},
	    {"services: {a: {image: x}}\nnetwroks: {}", "compose-key-unknown",
	     "line 2: netwroks: unknown key; did you mean networks?"},
	    {"services: {a: {image: x}}\nnetworks: {n: {ipam: {config: [{subnet: x}]}}}", NULL, NULL},
	    {"services: {a: {image: x, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: x}]}}}",
	     "compose-invalid", "ADDRESS/LENGTH"},
	    {"services: {a: {image: x}}\nsecrets: {s: {}}", "compose-invalid", "secrets.s: it needs one of"},
	    {"services: {a: {image: x}}\nconfigs: {s: {file: a, content: b}}", "compose-invalid", "configs.s"},
	    {"services: {a: {image: x}}\nname: A", "compose-name-invalid", "not A"},
	    {"services: {a: {image: x, depends_on: [b]}, b: {image: x, links: [a]}}", "compose-circle",
	     "depends on itself"},
	    {"services: {a: {image: x}}\ninclude: [gone.yaml]", "compose-file-unreadable",
	     "line 2: include[0]: can't read ~/gone.yaml"},
	    {"services: {a: {image: x}}\ninclude: [compose.yaml]", "compose-circle", "includes itself"},
	    {"services: {a: {image: x}}\ninclude: [{}]", "compose-invalid", "path is missing"},
	    {"services: {a: {image: x}}\ninclude: [{pth: a}]", "compose-key-unknown", "did you mean path?"},
	    {"services: {a: {image: x}}\nnetworks: {n: {external: {x: y}}}", "compose-invalid", "external is true"},
	    {"a: !unknown b", "yaml-malformed", "!unknown"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP_STRLIST struct strlist files = {0};
		const struct compose_options o = {.files = &files, .no_host_env = true};
		loading_begin();
		loading_write((const struct file[]){{"compose.yaml", rows[i].text}, {0}});
		strlist_take(&files, mem_printf("%s/compose.yaml", loading_folder));
		if (rows[i].id)
			loading_refuse(&o, rows[i].id, rows[i].says);
		else
			loading_check(&o, "services.a.image", "\"x\"");
	}
}

static void bounds(void **state)
{
	CLEANUP_STRLIST struct strlist files = {0};
	const struct compose_options o = {.files = &files, .no_host_env = true};
	CLEANUP_BUF struct buf many = {0};
	CLEANUP_BUF struct buf shared = {0};
	CLEANUP_FREE char *large = mem_alloc(LIMIT_COMPOSE_FILE + 2);
	memset(large, ' ', LIMIT_COMPOSE_FILE + 1);
	buf_str(&many, "services:\n");
	for (int i = 0; i <= LIMIT_COMPOSE_SERVICES; i++)
		buf_printf(&many, "  s%d: {image: x}\n", i);
	/* 100 services that share an environment of 4000 variables */
	buf_str(&shared, "x-e: &e\n");
	for (int i = 0; i < 4000; i++)
		buf_printf(&shared, "  V%d: x\n", i);
	buf_str(&shared, "services:\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&shared, "  s%d: {image: x, environment: *e}\n", i);
	const char *const texts[] = {large, many.data, shared.data};
	const char *const ids[] = {NULL, "compose-too-large", "compose-too-large"};
	for (size_t i = 0; i < 3; i++) {
		struct err e = {0};
		struct compose_project p = {0};
		loading_begin();
		loading_write((const struct file[]){{"compose.yaml", texts[i]}, {0}});
		strlist_done(&files);
		strlist_take(&files, mem_printf("%s/compose.yaml", loading_folder));
		assert_int_equal(compose_project_load(&o, &p, &e), -ERR_LIMIT);
		if (ids[i])
			assert_string_equal(e.id, ids[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(services), cmocka_unit_test(harmless), cmocka_unit_test(unwanted),
	    cmocka_unit_test(tops),     cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests_name("refusals", tests, NULL, loading_end);
}
