/* layer/compression.h - parses the compression of layers that a user asks for: METHOD[:LEVEL]. */
#pragma once

#include <stdbool.h>

#include "oci/descriptor.h"

struct layer_compression {
	enum oci_compression method;
	int level; /* 0 = the default of the method */
};

#define LAYER_COMPRESSION_FORMS "gzip[:1-12], zstd[:1-19] or none" /* for messages */

/* False if text has none of the forms; *out is set only on success. */
bool layer_compression_parse(const char *text, struct layer_compression *out);
