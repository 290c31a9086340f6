/* publish/ahead.h - sends the layer of an image to registries before it is known whether the image is published: beside
 * its proof. This only saves time. publish() asks each registry for the layer and sends it if need be, so a failure
 * here is none of the build's. A layer that is published nowhere stays at the registry as a blob that no manifest
 * names, which it collects. Lifetime: _start, _wait any number of times, _end; again from _start on. All zero: nothing
 * was started. One thread calls these functions at a time. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "publish/destination.h"

struct publish_ahead {
	const struct publish_destinations *to;
	struct transport_options access;
	struct progress progress; /* tells the user's of its steps once the caller waits */
	const struct progress *user;
	atomic_bool awaited;
	struct oci_descriptor layer;
	int fd;               /* of the layer, borrowed */
	int stop_fd, poll_fd; /* readable once it shall end; the same, or the user wants to stop */
	pthread_t thread;
	bool started, runs; /* runs: until the thread is joined */
};

/* Begins to send d->size bytes of fd, which must not change until _end, to the registries of to. Nothing happens if
 * there are none. All that is given is borrowed until _end, access->progress too. */
void publish_ahead_start(struct publish_ahead *a, const struct publish_destinations *to,
			 const struct transport_options *access, const struct oci_descriptor *d, int fd);
/* Until it is sent, or has failed, or the user wants to stop. */
void publish_ahead_wait(struct publish_ahead *a);
/* Stops what is not sent yet. */
void publish_ahead_end(struct publish_ahead *a);
