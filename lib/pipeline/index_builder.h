/* pipeline/index_builder.h - builds the index in a thread while the container runs. Nothing needs the index before
 * the keep set, and with a warm store a build would spend most of its time waiting for it. */
#pragma once

#include "base/timings.h"
#include "image/index.h"
#include "pipeline/beside.h"

struct pipeline_index_builder {
	const struct image_layers *layers; /* borrowed until _done, as timings */
	struct timings *timings;           /* NULL = nobody asks */
	struct image_index *index;
	struct pipeline_beside thread;
};

int pipeline_index_builder_start(struct pipeline_index_builder *b, const struct image_layers *layers,
				 struct timings *timings, struct err *err) MUST_CHECK;
/* Waits for the thread. *out belongs to the builder. */
int pipeline_index_builder_wait(struct pipeline_index_builder *b, const struct image_index **out,
				struct err *err) MUST_CHECK;
void pipeline_index_builder_done(struct pipeline_index_builder *b); /* an all-zero one too */
