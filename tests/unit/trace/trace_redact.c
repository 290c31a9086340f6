#include "unit.h"

#include "base/mem.h"
#include "trace/trace_redact.h"

static void add(struct trace *t, const char *path, uint32_t kinds, uint32_t program, uint8_t found, size_t known)
{
	trace_add(t, path, strlen(path), kinds, program, TRACE_BY_PTRACE);
	struct trace_entry *e = &t->entries[strset_find(&t->paths, path)];
	e->found = found;
	e->known = (uint16_t)known;
}

static void redact(const struct trace_file *f, struct trace_file *out)
{
	struct err err = {0};
	if (trace_redact(f, out, &err) < 0)
		fail_msg("%s", err.msg);
}

static const struct trace_entry *entry(const struct trace *t, const char *path)
{
	size_t id = strset_find(&t->paths, path);
	if (id == STRSET_NONE)
		fail_msg("no %s", path);
	return &t->entries[id];
}

static void names_of_the_image_stay(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0}, out = {0};
	struct trace *t = &f.trace;
	uint32_t app = trace_program(t, "/bin/app"), made = trace_program(t, "/tmp/made-of-secret"),
		 unknown = trace_program(t, "secret-too");
	add(t, "/bin/app", TRACE_EXEC, app, TRACE_FOUND_YES, 0);
	add(t, "/tmp/made-of-secret", TRACE_EXEC, made, TRACE_FOUND_NO, 4);
	add(t, "/srv/page?token=secret", TRACE_STAT, app, TRACE_FOUND_NO, 4);
	add(t, "/srv/other?token=secret", TRACE_CREATE, app, TRACE_FOUND_NO, 4);
	add(t, "/var/log/app.log", TRACE_OPEN, app, TRACE_FOUND_UNKNOWN, 16); /* a link to /dev/stdout */
	add(t, "/dev/shm/secret", TRACE_CREATE, app, TRACE_FOUND_UNKNOWN, 0);
	trace_add_run(t, app, UINT32_MAX);
	trace_add_run(t, made, app);
	trace_add_run(t, unknown, made);
	trace_add_unexplained(t, "/srv/page?token=secret", 22);
	trace_add_unexplained(t, "/secret", 7);
	trace_add_port(t, 80, false);
	t->processes = 3;
	t->overflows = 1;
	t->witnesses = TRACE_BY_PTRACE;
	redact(&f, &out);
	const struct trace *r = &out.trace;
	assert_int_equal(r->paths.count, 5);
	assert_int_equal(entry(r, "/bin/app")->found, TRACE_FOUND_YES);
	assert_int_equal(entry(r, "/srv/" TRACE_REDACTED)->kinds, TRACE_STAT | TRACE_CREATE);
	assert_int_equal(entry(r, "/srv/" TRACE_REDACTED)->known, 4);
	assert_int_equal(entry(r, "/tmp/" TRACE_REDACTED)->found, TRACE_FOUND_NO);
	assert_int_equal(entry(r, "/var/log/app.log")->kinds, TRACE_OPEN);
	assert_int_equal(entry(r, "/" TRACE_REDACTED)->kinds, TRACE_CREATE);
	assert_int_equal(r->programs.count, 3);
	assert_int_equal(r->facts[strset_find(&r->programs, "/tmp/" TRACE_REDACTED)].runs, 1);
	assert_int_equal(r->comparison.unexplained.count, 2);
	assert_int_equal(r->n_ports, 1);
	assert_int_equal(r->processes, 3);
	assert_int_equal(r->overflows, 1);
	CLEANUP_BUF struct buf text = {0};
	assert_int_equal(trace_file_write(&out, &text, NULL), 0);
	assert_null(strstr(text.data, "secret"));
	/* it is read as it is written, and nothing is left to redact */
	CLEANUP_TRACE_FILE struct trace_file read = {0}, again = {0};
	CLEANUP_BUF struct buf same = {0};
	assert_int_equal(trace_file_parse(text.data, text.len, &read, NULL), 0);
	redact(&read, &again);
	assert_int_equal(trace_file_write(&again, &same, NULL), 0);
	assert_string_equal(text.data, same.data);
}

static void files_lose_their_directory(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
	    {"oci:/builds/secret/app:1", "oci:app:1"},
	    {"docker-archive:secret/app.tar:team/app:1", "docker-archive:app:1"},
	    {"oci:app:1", "oci:app:1"},
	    {"docker://registry.example.com:5000/team/app:1", "docker://registry.example.com:5000/team/app:1"},
	    {"docker-daemon:team/app:1", "docker-daemon:team/app:1"},
	    {"localhost:5000/app", "localhost:5000/app"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_TRACE_FILE struct trace_file f = {0}, out = {0};
		trace_file_add_image(&f, cases[i].from, "sha256:1");
		redact(&f, &out);
		assert_string_equal(out.images[0].reference, cases[i].to);
		assert_string_equal(out.images[0].digest, "sha256:1");
	}
}

static void what_says_nothing_of_the_image_is_refused(void **state)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0}, out = {0};
	struct err err = {0};
	add(&f.trace, "/etc/app.conf", TRACE_OPEN, UINT32_MAX, TRACE_FOUND_UNKNOWN, 0);
	assert_int_equal(trace_redact(&f, &out, &err), -ERR_INVAL);
	assert_string_equal(err.id, "trace-not-redactable");
	assert_int_equal(out.trace.paths.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_the_image_stay),
	    cmocka_unit_test(files_lose_their_directory),
	    cmocka_unit_test(what_says_nothing_of_the_image_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
