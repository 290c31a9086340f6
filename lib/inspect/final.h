/* inspect/final.h - the file system that an image shows, as an index (image/index.h) made from its history. Only files
 * that were kept as texts can be read through it. */
#pragma once

#include "image/index.h"
#include "inspect/history.h"
#include "inspect/texts.h"

/* texts, lists and history must outlive the index. ctx: filled here, and must outlive it, too. */
struct inspect_final {
	const struct inspect_lists *lists;
	const struct inspect_texts *texts;
};
int inspect_final_index(const struct inspect_history *h, const struct inspect_lists *lists,
			const struct inspect_texts *texts, struct inspect_final *ctx, struct image_index **out,
			struct err *err) MUST_CHECK;
