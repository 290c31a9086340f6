/* pipeline/index_builder.h - the index is made in a thread of its own while the container runs: nothing needs it
 * before the keep set, and walking the layers is most of what a build with a warm store would wait for. */
#pragma once

#include <pthread.h>

#include "rootfs/index.h"

struct index_builder {
	const struct rootfs_layers *layers; /* borrowed until _done */
	struct rootfs_index *index;
	struct err err;
	pthread_t thread;
	bool running;
};

int index_builder_start(struct index_builder *b, const struct rootfs_layers *layers, struct err *err) MUST_CHECK;
/* Wait for it; *out stays the builder's. */
int index_builder_wait(struct index_builder *b, const struct rootfs_index **out, struct err *err) MUST_CHECK;
void index_builder_done(struct index_builder *b); /* an all-zero one too */
