/* rewrite/layer_item.h - writes one entry of the new layer. */
#pragma once

#include "layer/writer.h"
#include "rewrite/layer_plan.h"

/* edits: as in struct rewrite_options. */
int rewrite_item_write(const struct image_index *x, const struct rewrite_item *item, const struct packages_edits *edits,
		       struct layer_writer *w, struct err *err) MUST_CHECK;
