#include "oci/annotation.h"

#include <string.h>

static const char *const prefixes[] = {
    "containerd.io/snapshot/",            /* stargz/toc.digest, nydus-bootstrap, overlaybd/.. */
    "io.containers.estargz.",             /* uncompressed-size */
    "io.github.containers.zstd-chunked.", /* manifest-checksum, manifest-position */
    "com.amazon.soci.",                   /* index-digest, span-size */
};

bool oci_annotation_is_of_layers(const char *key)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(key, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

void oci_annotations_forget_layers(json_t *annotations)
{
	const char *key;
	json_t *value;
	void *next;
	json_object_foreach_safe(annotations, next, key, value) if (oci_annotation_is_of_layers(key))
	    json_object_del(annotations, key);
}
