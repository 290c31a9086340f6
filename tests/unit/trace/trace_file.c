#include "unit.h"

#include <linux/audit.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "trace/syscall_name.h"
#include "trace/trace_file.h"

static void add(struct trace *t, const char *path, uint32_t kinds, uint32_t program, uint8_t witness, uint8_t found)
{
	trace_add(t, path, strlen(path), kinds, program, witness);
	t->entries[strset_find(&t->paths, path)].found = found;
}

static void fill(struct trace_file *f)
{
	struct trace *t = &f->trace;
	uint32_t sh = trace_program(t, "/bin/sh"), odd = trace_program(t, "/bin/\xff");
	char path[] = "/k/?";
	for (unsigned k = 0; k < TRACE_KINDS; k++) {
		path[3] = (char)('a' + k);
		add(t, path, 1u << k, sh, TRACE_BY_PTRACE, TRACE_FOUND_NO);
	}
	add(t, "/\"quoted\\\n\x7f", TRACE_STAT, odd, TRACE_BY_PTRACE, TRACE_FOUND_UNKNOWN);
	add(t, "/caf\xc3\xa9", TRACE_OPEN | TRACE_FOLLOW, sh, TRACE_BY_PTRACE | TRACE_BY_FANOTIFY, TRACE_FOUND_YES);
	add(t, "/latin\xe9/\x01", TRACE_OPEN, UINT32_MAX, TRACE_BY_FANOTIFY, TRACE_FOUND_YES);
	add(t, "/", TRACE_LIST, sh, TRACE_BY_PTRACE, TRACE_FOUND_YES);
	trace_add_port(t, 8080, false);
	trace_add_port(t, 53, true);
	trace_add_port(t, 53, false);
	trace_add_run(t, sh, UINT32_MAX);
	trace_add_run(t, sh, odd);
	trace_add_run(t, sh, sh);
	trace_add_run(t, odd, odd);
	for (size_t a = 0; a < TRACE_ABIS; a++)
		for (uint32_t nr = 0; nr < TRACE_SYSCALL_END; nr++)
			trace_add_syscall(t, sh, trace_abis[a].audit_arch, nr | trace_abis[a].bit);
	trace_add_syscall(t, odd, AUDIT_ARCH_ARM, 0xf0005);
	trace_add_syscall(t, odd, AUDIT_ARCH_ARM, 0xf000f);
	(void)strset_add(&t->assumed, "write");
	(void)strset_add(&t->assumed, "read");
	t->witnesses = TRACE_BY_PTRACE | TRACE_BY_FANOTIFY;
	for (size_t i = 0; i < TRACE_RULES; i++)
		t->comparison.rules[i] = i * 10;
	trace_add_unexplained(t, "/why", 4);
	trace_add_unexplained(t, "/\xff", 2);
	t->ptraces = 4;
	t->processes = 3;
	t->stops = 77;
	t->unreadable = 1;
	t->overflows = 2;
	trace_file_add_image(f, "oci:x:y", "sha256:11");
}

static void put(const struct trace_file *f, struct buf *out)
{
	struct err err = {0};
	if (trace_file_write(f, out, &err) < 0)
		fail_msg("%s", err.msg);
}

static void parse(const struct buf *text, struct trace_file *out)
{
	struct err err = {0};
	if (trace_file_parse(text->data, text->len, out, &err) < 0)
		fail_msg("%s", err.msg);
}

static const struct trace_entry *entry(const struct trace *t, const char *path)
{
	size_t id = strset_find(&t->paths, path);
	if (id == STRSET_NONE)
		fail_msg("no %s", path);
	return &t->entries[id];
}

static void everything_comes_back(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file a = {0}, b = {0};
	CLEANUP_BUF struct buf first = {0}, second = {0};
	fill(&a);
	put(&a, &first);
	parse(&first, &b);
	put(&b, &second);
	assert_string_equal(first.data, second.data);
	assert_int_equal(b.trace.paths.count, a.trace.paths.count);
	for (size_t i = 0; i < a.trace.paths.count; i++) {
		const char *path = strset_get(&a.trace.paths, i);
		const struct trace_entry *x = &a.trace.entries[i], *y = entry(&b.trace, path);
		assert_int_equal(x->kinds, y->kinds);
		assert_int_equal(x->witnesses, y->witnesses);
		assert_int_equal(x->found, y->found);
		if (x->program == UINT32_MAX)
			assert_int_equal(y->program, UINT32_MAX);
		else
			assert_string_equal(strset_get(&a.trace.programs, x->program),
					    strset_get(&b.trace.programs, y->program));
	}
	for (uint32_t i = 0; i < a.trace.programs.count; i++) {
		const struct trace_program *x = &a.trace.facts[i];
		const struct trace_program *y =
		    &b.trace.facts[strset_find(&b.trace.programs, strset_get(&a.trace.programs, i))];
		assert_int_equal(x->runs, y->runs);
		assert_int_equal(x->starts, y->starts);
		assert_int_equal(x->n_parents, y->n_parents);
		assert_int_equal(x->n_syscalls, y->n_syscalls);
		assert_memory_equal(x->syscalls, y->syscalls, x->n_syscalls * sizeof(*x->syscalls));
	}
	assert_int_equal(b.trace.assumed.count, 2);
	assert_int_equal(b.trace.witnesses, TRACE_BY_PTRACE | TRACE_BY_FANOTIFY);
	assert_memory_equal(a.trace.comparison.rules, b.trace.comparison.rules, sizeof(a.trace.comparison.rules));
	assert_int_equal(b.trace.comparison.unexplained.count, 2);
	assert_int_equal(b.trace.ptraces, 4);
	assert_int_equal(b.trace.processes, 3);
	assert_int_equal(b.trace.stops, 77);
	assert_int_equal(b.trace.unreadable, 1);
	assert_int_equal(b.trace.overflows, 2);
	assert_int_equal(b.trace.n_ports, 3);
	assert_int_equal(b.n_images, 1);
	assert_string_equal(b.images[0].reference, "oci:x:y");
	assert_true(trace_file_has_image(&b, "sha256:11"));
}

static void the_text(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	CLEANUP_BUF struct buf b = {0};
	uint32_t sh = trace_program(&f.trace, "/bin/sh"), odd = trace_program(&f.trace, "/b\xe9");
	trace_add_run(&f.trace, sh, UINT32_MAX);
	trace_add_run(&f.trace, odd, sh);
	trace_add_run(&f.trace, odd, odd);
	trace_add_syscall(&f.trace, sh, AUDIT_ARCH_X86_64, 257);
	trace_add_syscall(&f.trace, sh, AUDIT_ARCH_X86_64, 231);
	trace_add_syscall(&f.trace, sh, AUDIT_ARCH_X86_64, 900);
	trace_add_syscall(&f.trace, sh, AUDIT_ARCH_X86_64, TRACE_X32 | 512);
	trace_add_syscall(&f.trace, odd, AUDIT_ARCH_I386, 102);
	(void)strset_add(&f.trace.assumed, "write");
	(void)strset_add(&f.trace.assumed, "read");
	f.trace.witnesses = TRACE_BY_PTRACE | TRACE_BY_FANOTIFY;
	f.trace.comparison.rules[TRACE_RULE_INTERPRETER] = 2;
	f.trace.comparison.rules[TRACE_RULE_UNEXPLAINED] = 1;
	trace_add_unexplained(&f.trace, "/why", 4);
	f.trace.ptraces = 1;
	add(&f.trace, "/b\xe9", TRACE_OPEN | TRACE_FOLLOW, sh, TRACE_BY_PTRACE | TRACE_BY_FANOTIFY, TRACE_FOUND_YES);
	add(&f.trace, "/a", TRACE_STAT | TRACE_NOFOLLOW, UINT32_MAX, TRACE_BY_PTRACE, TRACE_FOUND_NO);
	trace_add_port(&f.trace, 80, false);
	trace_file_add_image(&f, "oci:b", "sha256:b");
	trace_file_add_image(&f, "oci:a", "sha256:a");
	trace_file_add_image(&f, "oci:other-name", "sha256:a");
	f.trace.processes = 1;
	f.trace.stops = 9;
	put(&f, &b);
	assert_string_equal(
	    b.data,
	    "{\n"
	    "  \"schema\": \"slim.trace/v1\",\n"
	    "  \"images\": [\n"
	    "    {\"reference\": \"oci:a\", \"digest\": \"sha256:a\"},\n"
	    "    {\"reference\": \"oci:b\", \"digest\": \"sha256:b\"}\n"
	    "  ],\n"
	    "  \"processes\": 1,\n"
	    "  \"stops\": 9,\n"
	    "  \"trace_attempts\": 1,\n"
	    "  \"witnesses\": [\"ptrace\", \"fanotify\"],\n"
	    "  \"lost\": {\"unreadable\": 0, \"overflows\": 0},\n"
	    "  \"ports\": [\n"
	    "    {\"port\": 80, \"protocol\": \"tcp\"}\n"
	    "  ],\n"
	    "  \"syscalls_assumed\": [\"read\", \"write\"],\n"
	    "  \"programs\": [\n"
	    "    {\"path\": \"/bin/sh\", \"runs\": 1, \"starts\": 1, \"parents\": [], \"syscalls\": {\"x86_64\": "
	    "[\"900\", \"exit_group\", \"openat\"], \"x32\": [\"rt_sigaction\"]}},\n"
	    "    {\"path_hex\": \"2f62e9\", \"runs\": 2, \"starts\": 0, \"parents\": [\"/bin/sh\"], \"parents_hex\": "
	    "[\"2f62e9\"], \"syscalls\": {\"i386\": [\"socketcall\"]}}\n"
	    "  ],\n"
	    "  \"witness_differences\": [\n"
	    "    {\"rule\": \"unexplained\", \"paths\": 1},\n"
	    "    {\"rule\": \"interpreter\", \"paths\": 2}\n"
	    "  ],\n"
	    "  \"unexplained\": [\n"
	    "    {\"path\": \"/why\"}\n"
	    "  ],\n"
	    "  \"paths\": [\n"
	    "    {\"path\": \"/a\", \"kinds\": [\"stat\", \"nofollow\"], \"found\": false, \"program\": null, "
	    "\"witnesses\": [\"ptrace\"]},\n"
	    "    {\"path_hex\": \"2f62e9\", \"kinds\": [\"open\", \"follow\"], \"found\": true, \"program\": "
	    "\"/bin/sh\", \"witnesses\": [\"ptrace\", \"fanotify\"]}\n"
	    "  ]\n"
	    "}\n");
}

static void an_empty_one(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0}, again = {0};
	CLEANUP_BUF struct buf b = {0};
	put(&f, &b);
	parse(&b, &again);
	assert_int_equal(again.trace.paths.count + again.n_images, 0);
}

static void order_of_arrival_does_not_matter(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file a = {0}, b = {0};
	CLEANUP_BUF struct buf x = {0}, y = {0};
	trace_add_port(&a.trace, 1, false), trace_add_port(&a.trace, 2, false);
	trace_add_port(&b.trace, 2, false), trace_add_port(&b.trace, 1, false);
	(void)trace_program(&a.trace, "/p"), (void)trace_program(&a.trace, "/q");
	(void)trace_program(&b.trace, "/q"), (void)trace_program(&b.trace, "/p");
	add(&a.trace, "/1", TRACE_OPEN, 0, 1, 0), add(&a.trace, "/2", TRACE_OPEN, 1, 1, 0);
	add(&b.trace, "/2", TRACE_OPEN, 0, 1, 0), add(&b.trace, "/1", TRACE_OPEN, 1, 1, 0);
	put(&a, &x);
	put(&b, &y);
	assert_string_equal(x.data, y.data);
}

static void files_merge(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file a = {0}, b = {0};
	fill(&a);
	trace_file_add_image(&b, "oci:z", "sha256:22");
	add(&b.trace, "/k/a", TRACE_EXEC, UINT32_MAX, TRACE_BY_FANOTIFY, TRACE_FOUND_YES);
	trace_file_merge(&b, &a);
	assert_int_equal(b.n_images, 2);
	assert_int_equal(entry(&b.trace, "/k/a")->kinds, TRACE_EXEC | TRACE_OPEN);
	assert_int_equal(entry(&b.trace, "/k/a")->found, TRACE_FOUND_YES); /* one run found it */
	assert_int_equal(entry(&b.trace, "/k/b")->found, TRACE_FOUND_NO);
	trace_file_merge(&b, &a);
	assert_int_equal(b.n_images, 2);
}

#define DOC(members) "{\"schema\": \"slim.trace/v1\", " members "}"
#define PATHS(...) DOC("\"paths\": [" #__VA_ARGS__ "]")
#define REST "\"kinds\": [], \"witnesses\": []"

static void unknown_members_are_ignored(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	static const char text[] =
	    DOC("\"later\": {\"a\": [1]}, \"lost\": {\"later\": 1}, \"paths\": ["
		"{\"path\": \"/a\", " REST ", \"later\": 1}, {\"path\": \"/a\", \"found\": true, "
		"\"kinds\": [\"stat\"], \"witnesses\": [\"ptrace\"], \"path_hex\": null}]");
	struct err err = {0};
	if (trace_file_parse(text, sizeof(text) - 1, &f, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.trace.paths.count, 1);
	assert_int_equal(entry(&f.trace, "/a")->kinds, TRACE_STAT);
	assert_int_equal(entry(&f.trace, "/a")->found, TRACE_FOUND_YES);
}

static void refused_one(const char *text, size_t n, int code, const char *says)
{
	struct trace_file f = {0}, zero = {0};
	struct err err = {0};
	int r = trace_file_parse(text, n, &f, &err);
	if (r != -code || !strstr(err.msg, says))
		fail_msg("%.60s: %d \"%s\", not %d \"%s\"", text, r, err.msg, -code, says);
	assert_memory_equal(&f, &zero, sizeof(f));
}

#define CALLS(set) DOC("\"paths\": [], \"programs\": [{\"path\": \"/a\", \"syscalls\": " set "}]")

static void hostile_ones_are_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} cases[] = {
	    {"", ERR_CORRUPT, "JSON"},
	    {"[]", ERR_CORRUPT, "object"},
	    {"{}", ERR_CORRUPT, "schema"},
	    {"{\"schema\": 1}", ERR_CORRUPT, "schema"},
	    {"{\"schema\": \"slim.report/v1\"}", ERR_INVAL, "slim.report/v1"},
	    {"{\"schema\": \"slim.trace/v2\"}", ERR_UNSUPPORTED, "version v2"},
	    {"{\"schema\": \"slim.trace/v1\"}", ERR_CORRUPT, "\"paths\" is missing"},
	    {DOC("\"paths\": {}"), ERR_CORRUPT, "\"paths\""},
	    {DOC("\"paths\": [], \"paths\": []"), ERR_CORRUPT, "JSON"},
	    {PATHS(1), ERR_CORRUPT, "paths[0] is not an object"},
	    {PATHS({}), ERR_CORRUPT, "paths[0]: member \"path\" is missing"},
	    {DOC("\"paths\": [{\"path\": 1, " REST "}]"), ERR_CORRUPT, "\"path\""},
	    {DOC("\"paths\": [{\"path\": \"\", " REST "}]"), ERR_CORRUPT, "empty"},
	    {DOC("\"paths\": [{\"path\": \"a\", " REST "}]"), ERR_CORRUPT, "absolute"},
	    {DOC("\"paths\": [{\"path\": \"/a\\u0000\", " REST "}]"), ERR_CORRUPT, "JSON"},
	    {DOC("\"paths\": [{\"path\": \"/a\", \"path_hex\": \"2f\", " REST "}]"), ERR_CORRUPT, "both"},
	    {DOC("\"paths\": [{\"path_hex\": \"2\", " REST "}]"), ERR_CORRUPT, "path_hex"},
	    {DOC("\"paths\": [{\"path_hex\": \"2F\", " REST "}]"), ERR_CORRUPT, "path_hex"},
	    {DOC("\"paths\": [{\"path_hex\": \"2f00\", " REST "}]"), ERR_CORRUPT, "NUL"},
	    {DOC("\"paths\": [{\"path_hex\": \"\", " REST "}]"), ERR_CORRUPT, "empty"},
	    {PATHS({"path" : "/a", "witnesses" : []}), ERR_CORRUPT, "kinds"},
	    {PATHS({"path" : "/a", "kinds" : []}), ERR_CORRUPT, "witnesses"},
	    {PATHS({"path" : "/a", "kinds" : "open"}), ERR_CORRUPT, "kinds"},
	    {PATHS({"path" : "/a", "kinds" : [1]}), ERR_CORRUPT, "kinds"},
	    {PATHS({"path" : "/a", "kinds" : ["dance"]}), ERR_UNSUPPORTED, "dance"},
	    {PATHS({"path" : "/a", "kinds" : [], "witnesses" : ["crystal ball"]}), ERR_UNSUPPORTED, "crystal ball"},
	    {DOC("\"paths\": [{\"path\": \"/a\", " REST ", \"found\": 1}]"), ERR_CORRUPT, "found"},
	    {DOC("\"paths\": [{\"path\": \"/a\", " REST ", \"program\": 1}]"), ERR_CORRUPT, "program"},
	    {DOC("\"paths\": [], \"processes\": -1"), ERR_CORRUPT, "processes"},
	    {DOC("\"paths\": [], \"stops\": 9007199254740993"), ERR_LIMIT, "stops"},
	    {DOC("\"paths\": [], \"lost\": 1"), ERR_CORRUPT, "lost"},
	    {DOC("\"paths\": [], \"lost\": {\"overflows\": \"1\"}"), ERR_CORRUPT, "lost: member \"overflows\""},
	    {DOC("\"paths\": [], \"ports\": [{\"port\": 65536, \"protocol\": \"tcp\"}]"), ERR_CORRUPT, "ports[0]"},
	    {DOC("\"paths\": [], \"ports\": [{\"port\": 1, \"protocol\": \"sctp\"}]"), ERR_UNSUPPORTED, "sctp"},
	    {DOC("\"paths\": [], \"programs\": [\"/bin/sh\"]"), ERR_CORRUPT, "programs[0]"},
	    {DOC("\"paths\": [], \"programs\": [{\"path\": \"/a\", \"runs\": -1}]"), ERR_CORRUPT, "runs"},
	    {DOC("\"paths\": [], \"programs\": [{\"path\": \"/a\", \"parents\": [1]}]"), ERR_CORRUPT, "parents[0]"},
	    {DOC("\"paths\": [], \"programs\": [{\"path\": \"/a\", \"parents_hex\": [\"2\"]}]"), ERR_CORRUPT,
	     "parents_hex[0]"},
	    {CALLS("[]"), ERR_CORRUPT, "syscalls"},
	    {CALLS("{\"x86_64\": 1}"), ERR_CORRUPT, "x86_64"},
	    {CALLS("{\"x86_64\": [1]}"), ERR_CORRUPT, "x86_64"},
	    {CALLS("{\"vax\": []}"), ERR_UNSUPPORTED, "vax"},
	    {CALLS("{\"x86_64\": [\"dance\"]}"), ERR_UNSUPPORTED, "dance"},
	    {CALLS("{\"x86_64\": [\"\"]}"), ERR_UNSUPPORTED, "x86_64"},
	    {CALLS("{\"x86_64\": [\"0\"]}"), ERR_UNSUPPORTED, "\"0\""}, /* it has a name */
	    {CALLS("{\"x86_64\": [\"0900\"]}"), ERR_UNSUPPORTED, "0900"},
	    {CALLS("{\"x86_64\": [\"1024\"]}"), ERR_UNSUPPORTED, "1024"},
	    {CALLS("{\"x86_64\": [\"99999999999999999999\"]}"), ERR_UNSUPPORTED, "9999"},
	    {DOC("\"paths\": [], \"syscalls_assumed\": [\"a\\u001b\"]"), ERR_CORRUPT, "syscalls_assumed[0]"},
	    {DOC("\"paths\": [], \"witnesses\": [\"crystal ball\"]"), ERR_UNSUPPORTED, "crystal ball"},
	    {DOC("\"paths\": [], \"witness_differences\": [{\"rule\": \"magic\"}]"), ERR_UNSUPPORTED, "magic"},
	    {DOC("\"paths\": [], \"unexplained\": [{\"path\": \"\"}]"), ERR_CORRUPT, "unexplained[0]"},
	    {DOC("\"paths\": [], \"images\": [{\"reference\": \"x\"}]"), ERR_CORRUPT, "images[0]: member \"digest\""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused_one(cases[i].text, strlen(cases[i].text), cases[i].code, cases[i].says);
}

static void too_much_is_refused(void **state)
{
	CLEANUP_BUF struct buf path = {0}, hex = {0}, values = {0};
	buf_str(&path, "{\"schema\": \"slim.trace/v1\", \"paths\": [{\"path\": \"/");
	buf_str(&hex, "{\"schema\": \"slim.trace/v1\", \"paths\": [{\"path_hex\": \"2f");
	for (int i = 0; i < LIMIT_TRACE_PATH; i++) {
		buf_char(&path, 'x');
		buf_str(&hex, "ff");
	}
	buf_str(&path, "\", " REST "}]}");
	buf_str(&hex, "\", " REST "}]}");
	refused_one(path.data, path.len, ERR_LIMIT, "path");
	refused_one(hex.data, hex.len, ERR_LIMIT, "path_hex");
	buf_reserve(&values, LIMIT_TRACE_VALUES + 1);
	memset(values.data, '[', LIMIT_TRACE_VALUES + 1);
	refused_one(values.data, LIMIT_TRACE_VALUES + 1, ERR_LIMIT, "values");
	refused_one("{}", (size_t)LIMIT_TRACE + 1, ERR_LIMIT, "bytes"); /* by its size alone: nothing is read */
}

static void what_could_not_be_read_is_not_written(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file many = {0}, large = {0}, commas = {0};
	CLEANUP_BUF struct buf b = {0};
	struct err err = {0};
	char path[LIMIT_TRACE_PATH + 1] = "/";
	for (int i = 0; i <= LIMIT_TRACE_IMAGES; i++) {
		snprintf(path, sizeof(path), "sha256:%d", i);
		trace_file_add_image(&many, "x", path);
	}
	assert_int_equal(trace_file_write(&many, &b, &err), -ERR_LIMIT);
	memset(path, 'x', LIMIT_TRACE_PATH);
	for (unsigned i = 0; i < LIMIT_TRACE / LIMIT_TRACE_PATH + 1; i++) {
		path[snprintf(path, sizeof(path), "/%u", i)] = 'x';
		add(&large.trace, path, TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE, 0);
	}
	assert_int_equal(trace_file_write(&large, &b, &err), -ERR_LIMIT);
	memset(path, ',', LIMIT_TRACE_PATH);
	for (unsigned i = 0; i < LIMIT_TRACE_VALUES / LIMIT_TRACE_PATH + 2; i++) {
		path[snprintf(path, sizeof(path), "/%u", i)] = ',';
		add(&commas.trace, path, TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE, 0);
	}
	buf_done(&b);
	assert_int_equal(trace_file_write(&commas, &b, &err), -ERR_LIMIT);
	assert_non_null(strstr(err.msg, "values"));
}

static int take_part(void *ctx, const char *data, size_t n, struct err *err)
{
	assert_in_range(n, 1, 80000);
	buf_append(ctx, data, n);
	return 0;
}

static int take_nothing(void *ctx, const char *data, size_t n, struct err *err)
{
	return err_set(err, ERR_SYS, "file-write", "write");
}

static void parts_are_the_text(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	CLEANUP_BUF struct buf whole = {0}, parts = {0};
	struct err err = {0};
	char path[64];
	trace_file_add_image(&f, "x", "sha256:1");
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/data/%d", i);
		add(&f.trace, path, TRACE_OPEN, UINT32_MAX, TRACE_BY_PTRACE, 0);
	}
	put(&f, &whole);
	assert_true(whole.len > 4 * 80000);
	assert_int_equal(trace_file_write_parts(&f, take_part, &parts, &err), 0);
	assert_string_equal(parts.data, whole.data);
	assert_int_equal(trace_file_write_parts(&f, take_nothing, NULL, &err), -ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_comes_back),
	    cmocka_unit_test(the_text),
	    cmocka_unit_test(an_empty_one),
	    cmocka_unit_test(order_of_arrival_does_not_matter),
	    cmocka_unit_test(files_merge),
	    cmocka_unit_test(parts_are_the_text),
	    cmocka_unit_test(unknown_members_are_ignored),
	    cmocka_unit_test(hostile_ones_are_refused),
	    cmocka_unit_test(too_much_is_refused),
	    cmocka_unit_test(what_could_not_be_read_is_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
