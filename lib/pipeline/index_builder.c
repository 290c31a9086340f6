#include "pipeline/index_builder.h"

static int build(void *ctx, struct err *err)
{
	struct pipeline_index_builder *b = ctx;
	const size_t step = timings_begin_apart(b->timings, "index the layers", NULL);
	int r = image_index_build(b->layers, &b->index, err);
	timings_end(b->timings, step);
	return r;
}

int pipeline_index_builder_start(struct pipeline_index_builder *b, const struct image_layers *layers,
				 struct timings *timings, struct err *err)
{
	*b = (struct pipeline_index_builder){.layers = layers, .timings = timings};
	return pipeline_beside_start(&b->thread, build, b, err);
}

int pipeline_index_builder_wait(struct pipeline_index_builder *b, const struct image_index **out, struct err *err)
{
	int r = pipeline_beside_wait(&b->thread, err);
	if (r == 0)
		*out = b->index;
	return r;
}

void pipeline_index_builder_done(struct pipeline_index_builder *b)
{
	(void)pipeline_beside_wait(&b->thread, NULL);
	image_index_free(b->index);
	*b = (struct pipeline_index_builder){0};
}
