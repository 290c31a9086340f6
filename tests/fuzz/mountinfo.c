#include "fuzz.h"
#include "os/mountinfo.h"

/* A table of mounts. Checks that a path on a mount has a path in that mount's file system. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_MOUNTINFO struct mountinfo m = {0};
	CLEANUP_FREE char *copy = mem_dup(data, n);
	FILE *table = n ? fmemopen(copy, n, "r") : NULL;
	while (table && mountinfo_next(table, &m)) {
		CLEANUP_BUF struct buf path = {0};
		CLEANUP_FREE char *below = mem_printf("%s/x", m.point[1] ? m.point : "");
		const bool on_it = mountinfo_map(&m, below, &path);
		assert(on_it ? path.len > 0 : m.point[0] != '/');
	}
	if (table)
		fclose(table);
	return 0;
}
