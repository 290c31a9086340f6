#include "fuzz.h"

#include "ci/gate/baseline.h"

/* The sizes of an earlier result. Checks that at least one of them is known, unless reading failed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ci_gate_baseline b = {0};
	struct err err = {0};
	const int dir = fuzz_directory();
	CLEANUP_FREE char *path = mem_printf("%s/baseline", fuzz_path);
	fuzz_write(dir, "baseline", data, n, 0600);
	if (ci_gate_baseline_read(path, &b, &err) < 0)
		assert(err.code && err.msg[0] && !b.name);
	else
		assert(b.name && (b.size_bytes || b.compressed_bytes));
	ci_gate_baseline_done(&b);
	return 0;
}
