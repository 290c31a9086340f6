/* chisel's manifest: its text, or its bytes if they begin as zstd's do. */
#include "packages/frame.h"
#include "image.h"
#include "packages/packages.h"
#include "packages/wall.h"

#define MANIFEST "/var/lib/chisel/manifest.wall"

static const struct fuzz_image_file files[] = {
    {"usr/lib/libc.so.6", "x"},
    {"lib -> usr/lib", ""},
    {"usr/bin/tool!", "x"},
    {"usr/bin/alias -> tool", ""},
    {"usr/share/doc/tool", "x"},
    {"etc/own", "x"},
    {"var/lib/dpkg/status", "Package: tool\nArchitecture: amd64\nVersion: 1\n"},
    {"var/lib/chisel/manifest.wall", "x"},
};

static struct packages_edits trim(const struct fuzz_image *m)
{
	CLEANUP_PACKAGES struct packages p = {0};
	struct packages_edits edits = {0};
	struct err err = {0};
	const uint32_t nodes = image_index_count(m->index);
	int r = packages_read(m->index, &p, &err);
	assert(r == 0);
	CLEANUP_FREE bool *kept = mem_calloc(nodes, sizeof(*kept));
	for (uint32_t i = 0; i < nodes; i++) {
		assert(p.owner[i] == PACKAGES_NONE || p.owner[i] < p.count);
		kept[i] = i % 2 == 0;
	}
	r = packages_trim(&p, m->index, kept, &edits, &err);
	assert(r == 0);
	return edits;
}

/* Checks that the lines are sorted, unless the manifest is as it was. */
static void check_order(const struct buf *packed)
{
	CLEANUP_PACKAGES_WALL struct packages_wall w = {0};
	struct packages_field before = {"", 0};
	const bool ok = packages_wall_open(packed, &w);
	assert(ok);
	struct packages_wall_cursor at = {.wall = &w};
	while (packages_wall_next(&at)) {
		const int r = memcmp(before.text, at.line.text, before.n < at.line.n ? before.n : at.line.n);
		assert(at.entry && (r < 0 || (r == 0 && before.n <= at.line.n)));
		before = at.line;
	}
}

/* Trims twice: nothing is left to trim after the first time. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_image *m = FUZZ_IMAGE(files);
	CLEANUP_BUF struct buf packed = {0};
	if (n >= 4 && memcmp(data, "\x28\xb5\x2f\xfd", 4) == 0)
		buf_append(&packed, data, n);
	else
		packages_frame_write(data, n, &packed);
	const uint32_t node = fuzz_image_put(m, MANIFEST, packed.data, packed.len);
	assert(node != IMAGE_NONE);
	struct packages_edits edits = trim(m);
	const struct packages_edit *first = packages_edits_find(&edits, node);
	if (first) {
		const bool same =
		    first->content.len == packed.len && memcmp(first->content.data, packed.data, packed.len) == 0;
		if (!same)
			check_order(&first->content);
		fuzz_image_put(m, MANIFEST, first->content.data, first->content.len);
		struct packages_edits again = trim(m);
		const struct packages_edit *second = packages_edits_find(&again, node);
		assert(second && second->content.len == first->content.len &&
		       memcmp(second->content.data, first->content.data, first->content.len) == 0);
		packages_edits_done(&again);
	}
	packages_edits_done(&edits);
	return 0;
}
