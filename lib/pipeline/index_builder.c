#include "pipeline/index_builder.h"

#include <signal.h>

static void *build(void *ctx)
{
	struct pipeline_index_builder *b = ctx;
	const size_t step = timings_begin_apart(b->timings, "index the layers", NULL);
	(void)!image_index_build(b->layers, &b->index, &b->err); /* err tells */
	timings_end(b->timings, step);
	return NULL;
}

int pipeline_index_builder_start(struct pipeline_index_builder *b, const struct image_layers *layers,
				 struct timings *timings, struct err *err)
{
	*b = (struct pipeline_index_builder){.layers = layers, .timings = timings};
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old); /* signals stay with the caller */
	int e = pthread_create(&b->thread, NULL, build, b);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (e)
		return err_sys(err, e, "thread-start", "start a thread");
	b->running = true;
	return 0;
}

static void join(struct pipeline_index_builder *b)
{
	if (b->running)
		pthread_join(b->thread, NULL);
	b->running = false;
}

int pipeline_index_builder_wait(struct pipeline_index_builder *b, const struct image_index **out, struct err *err)
{
	join(b);
	if (b->err.code) {
		if (err)
			*err = b->err;
		return -(int)b->err.code;
	}
	*out = b->index;
	return 0;
}

void pipeline_index_builder_done(struct pipeline_index_builder *b)
{
	join(b);
	image_index_free(b->index);
	*b = (struct pipeline_index_builder){0};
}
