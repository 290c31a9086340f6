#include "compose/loading.h"

struct row {
	const char *lines, *path, *want;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP_STRLIST struct strlist files = {0};
		CLEANUP_FREE char *path = mem_printf("services.web%s%s", *rows[i].path ? "." : "", rows[i].path);
		struct compose_options o;
		loading_one(rows[i].lines, &o, &files);
		loading_check(&o, path, rows[i].want);
	}
}
#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void commands(void **state)
{
	static const struct row rows[] = {
	    {"    command: nginx -g 'daemon off;' \"a b\" c\\ d", "command",
	     "[\"nginx\",\"-g\",\"daemon off;\",\"a b\",\"c d\"]"},
	    {"    command: [nginx, -p, 80, true]", "command", "[\"nginx\",\"-p\",\"80\",\"true\"]"},
	    {"    command: []", "command", "[]"},
	    {"    command: ''", "command", "[]"},
	    {"    command:", "command", "null"},
	    {"    command: echo $$HOME $${X}", "command", "[\"echo\",\"$HOME\",\"${X}\"]"},
	    {"    entrypoint: /e -x", "entrypoint", "[\"/e\",\"-x\"]"},
	    {"    entrypoint: [\"\"]", "entrypoint", "[\"\"]"},
	};
	CHECK(rows);
}

static void environments(void **state)
{
	static const struct row rows[] = {
	    {"    environment: [A=1, B=, C, D=x=y]", "environment", "[\"A=1\",\"B=\",\"C\",\"D=x=y\"]"},
	    {"    environment: {A: 1, B: , C: true, D: 1.50, E: '', F: 0440}", "environment",
	     "[\"A=1\",\"B\",\"C=true\",\"D=1.5\",\"E=\",\"F=0440\"]"},
	    {"    env_file: e.env", "environment", "[\"E=1\",\"F=a 1\"]"},
	    {"    env_file: [e.env, {path: none.env, required: false}]\n    environment: {E: 2, G: 3}", "environment",
	     "[\"E=2\",\"F=a 1\",\"G=3\"]"},
	    {"    env_file: [{path: e.env, format: raw}]", "environment", "[\"E=1\",\"F=\\\"a $E\\\"\"]"},
	};
	CHECK(rows);
}

static void ports(void **state)
{
	static const struct row rows[] = {
	    {"    ports: [80, '8080:80', '8080:80/udp', '127.0.0.1:8080:80', '127.0.0.1::80']", "ports",
	     "[\"80\",\"8080:80\",\"8080:80/udp\",\"127.0.0.1:8080:80\",\"127.0.0.1::80\"]"},
	    {"    ports: ['3000-3001', '9000-9001:80-81', '5000-5010:90']", "ports",
	     "[\"3000\",\"3001\",\"9000:80\",\"9001:81\",\"5000-5010:90\"]"},
	    {"    ports: ['[::1]:80:80', '::1:81:80']", "ports", "[\"[::1]:80:80\",\"[::1]:81:80\"]"},
	    {"    ports: [{target: 80}, {target: 80, published: '8080', protocol: udp, mode: host, host_ip: 1.2.3.4}]",
	     "ports", "[\"80\",\"1.2.3.4:8080:80/udp\"]"},
	    {"    ports: [{target: 80, published: 8000-8002, name: web, app_protocol: http}]", "ports",
	     "[\"8000-8002:80\"]"},
	    {"    ports: ['80:80', '80:80']", "ports", "[\"80:80\"]"},
	    {"    expose: [80, '53/udp', '8000-8002']", "expose", "[\"80\",\"53/udp\",\"8000\",\"8001\",\"8002\"]"},
	};
	CHECK(rows);
}

#define MOUNT(type, source, target, more)                                                                              \
	"{\"create\":" more ",\"source\":" source ",\"subpath\":null,\"target\":\"" target "\",\"type\":\"" type "\"}"
#define NAMED "false,\"mode\":0,\"no_copy\":false,\"read_only\":false,\"size\":0"
#define BIND "true,\"mode\":0,\"no_copy\":false,\"read_only\":false,\"size\":0"

static void mounts(void **state)
{
	static const struct row rows[] = {
	    {"    volumes: ['data:/d']", "mounts.0", MOUNT("volume", "\"data\"", "/d", NAMED)},
	    {"    volumes: ['/d/../e/']", "mounts.0", MOUNT("volume", "null", "/e", NAMED)},
	    {"    volumes: ['data:/d:nocopy']", "mounts.0.no_copy", "true"},
	    {"    volumes: ['./h:/d']", "mounts.0", MOUNT("bind", "\"~/h\"", "/d", BIND)},
	    {"    volumes: ['./h/../i:/d:ro,z']", "mounts.0.source", "\"~/i\""},
	    {"    volumes: ['./h/../i:/d:ro,z']", "mounts.0.read_only", "true"},
	    {"    volumes: ['/a:/d']", "mounts.0.source", "\"/a\""},
	    {"    volumes: [{type: bind, source: ., target: /d, bind: {create_host_path: false}}]", "mounts.0",
	     MOUNT("bind", "\"~\"", "/d", NAMED)},
	    {"    volumes: [{type: volume, source: data, target: /d, read_only: true, volume: {subpath: s/t}}]",
	     "mounts.0.subpath", "\"s/t\""},
	    {"    volumes: [{type: tmpfs, target: /d, tmpfs: {size: 64m, mode: 01777}}]", "mounts.0",
	     MOUNT("tmpfs", "null", "/d",
		   "false,\"mode\":1023,\"no_copy\":false,\"read_only\":false,\"size\":67108864")},
	    {"    tmpfs: /run", "mounts.0", MOUNT("tmpfs", "null", "/run", NAMED)},
	    {"    tmpfs: ['/run:size=1m,mode=700,noexec,ro', /t]", "mounts.0",
	     MOUNT("tmpfs", "null", "/run",
		   "false,\"mode\":448,\"no_copy\":false,\"read_only\":true,\"size\":1048576")},
	    {"    volumes: ['data:/d', './h:/d']", "mounts.0.type", "\"bind\""},
	    {"    volumes: ['data:/d', './h:/d']", "mounts.1", "none"},
	    {"    volumes_from: ['db:ro']", "mounts.1",
	     MOUNT("volume", "\"data\"", "/w",
		   "false,\"mode\":0,\"no_copy\":false,"
		   "\"read_only\":true,\"size\":0")},
	    {"    volumes_from: [db]\n    volumes: ['./h:/w']", "mounts.0.type", "\"bind\""},
	    {"    volumes_from: [db]\n    volumes: ['./h:/w']", "mounts.1.target", "\"/v\""},
	    {"    volumes_from: [db]", "volumes_from", "[\"db\"]"},
	};
	CHECK(rows);
}

static void networks(void **state)
{
	static const struct row rows[] = {
	    {"", "networks", "{\"default\":{\"aliases\":[],\"ipv4\":null}}"},
	    {"    networks: [back]", "networks", "{\"back\":{\"aliases\":[],\"ipv4\":null}}"},
	    {"    networks: {back: {aliases: [w, v], ipv4_address: 10.0.0.2}, default: }", "networks",
	     "{\"back\":{\"aliases\":[\"w\",\"v\"],\"ipv4\":\"10.0.0.2\"},\"default\":{\"aliases\":[],\"ipv4\":null}}"},
	    {"    network_mode: host", "networks", "{}"},
	    {"    network_mode: none", "network_mode", "\"none\""},
	    {"    network_mode: service:db", "depends_on",
	     "{\"db\":{\"condition\":\"service_started\",\"required\":true}}"},
	    {"    extra_hosts: ['a:1.2.3.4', 'b=::1', 'c:[::2]', 'd=host-gateway']", "extra_hosts",
	     "[\"a:1.2.3.4\",\"b:::1\",\"c:::2\",\"d:host-gateway\"]"},
	    {"    extra_hosts: {a: 1.2.3.4, b: [1.1.1.1, 2.2.2.2]}", "extra_hosts",
	     "[\"a:1.2.3.4\",\"b:1.1.1.1\",\"b:2.2.2.2\"]"},
	    {"    dns: 1.1.1.1", "dns", "[\"1.1.1.1\"]"},
	    {"    dns: [1.1.1.1, 8.8.8.8]\n    dns_search: a.b\n    dns_opt: [use-vc]", "dns_opts", "[\"use-vc\"]"},
	};
	CHECK(rows);
}

static void relations(void **state)
{
	static const struct row rows[] = {
	    {"    depends_on: [db]", "depends_on", "{\"db\":{\"condition\":\"service_started\",\"required\":true}}"},
	    {"    depends_on: {db: {condition: service_healthy, required: false, restart: true}}", "depends_on",
	     "{\"db\":{\"condition\":\"service_healthy\",\"required\":false}}"},
	    {"    depends_on: {db: {condition: service_completed_successfully}}", "depends_on.db.condition",
	     "\"service_completed_successfully\""},
	    {"    depends_on: {gone: {condition: service_started, required: false}}", "depends_on", "{}"},
	    {"    links: ['db:database', db]", "links", "[\"db:database\",\"db:db\"]"},
	    {"    links: ['db:database']", "depends_on",
	     "{\"db\":{\"condition\":\"service_started\",\"required\":true}}"},
	    {"    links: [db]\n    depends_on: {db: {condition: service_healthy}}", "depends_on.db.condition",
	     "\"service_healthy\""},
	    {"    volumes_from: [db]", "depends_on.db.condition", "\"service_started\""},
	    {"    configs: [c]\n    secrets: [s]", "configs",
	     "[{\"gid\":-1,\"mode\":-1,\"source\":\"c\",\"target\":\"/c\",\"uid\":-1}]"},
	    {"    configs: [c]\n    secrets: [s]", "secrets",
	     "[{\"gid\":-1,\"mode\":-1,\"source\":\"s\",\"target\":\"/run/secrets/s\",\"uid\":-1}]"},
	    {"    secrets: [{source: s, target: pw, uid: '103', gid: 104, mode: 0440}]", "secrets",
	     "[{\"gid\":104,\"mode\":288,\"source\":\"s\",\"target\":\"/run/secrets/pw\",\"uid\":103}]"},
	    {"    secrets: [{source: s, target: /pw, mode: '0400'}]", "secrets.0.mode", "256"},
	    {"    configs: [{source: c, target: /pw, mode: 0o400}]", "configs.0.mode", "256"},
	};
	CHECK(rows);
}

static void values(void **state)
{
	static const struct row rows[] = {
	    {"    healthcheck: {test: 'curl -f x', interval: 1m30s, timeout: 10s, retries: 3, start_period: 1h2m,"
	     " start_interval: 500ms}",
	     "healthcheck",
	     "{\"disabled\":false,\"interval\":90000,\"retries\":3,\"start_interval\":500,\"start_period\":3720000,"
	     "\"test\":[\"CMD-SHELL\",\"curl -f x\"],\"timeout\":10000}"},
	    {"    healthcheck: {test: [CMD, a, b]}", "healthcheck.test", "[\"CMD\",\"a\",\"b\"]"},
	    {"    healthcheck: {test: [NONE]}", "healthcheck.disabled", "true"},
	    {"    healthcheck: {disable: 'true'}", "healthcheck.disabled", "true"},
	    {"    ulimits: {nproc: 65535, nofile: {soft: 10, hard: '20'}, core: -1}", "ulimits",
	     "{\"core\":{\"hard\":-1,\"soft\":-1},\"nofile\":{\"hard\":20,\"soft\":10},"
	     "\"nproc\":{\"hard\":65535,\"soft\":65535}}"},
	    {"    mem_limit: 64m", "memory_bytes", "67108864"},
	    {"    mem_limit: 1gb", "memory_bytes", "1073741824"},
	    {"    mem_limit: 1.5 KiB", "memory_bytes", "1536"},
	    {"    mem_limit: 1000", "memory_bytes", "1000"},
	    {"    shm_size: '2b'", "shm_bytes", "2"},
	    {"    stop_grace_period: 1.5s", "stop_grace", "1500"},
	    {"    stop_grace_period: 20us", "stop_grace", "1"},
	    {"    pids_limit: 10", "pids", "10"},
	    {"    pids_limit: -1", "pids", "0"},
	    {"    cpus: 0.5", "cpus", "\"0.5\""},
	    {"    read_only: 'yes'\n    init: on", "read_only", "true"},
	    {"    init: 'on'", "init", "true"},
	    {"    privileged: 'false'", "privileged", "false"},
	    {"    user: 1000", "user", "\"1000\""},
	    {"    user: '1000:1000'\n    working_dir: /w", "working_dir", "\"/w\""},
	    {"    sysctls: {net.core.somaxconn: 1024}", "sysctls", "[\"net.core.somaxconn=1024\"]"},
	    {"    sysctls: [a.b=0]", "sysctls", "[\"a.b=0\"]"},
	    {"    devices: ['/dev/a:/dev/b:r', {source: /dev/c, target: /dev/d, permissions: rw}, /dev/e]", "devices",
	     "[\"/dev/a:/dev/b:r\",\"/dev/c:/dev/d:rw\",\"/dev/e\"]"},
	    {"    cap_add: [NET_ADMIN, NET_ADMIN]\n    cap_drop: ALL", "cap_add", "[\"NET_ADMIN\"]"},
	    {"    build: .", "build",
	     "{\"args\":[],\"context\":\"~\",\"dockerfile\":null,\"dockerfile_inline\":null,\"extra\":[],\"target\":"
	     "null}"},
	    {"    build: {context: ./d, dockerfile: D, target: t, args: {A: 1, B: }, cache_from: [x]}", "build",
	     "{\"args\":[\"A=1\"],\"context\":\"~/d\",\"dockerfile\":\"D\",\"dockerfile_inline\":null,"
	     "\"extra\":[\"cache_from\"],\"target\":\"t\"}"},
	    {"    build: 'https://example.com/a.git'", "build.context", "\"https://example.com/a.git\""},
	    {"    build: {dockerfile_inline: 'FROM x'}", "build.dockerfile_inline", "\"FROM x\""},
	    {"    x-mine: {a: b}", "image", "\"i\""},
	};
	CHECK(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands), cmocka_unit_test(environments), cmocka_unit_test(ports),
	    cmocka_unit_test(mounts),   cmocka_unit_test(networks),     cmocka_unit_test(relations),
	    cmocka_unit_test(values),
	};
	return cmocka_run_group_tests_name("service", tests, NULL, loading_end);
}
