#include "layer/encode_method.h"

#include <stdlib.h>

#include "base/mem.h"
#include "os/fd.h"

int layer_sink_write(struct layer_sink *s, const void *data, size_t n, struct err *err)
{
	if (s->hash)
		sha256_update(s->hash, data, n);
	s->size += n;
	return fd_write_all(s->fd, data, n, err);
}

struct none {
	struct layer_sink *sink;
	uint8_t block[];
};

static void *none_open(struct layer_sink *sink, int level)
{
	struct none *self = mem_alloc(sizeof(*self) + LAYER_BLOCK);
	self->sink = sink;
	return self;
}

static int none_space(void *ctx, uint8_t **block, struct err *err)
{
	*block = ((struct none *)ctx)->block;
	return 0;
}

static int none_put(void *ctx, size_t n, bool last, struct err *err)
{
	struct none *self = ctx;
	return layer_sink_write(self->sink, self->block, n, err);
}

const struct layer_encode_method layer_encode_none = {
    .default_level = 0,
    .max_level = 0,
    .open = none_open,
    .space = none_space,
    .put = none_put,
    .close = free,
};

const struct layer_encode_method *layer_encode_method(enum oci_compression c)
{
	return c == OCI_COMPRESSION_GZIP   ? &layer_encode_gzip
	       : c == OCI_COMPRESSION_ZSTD ? &layer_encode_zstd
					   : &layer_encode_none;
}

int layer_encode_level(const struct layer_encode_method *m, int *level, struct err *err)
{
	if (!*level)
		*level = m->default_level;
	if (m != &layer_encode_none && (*level < 1 || *level > m->max_level))
		return err_set(err, ERR_INVAL, "compression-level-invalid", "compression level %d is not within 1..%d",
			       *level, m->max_level);
	return 0;
}
