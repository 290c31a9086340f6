#include "unit.h"

#include "cmd/options/ready.h"

/* What run/ waits for: "8080 9090 any `REGEX`", and "?" if the probe asks something. */
static int ready_of(const char *const *texts, struct buf *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist list = {0};
	struct ready r = {0};
	for (; *texts; texts++)
		strlist_add(&list, *texts);
	int rc = ready_init(&r, &list, err);
	buf_str(out, r.run.asked ? "asked" : "usual");
	for (size_t i = 0; i < r.run.n_ports; i++)
		buf_printf(out, " %u", r.run.ports[i]);
	buf_str(out, r.run.any_port ? " any" : "");
	for (size_t i = 0; i < r.prints.count; i++)
		buf_printf(out, " `%s`", r.prints.items[i]);
	buf_str(out, probe_ready_asks(&r.probe) ? " ?" : "");
	ready_done(&r);
	return rc;
}

static void ready_one(const char *const *texts, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	assert_int_equal(ready_of(texts, &got, NULL), 0);
	assert_string_equal(got.data, want);
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void who_waits_for_what(void **state)
{
	ready_one(TEXTS(NULL), "usual");
	ready_one(TEXTS("tcp:8080"), "asked 8080");
	ready_one(TEXTS("http:/healthz"), "asked any ?");
	ready_one(TEXTS("http:8080/healthz", "tcp:9090"), "asked 8080 9090 ?");
	ready_one(TEXTS("log:ready", "log:done$"), "asked `ready` `done$`");
	ready_one(TEXTS("health"), "asked ?");
	ready_one(TEXTS("exec:true", "log:x"), "asked `x` ?");
}

static void mistakes(void **state)
{
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	assert_int_equal(ready_of(TEXTS("tcp:80", "log:a(b"), &got, &err), -ERR_INVAL);
	assert_non_null(strstr(err.msg, "--ready: `a(b`"));
	assert_int_equal(ready_of(TEXTS("soon"), &got, &err), -ERR_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_waits_for_what),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
