/* dockerfile/archive.h - writes a tar of the entries that cannot be copied. The Dockerfile adds it after all copies. */
#pragma once

#include "dockerfile/carriers.h"
#include "layer/codec.h"

/* Writes the tar to fd. The same carriers give the same bytes. *entries: receives the number of entries. */
int dockerfile_archive(const struct dockerfile_carriers *c, int fd, size_t *entries, struct layer_digests *digests,
		       struct err *err) MUST_CHECK;
