/* dockerfile/archive.h - writes the entries that COPY can't carry as a tar, which the Dockerfile adds after all copies.
 */
#pragma once

#include "dockerfile/carriers.h"
#include "layer/codec.h"

/* Writes the tar to fd. The same carriers give the same bytes. *entries, *digests: of what was written. */
int dockerfile_archive(const struct dockerfile_carriers *c, int fd, size_t *entries, struct layer_digests *digests,
		       struct err *err) MUST_CHECK;
