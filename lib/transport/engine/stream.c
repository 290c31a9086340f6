#include "transport/engine/source.h"

int engine_source_stream(struct engine_source *s, struct transport_image *image, transport_each_layer *each, void *ctx,
			 struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "%s: reading images from an engine is to come", engine_name(s->engine));
}
