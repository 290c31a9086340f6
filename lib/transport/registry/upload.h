/* transport/registry/upload.h - uploads a blob to a repository, however often the connection breaks: in one request,
 * or in pieces if it is large or the registry accepts only so much at once. It resumes if the registry tells how much
 * it has.
 * Spec: OCI distribution-spec 1.1, "Pushing blobs", "Mounting a blob from another repository".
 * Private to lib/transport/registry/. Thread-safe, as the client is. */
#pragma once

#include "oci/descriptor.h"
#include "transport/registry/call.h"
#include "transport/registry/client.h"

/* 1: the repository has a blob (or manifest) of this digest and size. 0: it does not. */
int registry_has(struct registry_client *c, const struct oci_descriptor *d, struct err *err) MUST_CHECK;

/* Mounts the blob from the repository "from" of the same registry. 1: done. 0: it can't be mounted, so send it;
 * *session is then the upload that the registry began instead, or NULL: for registry_upload, or
 * registry_cancel_uploads. ERR_CANCELLED is the only error. */
int registry_mount(struct registry_client *c, const struct oci_descriptor *d, const char *from, char **session,
		   struct err *err) MUST_CHECK;

/* Sends d->size bytes of fd from offset 0, or of data. session: owned by the call, NULL = begin one. forsaken:
 * receives sessions that broke or were not ended, for registry_cancel_uploads. meter: of fd's bytes; may be NULL. */
int registry_upload(struct registry_client *c, const struct oci_descriptor *d, int fd, const void *data, char *session,
		    const struct registry_meter *meter, const struct progress *progress, struct strlist *forsaken,
		    struct err *err) MUST_CHECK;

/* Best effort, within a few seconds, also after the user asked to stop: progress is what c was opened with, and is in
 * no other use meanwhile. */
void registry_cancel_uploads(struct registry_client *c, const struct strlist *sessions, struct progress *progress);

/* The digest that the registry says it stored, if it says one: ERR_CORRUPT when it is not d's. */
int registry_check_stored(const struct net_exchange *x, const struct oci_descriptor *d, struct err *err) MUST_CHECK;
