/* transport/registry/call.h - one request to a repository. Private to lib/transport/registry/. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"

/* Is told how many bytes of a body's fd were sent, counted from the start of the file. It may fall: bytes are sent
 * again after an error. */
struct registry_meter {
	void (*sent)(void *ctx, uint64_t bytes);
	void *ctx;
};

struct registry_call {
	const char *method;
	const char *path; /* below /v2/NAME/: "blobs/sha256:..."; or an absolute URL: an upload's Location */
	const struct strlist *headers; /* without Authorization; NULL = none */
	/* A body that can be sent again: size bytes of fd from offset; or data. fd -1 and data NULL = none. */
	int fd;
	uint64_t offset, size;
	const void *data;
	const struct registry_meter *meter; /* NULL = nobody wants to know */
	/* Sent once more after a 401 only: what an upload had taken in before it broke must be asked for before the
	 * next try (upload.c). The other errors, and 429 and 5xx, come back to the caller, who may net_retry_wait. */
	bool once;
	bool other_hosts; /* a redirect to another host is followed (GET and HEAD of blobs), without credentials */
	const char *more_scope; /* a second scope for the token: "repository:OTHER:pull"; NULL = none */
};
