#include "pipeline/witness.h"

#include "base/log.h"
#include "base/mem.h"

static void on_visit(void *ctx, uint32_t id, bool symlink)
{
	((bool *)ctx)[id] = true;
}

uint64_t witness_kernel_only(const struct rootfs_index *index, const struct trace *trace)
{
	CLEANUP_FREE bool *named = mem_calloc(rootfs_index_count(index), sizeof(*named));
	for (size_t i = 0; i < trace->paths.count; i++)
		if (trace->entries[i].witnesses & TRACE_BY_CALL)
			(void)rootfs_index_resolve(index, strset_get(&trace->paths, i), true, on_visit, named);
	uint64_t n = 0;
	for (size_t i = 0; i < trace->paths.count; i++) {
		if (trace->entries[i].witnesses & TRACE_BY_CALL)
			continue;
		uint32_t id = rootfs_index_resolve(index, strset_get(&trace->paths, i), false, NULL, NULL);
		if (id == ROOTFS_NONE || named[id])
			continue;
		log_debug("seen by fanotify alone: %s", strset_get(&trace->paths, i));
		n++;
	}
	return n;
}
