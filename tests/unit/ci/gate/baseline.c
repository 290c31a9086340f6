#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ci/gate/baseline.h"
#include "os/fd.h"

static int read_text(const char *text, struct ci_gate_baseline *out, struct err *err)
{
	char path[] = "/tmp/slim-unit-XXXXXX";
	CLEANUP_FD int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text), NULL), 0);
	int r = ci_gate_baseline_read(path, out, err);
	unlink(path);
	return r;
}

static void reads(const char *text, uint64_t size, uint64_t compressed)
{
	struct ci_gate_baseline b = {0};
	struct err e = {0};
	if (read_text(text, &b, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(b.size_bytes, size);
	assert_int_equal(b.compressed_bytes, compressed);
	assert_non_null(b.name);
	assert_false(b.missing);
	ci_gate_baseline_done(&b);
}

static void refuses(const char *text, enum err_code code, const char *id)
{
	struct ci_gate_baseline b = {0};
	struct err e = {0};
	assert_int_equal(read_text(text, &b, &e), -(int)code);
	assert_string_equal(e.id, id);
	assert_null(b.name);
}

static void files(void **state)
{
	reads("{\"schema\": \"slim.report/v1\", \"result\": {\"size_bytes\": 7, \"compressed_bytes\": 3},"
	      " \"kept\": [{\"path\": \"/\"}], \"dropped\": []}",
	      7, 3);
	reads("slim.lock/v1\nsize_bytes 100\ncompressed_bytes 40\nfile /a 0644\n", 100, 40);
	reads("slim.lock/v1\nsize_bytes 100\nfile /a 0644\n", 100, 0);
}

static void mistakes(void **state)
{
	struct ci_gate_baseline b = {0};
	refuses("", ERR_CORRUPT, "json-malformed");
	refuses("{}", ERR_CORRUPT, "member-missing");
	refuses("{\"schema\": \"slim.trace/v1\"}", ERR_INVAL, "growth-baseline-unknown");
	refuses("{\"schema\": \"slim.report/v1\"}", ERR_CORRUPT, "member-missing");
	refuses("{\"schema\": \"slim.report/v1\", \"result\": {\"size_bytes\": -7, \"compressed_bytes\": 3}}",
		ERR_CORRUPT, "json-type-wrong");
	refuses("{\"schema\": \"slim.report/v1\", \"result\": {\"size_bytes\": 0, \"compressed_bytes\": 0}}", ERR_INVAL,
		"growth-baseline-unknown");
	refuses("slim.lock/v1\n", ERR_INVAL, "growth-baseline-unknown");
	assert_int_equal(ci_gate_baseline_read("/nonexistent/report.json", &b, NULL), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
