/* layer/readahead.h - a decoder that runs ahead in a thread of its own, so that inflating and hashing go on
 * while the caller writes files. A few blocks of memory. The caller's side is for one thread. */
#pragma once

#include "layer/codec.h"

struct layer_readahead;
/* Takes source over; it is read by the other thread, which inherits the caller's signal mask. */
struct layer_readahead *layer_readahead_new(struct io_reader source);
/* Gives the next plain bytes, valid until the following call. Returns their number, 0 at the end, or an error as
 * layer_decoder_read does; the end and an error are returned again by later calls. Bytes before an error come first. */
ssize_t layer_readahead_next(struct layer_readahead *a, const void **block, struct err *err);
/* Reads what is left and gives the digests. */
int layer_readahead_finish(struct layer_readahead *a, struct layer_digests *out, struct err *err) MUST_CHECK;
void layer_readahead_free(struct layer_readahead *a);
