/* cmd/services/override.h - an override file for compose: the images of services, and nothing else. */
#pragma once

#include "base/buf.h"
#include "base/strlist.h"

/* Where the slim image of a service is. Borrowed. */
struct override_image {
	const char *service;
	const char *reference; /* as slim reads it */
	const char *pinned;    /* the image by its digest or its ID (report.h); NULL = files have none */
};

/* For compose: a comment that says how to use it, then the images by digest, or by ID where an engine holds them.
 * originals: the compose files, path: the override file; for the comment. */
void override_text(const struct override_image *images, size_t n, const struct strlist *originals, const char *path,
		   struct buf *out);
/* For slim itself: the references. */
void override_references(const struct override_image *images, size_t n, struct buf *out);
