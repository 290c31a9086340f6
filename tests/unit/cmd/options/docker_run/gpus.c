#include "unit.h"

#include "base/buf.h"
#include "cmd/options/docker_run/gpus.h"

/* The variables, with blanks between them; NULL = an error. */
static void gpus_one(const char *text, const char *want)
{
	CLEANUP_STRLIST struct strlist env = {0};
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	if (gpus_parse(text, &env, &err) < 0) {
		assert_string_equal(err.id, "option-value-invalid");
		assert_null(want);
		return;
	}
	for (size_t i = 0; i < env.count; i++)
		buf_printf(&got, "%s%s", i ? " " : "", env.items[i] + strlen("NVIDIA_"));
	assert_non_null(want);
	assert_string_equal(got.data, want);
}

static void as_docker_run_has_them(void **state)
{
	gpus_one("all", "VISIBLE_DEVICES=all");
	gpus_one("-1", "VISIBLE_DEVICES=all");
	gpus_one("2", "VISIBLE_DEVICES=0,1");
	gpus_one("count=1", "VISIBLE_DEVICES=0");
	gpus_one("device=GPU-3a23c669-1f69-c64e-cf85-44e9b07e7a2a",
		 "VISIBLE_DEVICES=GPU-3a23c669-1f69-c64e-cf85-44e9b07e7a2a");
	gpus_one("\"device=0,2\"", "VISIBLE_DEVICES=0,2");
	gpus_one("all,capabilities=utility", "VISIBLE_DEVICES=all DRIVER_CAPABILITIES=utility");
	gpus_one("\"device=1\",\"capabilities=gpu,compute,utility\"",
		 "VISIBLE_DEVICES=1 DRIVER_CAPABILITIES=compute,utility");
	gpus_one("driver=nvidia,count=all", "VISIBLE_DEVICES=all");
	gpus_one("capabilities=gpu", "VISIBLE_DEVICES=all");
}

static void what_is_none(void **state)
{
	static const char *const texts[] = {"",
					    "some",
					    "0",
					    "-2",
					    "1000",
					    "device=",
					    "device=a b",
					    "count=x",
					    "driver=amd",
					    "device=0,2",
					    "device=0,count=2",
					    "\"device=0",
					    "\"all\"x",
					    "x=y"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		gpus_one(texts[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_run_has_them),
	    cmocka_unit_test(what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
