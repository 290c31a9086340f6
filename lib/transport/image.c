#include "transport/image.h"

#include <stdlib.h>

void transport_image_done(struct transport_image *i)
{
	oci_manifest_done(&i->manifest);
	buf_done(&i->manifest_bytes);
	oci_image_config_done(&i->config);
	free(i->name);
	buf_done(&i->config_bytes);
	buf_done(&i->index);
	for (size_t n = 0; n < i->n_unpacked; n++)
		free(i->unpacked[n].path);
	free(i->unpacked);
	*i = (struct transport_image){0};
}
