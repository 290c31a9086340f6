/* A text that a run read, in a tree that is too large to keep. */
#include "image.h"
#include "keep/trees/registries.h"

#define LIMIT 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct fuzz_image_file files[] = {
	    {"usr/lib/office/types/a.rdb", "x"},
	    {"usr/lib/office/program/libone.so", "12345678"},
	    {"usr/lib/office/program/libtwo.so", "12345678"},
	    {"usr/lib/office/share/two.dat", "1234"},
	    {"usr/lib/office/more/two.dat", "12345"},
	    {"usr/lib/office/share/large.bin", "large, too large: 1234567890"},
	    {"usr/lib/office/share/l.so -> large.bin", ""},
	    {"usr/lib/other/libone.so", "1"}};
	static const char path[] = "/usr/lib/office/types/a.rdb";
	static const struct packages packages;
	struct fuzz_image *m = FUZZ_IMAGE(files);
	(void)fuzz_image_put(m, path, data, n); /* the image has it */
	CLEANUP_TRACE struct trace t = {0};
	CLEANUP_KEEP_SET struct keep_set k;
	struct evidence e;
	struct keep_trees trees;
	trace_add(&t, path, strlen(path), TRACE_OPEN | TRACE_FOLLOW, UINT32_MAX, TRACE_BY_PTRACE);
	const int r = evidence_init(&e, m->index, &t, NULL);
	assert(r == 0);
	keep_set_init(&k, m->index, NULL, KEEP_SAFE);
	keep_trace(&k, &e);
	keep_trees_add(&k, &packages, &e, (struct keep_trees_limits){20, LIMIT}, &trees);
	keep_registries_add(&k, &e, &trees);
	assert(trees.bytes <= LIMIT);
	for (uint32_t id = 1; id < image_index_count(m->index); id++)
		assert(!keep_has(&k, id) || strcmp(image_index_node(m->index, id)->name, "other") != 0);
	keep_trees_done(&trees);
	evidence_done(&e);
	return 0;
}
