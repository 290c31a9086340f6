#include "fuzz.h"

#include "probe/script/har.h"

/* Checks that a script which is accepted can be sent, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	const struct probe_har_options o = {.cookies = n % 2};
	struct err err = {0};
	if (probe_har_parse((const char *)data, n, "the file", &o, &s, &notes, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	assert(probe_script_check(&s, 0, "the file", &err) == 0);
	return 0;
}
