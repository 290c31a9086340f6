/* store/layer_meta.h - reads and writes the metadata of a stored layer, STORE/layers/NAME/meta.json; for layer_store.c
 * and cache.c. {"diff_id", "bytes", "entries", "files", "tar_size", "bare_root", "needs_parents", "check"}, the last
 * only where there is one. Its time of last change is when the layer was used last. */
#pragma once

#include "image/layers.h"

#define STORE_LAYER_META "meta.json"

/* Of the layer in layers/name; l's path and fd are not touched. *used may be NULL. */
int store_layer_meta_read(int layers, const char *name, struct image_layer *l, bool *needs_parents,
			  struct timespec *used, struct err *err) MUST_CHECK;
int store_layer_meta_write(int dir, const struct image_layer *l, bool needs_parents, struct err *err) MUST_CHECK;
/* The layer is used now. */
void store_layer_meta_touch(int layers, const char *name);
