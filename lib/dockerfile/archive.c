#include "dockerfile/archive.h"

#include "layer/writer.h"
#include "rewrite/layer_item.h"

int dockerfile_archive(const struct dockerfile_carriers *c, int fd, size_t *entries, struct layer_digests *digests,
		       struct err *err)
{
	CLEANUP_LAYER_WRITER struct layer_writer *w = layer_writer_new(fd, OCI_COMPRESSION_NONE, 0);
	CLEANUP_IMAGE_READER struct image_reader from = IMAGE_READER(c->keep->index);
	*entries = 0;
	for (size_t i = 0; i < c->plan.count; i++) {
		const struct rewrite_item *item = &c->plan.items[i];
		if (!c->archived[item->node])
			continue;
		int r = rewrite_item_write(&from, item, c->edits, w, err);
		if (r < 0)
			return r;
		++*entries;
	}
	return layer_writer_finish(w, digests, err);
}
