/* cmd/explore/model.h - the data that slim explore shows: the tree and the layers of an image or of a report. It is
 * made by source/source.h, and only read by state.h and draw.h. All of it is borrowed. Texts from outside are not
 * escaped unless said otherwise. */
#pragma once

#include "base/buf.h"
#include "view/tree.h"

/* Figures of each layer, with titles of their own for an image and for a report. */
#define EXPLORE_SIZES 4

struct explore_layer {
	const char *command; /* that made it; "" = not known */
	struct explore_size {
		uint64_t bytes;
		bool none; /* there is nothing to count, or it is not known */
	} sizes[EXPLORE_SIZES];
};

struct explore_model {
	const char *title;            /* the image's reference, or the report's file */
	bool compares;                /* the tree is of a report: it has sizes before and after */
	const struct view_tree *tree; /* of the whole image */
	const struct explore_layer *layers;
	size_t n_layers;               /* 0 = not known */
	const char *const *size_names; /* by place in sizes; the first two are shown on small terminals, too */
	/* The tree of one layer, valid until the next call. NULL if n_layers is 0. */
	const struct view_tree *(*layer_tree)(void *ctx, size_t layer);
	/* Appends lines about a path: its kind, its origin, the reason for it. They are escaped. */
	void (*why)(void *ctx, const char *path, struct buf *out);
	void *ctx;
};
