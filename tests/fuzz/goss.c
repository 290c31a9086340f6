#include "fuzz.h"

#include "probe/specs/goss.h"

/* Checks that a script which is accepted can be sent, and that a refusal has a message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_PROBE_SPEC struct probe_spec commands = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script requests = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err err = {0};
	if (probe_goss_parse((const char *)data, n, "the file", &commands, &requests, &notes, &err) < 0)
		assert(err.code && err.msg[0]);
	else
		assert(commands.count || probe_script_check(&requests, 0, "the file", &err) == 0);
	return 0;
}
