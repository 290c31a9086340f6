/* layer/encode_method.h - a compression method of layer_encoder; only its files include this.
 * Shape: the method lends a block of at most LAYER_BLOCK bytes (space); the encoder fills it and gives it back (put).
 *   All blocks but the last are full, so that the output depends on the bytes alone, and not on how they were cut
 *   when
 *   written. Exactly one put is marked as the last; its block may be empty.
 * After an error only close is called. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "oci/descriptor.h"
#include "text/sha256.h"

#define LAYER_BLOCK ((size_t)1 << 20)

/* The output for the blob. */
struct layer_sink {
	int fd;
	struct sha256 *hash; /* NULL = not asked for */
	uint64_t size;
};
int layer_sink_write(struct layer_sink *s, const void *data, size_t n, struct err *err) MUST_CHECK;

struct layer_encode_method {
	int default_level, max_level;
	void *(*open)(struct layer_sink *sink, int level); /* sink is borrowed */
	int (*space)(void *ctx, uint8_t **block, struct err *err);
	int (*put)(void *ctx, size_t n, bool last, struct err *err);
	void (*close)(void *ctx);
};

extern const struct layer_encode_method layer_encode_none, layer_encode_gzip, layer_encode_zstd;
const struct layer_encode_method *layer_encode_method(enum oci_compression c);
/* Replaces 0 by the default. ERR_INVAL: the method has no such level. */
int layer_encode_level(const struct layer_encode_method *m, int *level, struct err *err) MUST_CHECK;
