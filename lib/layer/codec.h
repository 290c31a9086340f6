/* layer/codec.h - decodes and encodes the blob of a layer: one interface to gzip, zstd and plain tar. Both directions
 * hash both sides while bytes pass: the blob (digest) and the tar in it (diff ID).
 * Spec: image-spec 1.1 layer.md (media types), config.md (diff_ids). Not thread-safe per object.
 * gzip is inflated by ISA-L (multi-member too) and written as independent members of 1 MiB, deflated
 * by libdeflate in parallel; zstd by libzstd. The same bytes and level give the same output.
 * Both directions ask base/stop.h with every call, and an encoder while it waits for its threads. */
#pragma once

#include "oci/descriptor.h"
#include "os/io.h"

struct layer_digests {
	struct oci_digest blob, diff_id;
	uint64_t blob_size, tar_size; /* bytes */
};

struct layer_decoder;
/* Takes source over. The format is told by the first bytes (gzip and zstd magic, else plain tar). */
struct layer_decoder *layer_decoder_new(struct io_reader source);
/* Up to n plain bytes; 0 at the end. Truncated or broken input is ERR_CORRUPT, above the caps of
 * limits.h ERR_LIMIT; what came before it is given first. */
ssize_t layer_decoder_read(struct layer_decoder *d, void *buf, size_t n, struct err *err);
/* Reads what is left on both sides (tar padding, trailing bytes) and gives the digests. */
int layer_decoder_finish(struct layer_decoder *d, struct layer_digests *out, struct err *err) MUST_CHECK;
void layer_decoder_free(struct layer_decoder *d);

#define LAYER_GZIP_MAX 12 /* levels of libdeflate */
#define LAYER_ZSTD_MAX 19

struct layer_encoder;
/* Writes to fd (borrowed). level 0 = the default of the method (gzip 1-12, zstd 1-19; another one makes the
 * first write ERR_INVAL). After an error every call gives it again. */
struct layer_encoder *layer_encoder_new(int fd, enum oci_compression c, int level);
int layer_encoder_write(struct layer_encoder *e, const void *data, size_t n, struct err *err) MUST_CHECK;
int layer_encoder_finish(struct layer_encoder *e, struct layer_digests *out, struct err *err) MUST_CHECK;
void layer_encoder_free(struct layer_encoder *e);
