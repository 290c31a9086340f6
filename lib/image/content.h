/* image/content.h - a digest of a file's content, for telling whether a rebuilt image has another one. */
#pragma once

#include "image/index.h"
#include "text/sha256.h"

/* SHA-256 of the regular file. Compiled Python that is checked by its source's time (PEP 552) counts as if that time
 * were zero: compiling it again changes nothing else. ERR_CANCELLED once the user asks to stop. */
int image_content_digest(const struct image_index *x, uint32_t node, uint8_t out[SHA256_SIZE],
			 struct err *err) MUST_CHECK;
