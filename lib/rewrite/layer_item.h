/* rewrite/layer_item.h - writes one entry of the new layer. */
#pragma once

#include "image/reader.h"
#include "layer/writer.h"
#include "rewrite/layer_plan.h"

/* from: of the index; items come in the order of the plan. edits: as in struct rewrite_options. */
int rewrite_item_write(struct image_reader *from, const struct rewrite_item *item, const struct packages_edits *edits,
		       struct layer_writer *w, struct err *err) MUST_CHECK;
