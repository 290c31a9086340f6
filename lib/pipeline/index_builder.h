/* pipeline/index_builder.h - builds the index in a thread while the container runs. Nothing needs the index before
 * the keep set, and with a warm store a build would spend most of its time waiting for it. */
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
/* Waits for the thread. *out belongs to the builder. */
int index_builder_wait(struct index_builder *b, const struct rootfs_index **out, struct err *err) MUST_CHECK;
void index_builder_done(struct index_builder *b); /* an all-zero one too */
