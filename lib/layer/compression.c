#include "layer/compression.h"

#include <stdlib.h>
#include <string.h>

#include "layer/codec.h"

static const struct {
	const char *name;
	enum oci_compression method;
	int max_level;
} methods[] = {{"none", OCI_COMPRESSION_NONE, 0},
	       {"gzip", OCI_COMPRESSION_GZIP, LAYER_GZIP_MAX},
	       {"zstd", OCI_COMPRESSION_ZSTD, LAYER_ZSTD_MAX}};

bool layer_compression_parse(const char *text, struct layer_compression *out)
{
	size_t len = strcspn(text, ":");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strlen(methods[i].name) != len || strncmp(text, methods[i].name, len) != 0)
			continue;
		char *end = NULL;
		long level = text[len] ? strtol(text + len + 1, &end, 10) : 0;
		if ((end && *end) || (text[len] && (level < 1 || level > methods[i].max_level)))
			return false;
		*out = (struct layer_compression){methods[i].method, (int)level};
		return true;
	}
	return false;
}
