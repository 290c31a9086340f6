/* publish/publish_image.h - the image that goes to the destinations. */
#pragma once

#include "publish/ahead.h"
#include "rewrite/rewrite.h"
#include "transport/transport.h"

/* A new image of one layer, or the source's own layers if those are not larger, or the source as it is. */
struct publish_image {
	const struct rewrite_result *result; /* NULL = the source's own */
	bool original;                       /* result NULL: keep the source's manifest, where the destination can */
	int layer;                           /* the file of result's layer */
	struct publish_ahead *ahead;         /* sends result's layer; NULL = nobody does */
	const int *layers; /* result NULL: files of image's layers; NULL = they are read from source */
	struct transport_source *source;
	const struct transport_image *image; /* of source */
	int tmp_dir;                         /* for blobs on their way from source to sink */
	bool keep_index;                     /* in a copy of the source's index, in place of the source's image */
	/* keep_index: further images of that index. Their result, original, layer, ahead, layers, source and image
	 * count. */
	const struct publish_image *more;
	size_t n_more;
	struct timings *timings;             /* NULL = nobody asks */
	int (*may_publish)(struct err *err); /* asked before the first destination changes; NULL = yes */
};
