#include "fuzz.h"

#include "probe/specs/structure_test.h"

/* Checks that each accepted command has words, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err err = {0};
	if (probe_structure_test_parse((const char *)data, n, "the file", &s, &notes, &err) < 0) {
		assert(err.code && err.msg[0]);
		return 0;
	}
	for (size_t i = 0; i < s.count; i++)
		assert(s.commands[i].argv.count);
	return 0;
}
