/* transport/registry/upload_queue.h - sends several blobs to a repository at the same time: a registry takes the bytes
 * of one connection slower than a machine or a network can send them. Private to lib/transport/registry/.
 * Lifetime: _init, then the client is opened with the queue's progress and put into it; _done ends what still runs,
 * cancels what is left open at the registry and comes before the client is closed. For one thread; it makes others. */
#pragma once

#include <pthread.h>

#include "oci/descriptor.h"
#include "transport/registry/client.h"

#define REGISTRY_UPLOADS_AT_ONCE 4

struct registry_upload_job;

struct registry_upload_queue {
	struct registry_client *client; /* borrowed */
	struct progress progress;       /* stops what the client does: when the user asks, or an upload has failed */
	int stop_fd, poll_fd;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t freed;
	struct registry_upload_job *jobs[REGISTRY_UPLOADS_AT_ONCE]; /* that run; NULL = a free place */
	struct err err;                                             /* of the first that failed */
	uint64_t sent, total;                                       /* bytes of files */
	struct strlist forsaken; /* sessions that are open at the registry and of no more use */
};

/* user: NULL = never asks to stop. Its step function is told the bytes of files that are sent, as stage "publish". */
int registry_upload_queue_init(struct registry_upload_queue *q, const struct progress *user,
			       struct err *err) MUST_CHECK;
/* Begins to send d->size bytes of fd, or of data, which is copied. fd may be closed afterwards, but its file must not
 * change until _flush. session: of a mount (upload.h), owned by the call; NULL = none. known_missing: don't ask the
 * registry whether it has the blob. Waits while too many are under way. After a failure it does nothing: _check and
 * _flush report it. */
int registry_upload_queue_add(struct registry_upload_queue *q, const struct oci_descriptor *d, int fd, const void *data,
			      char *session, bool known_missing, struct err *err) MUST_CHECK;
/* Whether one has failed; the message names its digest. */
int registry_upload_queue_check(struct registry_upload_queue *q, struct err *err) MUST_CHECK;
/* All that was added is at the registry, or one has failed. */
int registry_upload_queue_flush(struct registry_upload_queue *q, struct err *err) MUST_CHECK;
/* session: owned by the call; NULL is nothing. */
void registry_upload_queue_forsake(struct registry_upload_queue *q, char *session);
void registry_upload_queue_done(struct registry_upload_queue *q);
