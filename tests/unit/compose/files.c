#include "compose/loading.h"

#define MOST 4

struct row {
	struct file files[MOST + 1];
	const char *given; /* names of the files that are given, with spaces */
	const char *path, *want;
	const char *id; /* NULL = it is taken, and want is the value; else want is a part of the message */
};

static void run(const struct row *row)
{
	CLEANUP_STRLIST struct strlist files = {0};
	const struct compose_options o = {.files = &files, .no_host_env = true, .name = "p"};
	CLEANUP_FREE char *given = mem_strdup(row->given);
	char *rest = given, *name;
	loading_begin();
	loading_write(row->files);
	while ((name = strsep(&rest, " ")))
		strlist_take(&files, mem_printf("%s/%s", loading_folder, name));
	if (row->id)
		loading_refuse(&o, row->id, row->want);
	else
		loading_check(&o, row->path, row->want);
}

static void run_all(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		run(&rows[i]);
}
#define RUN(rows) run_all(rows, sizeof(rows) / sizeof((rows)[0]))

#define TWO(a, b)                                                                                                      \
	{                                                                                                              \
		{"a.yaml", "services:\n  web: {image: i, " a "}\nvolumes: {d: , e: }\nnetworks: {n: , m: }\n"},        \
		    {"b.yaml", "services:\n  web: " b "\n"}, {0},                                                      \
	}

static void merges(void **state)
{
	static const struct row rows[] = {
	    {TWO("hostname: a", "{hostname: b}"), "a.yaml b.yaml", "services.web.hostname", "\"b\"", NULL},
	    {TWO("hostname: a", "{hostname: }"), "a.yaml b.yaml", "services.web.hostname", "\"a\"", NULL},
	    {TWO("command: [a, b]", "{command: c}"), "a.yaml b.yaml", "services.web.command", "[\"c\"]", NULL},
	    {TWO("entrypoint: [a, b]", "{entrypoint: []}"), "a.yaml b.yaml", "services.web.entrypoint", "[]", NULL},
	    {TWO("healthcheck: {test: [CMD, a], retries: 2}", "{healthcheck: {test: b}}"), "a.yaml b.yaml",
	     "services.web.healthcheck.test", "[\"CMD-SHELL\",\"b\"]", NULL},
	    {TWO("healthcheck: {test: [CMD, a], retries: 2}", "{healthcheck: {test: b}}"), "a.yaml b.yaml",
	     "services.web.healthcheck.retries", "2", NULL},
	    {TWO("environment: [A=1, B=2]", "{environment: {B: 3, C: 4}}"), "a.yaml b.yaml", "services.web.environment",
	     "[\"A=1\",\"B=3\",\"C=4\"]", NULL},
	    {TWO("environment: [A=1]", "{environment: [A]}"), "a.yaml b.yaml", "services.web.environment", "[\"A\"]",
	     NULL},
	    {TWO("ports: ['80:80', '81:81']", "{ports: ['80:80', '82:82']}"), "a.yaml b.yaml", "services.web.ports",
	     "[\"80:80\",\"81:81\",\"82:82\"]", NULL},
	    {TWO("expose: [1, 2]", "{expose: [2, 3]}"), "a.yaml b.yaml", "services.web.expose", "[\"1\",\"2\",\"3\"]",
	     NULL},
	    {TWO("volumes: ['d:/a', 'd:/b']", "{volumes: ['e:/a:ro']}"), "a.yaml b.yaml",
	     "services.web.mounts.0.source", "\"e\"", NULL},
	    {TWO("volumes: ['d:/a', 'd:/b']", "{volumes: ['e:/a:ro']}"), "a.yaml b.yaml",
	     "services.web.mounts.1.target", "\"/b\"", NULL},
	    {TWO("networks: [n]", "{networks: {n: {aliases: [x]}, m: }}"), "a.yaml b.yaml", "services.web.networks",
	     "{\"m\":{\"aliases\":[],\"ipv4\":null},\"n\":{\"aliases\":[\"x\"],\"ipv4\":null}}", NULL},
	    {TWO("cap_add: [A]", "{cap_add: [B, A]}"), "a.yaml b.yaml", "services.web.cap_add", "[\"A\",\"B\"]", NULL},
	    {TWO("dns: 1.1.1.1", "{dns: [2.2.2.2]}"), "a.yaml b.yaml", "services.web.dns", "[\"1.1.1.1\",\"2.2.2.2\"]",
	     NULL},
	    {TWO("build: x", "{build: {target: t}}"), "a.yaml b.yaml", "services.web.build.target", "\"t\"", NULL},
	    {TWO("hostname: a", "{ports: [x]}"), "a.yaml b.yaml", NULL, "~/b.yaml, line 2: services.web.ports[0]",
	     "compose-port-invalid"},
	};
	RUN(rows);
}

static void tags(void **state)
{
	static const struct row rows[] = {
	    {TWO("ports: ['80:80']", "{ports: !reset [], hostname: h}"), "a.yaml b.yaml", "services.web.ports", "[]",
	     NULL},
	    {TWO("ports: ['80:80']", "{ports: !override ['81:81']}"), "a.yaml b.yaml", "services.web.ports",
	     "[\"81:81\"]", NULL},
	    {TWO("environment: {A: 1, B: 2}", "{environment: {A: !reset null}}"), "a.yaml b.yaml",
	     "services.web.environment", "[\"B=2\"]", NULL},
	    {TWO("hostname: a", "{hostname: !reset ''}"), "a.yaml b.yaml", "services.web.hostname", "null", NULL},
	    {TWO("hostname: a", "!override\n    image: j"), "a.yaml b.yaml", "services.web.hostname", "null", NULL},
	    {TWO("hostname: a", "!override\n    image: j"), "a.yaml b.yaml", "services.web.image", "\"j\"", NULL},
	    {TWO("environment: {A: 1, B: 2}", "{environment: !override {C: 3}}"), "a.yaml b.yaml",
	     "services.web.environment", "[\"C=3\"]", NULL},
	};
	RUN(rows);
}

#define BASE                                                                                                           \
	{                                                                                                              \
		"sub/base.yaml",                                                                                       \
		    "services:\n  base:\n    image: b\n    volumes: ['./x:/x']\n    env_file: e.env\n"                 \
		    "    environment: {A: 1, B: 2}\n    command: [c]\n  deep: {extends: base, hostname: deep}\n"       \
	}
#define SUB_ENV                                                                                                        \
	{                                                                                                              \
		"sub/e.env", "FILE=1\n"                                                                                \
	}
#define EXTENDS(service, lines)                                                                                        \
	{                                                                                                              \
		{"a.yaml", "services:\n  web:\n    extends: {file: sub/base.yaml, service: " service "}\n" lines},     \
		    BASE, SUB_ENV,                                                                                     \
		{                                                                                                      \
			0                                                                                              \
		}                                                                                                      \
	}

static void extends(void **state)
{
	static const struct row rows[] = {
	    {EXTENDS("base", ""), "a.yaml", "services.web.image", "\"b\"", NULL},
	    {EXTENDS("base", ""), "a.yaml", "services.web.mounts.0.source", "\"~/sub/x\"", NULL},
	    {EXTENDS("base", ""), "a.yaml", "services.web.environment", "[\"FILE=1\",\"A=1\",\"B=2\"]", NULL},
	    {EXTENDS("base", "    environment: [B=3, C=4]\n"), "a.yaml", "services.web.environment",
	     "[\"FILE=1\",\"A=1\",\"B=3\",\"C=4\"]", NULL},
	    {EXTENDS("base", "    command: [d]\n"), "a.yaml", "services.web.command", "[\"d\"]", NULL},
	    {EXTENDS("base", "    volumes: ['./y:/x']\n"), "a.yaml", "services.web.mounts.0.source", "\"~/y\"", NULL},
	    {EXTENDS("base", "    volumes: !reset []\n"), "a.yaml", "services.web.mounts", "[]", NULL},
	    {EXTENDS("deep", ""), "a.yaml", "services.web.hostname", "\"deep\"", NULL},
	    {EXTENDS("deep", ""), "a.yaml", "services.web.image", "\"b\"", NULL},
	    {EXTENDS("deep", ""), "a.yaml", "files", "[\"~/a.yaml\",\"~/sub/base.yaml\"]", NULL},
	    {EXTENDS("gone", ""), "a.yaml", NULL, "there is no service gone to extend", "compose-service-unknown"},
	    {{{"a.yaml", "services:\n  a: {extends: b}\n  b: {extends: {service: c}}\n  c: {extends: a}\n"}, {0}},
	     "a.yaml",
	     NULL,
	     "extends itself",
	     "compose-circle"},
	    {{{"a.yaml", "services:\n  a: {extends: b, hostname: x}\n  b: {image: i, profiles: [p], ports: [80]}\n"},
	      {0}},
	     "a.yaml",
	     "services.a.ports",
	     "[\"80\"]",
	     NULL},
	    {{{"a.yaml", "services:\n  b: {image: i}\n"}, {"b.yaml", "services:\n  a: {extends: b}\n"}, {0}},
	     "a.yaml b.yaml",
	     "services.a.image",
	     "\"i\"",
	     NULL},
	};
	RUN(rows);
}

#define SUB                                                                                                            \
	{                                                                                                              \
		"sub/compose.yaml", "services:\n  db:\n    image: d:${TAG:-none}\n    volumes: ['./x:/x']\n"           \
				    "    environment: [TAG]\nsecrets: {s: {environment: TAG}}\n"                       \
				    "volumes: {v: {driver_opts: {type: none, o: 'bind,ro', device: ./v}}}\n"           \
	}
#define DOT_ENV                                                                                                        \
	{                                                                                                              \
		"sub/.env", "TAG=sub\n"                                                                                \
	}

static void includes(void **state)
{
	static const struct row rows[] = {
	    {{{"a.yaml", "include: [sub/compose.yaml]\nservices: {web: {image: i, depends_on: [db]}}\n"},
	      SUB,
	      DOT_ENV,
	      {0}},
	     "a.yaml",
	     "services.db.image",
	     "\"d:sub\"",
	     NULL},
	    {{{"a.yaml", "include: [sub/compose.yaml]\nservices: {web: {image: i, depends_on: [db]}}\n"},
	      SUB,
	      DOT_ENV,
	      {0}},
	     "a.yaml",
	     "services.db.environment",
	     "[\"TAG=sub\"]",
	     NULL},
	    {{{"a.yaml", "include: [sub/compose.yaml]\n"}, SUB, DOT_ENV, {".env", "TAG=top\n"}, {0}},
	     "a.yaml",
	     "services.db.image",
	     "\"d:top\"",
	     NULL},
	    {{{"a.yaml", "include: [sub/compose.yaml]\n"}, SUB, {0}},
	     "a.yaml",
	     "services.db.mounts.0.source",
	     "\"~/sub/x\"",
	     NULL},
	    {{{"a.yaml", "include: [{path: sub/compose.yaml, project_directory: ., env_file: x.env}]\n"},
	      SUB,
	      {"x.env", "TAG=x\n"},
	      {0}},
	     "a.yaml",
	     "services.db.mounts.0.source",
	     "\"~/x\"",
	     NULL},
	    {{{"a.yaml", "include: [{path: sub/compose.yaml, project_directory: ., env_file: x.env}]\n"},
	      SUB,
	      {"x.env", "TAG=x\n"},
	      {0}},
	     "a.yaml",
	     "services.db.image",
	     "\"d:x\"",
	     NULL},
	    {{{"a.yaml", "include: [{path: [sub/compose.yaml, o.yaml]}]\n"},
	      SUB,
	      {"o.yaml", "services: {db: {image: o}}\n"},
	      {0}},
	     "a.yaml",
	     "services.db.image",
	     "\"o\"",
	     NULL},
	    {{{"a.yaml", "include: [sub/compose.yaml]\nservices: {db: {image: mine}}\n"}, SUB, {0}},
	     "a.yaml",
	     NULL,
	     "services.db is in this file and in an included one",
	     "compose-include-conflict"},
	    {{{"a.yaml", "include: [sub/compose.yaml]\n"}, {"b.yaml", "services: {db: {image: over}}\n"}, SUB, {0}},
	     "a.yaml b.yaml",
	     "services.db.image",
	     "\"over\"",
	     NULL},
	    {{{"a.yaml", "include: [b.yaml]\n"}, {"b.yaml", "include: [a.yaml]\n"}, {0}},
	     "a.yaml",
	     NULL,
	     "includes itself",
	     "compose-circle"},
	    {{{"a.yaml", "include: [sub/compose.yaml]\n"}, SUB, DOT_ENV, {0}},
	     "a.yaml",
	     "secrets.s.content",
	     "\"sub\"",
	     NULL},
	    {{{"a.yaml", "include: [sub/compose.yaml]\n"}, SUB, DOT_ENV, {0}},
	     "a.yaml",
	     "volumes.v.bind",
	     "\"~/sub/v\"",
	     NULL},
	    {{{"a.yaml", "include: [sub/b.yaml]\n"},
	      {"sub/b.yaml", "services: {db: {image: i, env_file: e}}\n"},
	      {"sub/e", "V=$TAG\n"},
	      DOT_ENV,
	      {0}},
	     "a.yaml",
	     "services.db.environment",
	     "[\"V=sub\"]",
	     NULL},
	};
	RUN(rows);
}

static void anchors(void **state)
{
	static const struct row rows[] = {
	    {{{"a.yaml", "x-c: &c {hostname: h, environment: {A: '${X:-1}'}}\nservices:\n  a: {<<: *c, image: i}\n"
			 "  b: {<<: *c, image: j, hostname: k}\n"},
	      {0}},
	     "a.yaml",
	     "services.a.hostname",
	     "\"h\"",
	     NULL},
	    {{{"a.yaml", "x-c: &c {hostname: h, environment: {A: '${X:-1}'}}\nservices:\n  a: {<<: *c, image: i}\n"
			 "  b: {<<: *c, image: j, hostname: k}\n"},
	      {0}},
	     "a.yaml",
	     "services.b.hostname",
	     "\"k\"",
	     NULL},
	    {{{"a.yaml", "x-c: &c {hostname: h, environment: {A: '${X:-1}'}}\nservices:\n  a: {<<: *c, image: i}\n"},
	      {0}},
	     "a.yaml",
	     "services.a.environment",
	     "[\"A=1\"]",
	     NULL},
	};
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(merges),   cmocka_unit_test(tags),    cmocka_unit_test(extends),
	    cmocka_unit_test(includes), cmocka_unit_test(anchors),
	};
	return cmocka_run_group_tests_name("files", tests, NULL, loading_end);
}
