#include "fuzz.h"

#include "probe/file/probe_file.h"

/* Checks that a script which is accepted can be sent, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct err err = {0};
	setenv("WORD", "a${b}", 1);
	if (probe_file_parse((const char *)data, n, "the file", -1, &s, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	assert(s.count && probe_script_check(&s, 0, "the file", &err) == 0);
	return 0;
}
