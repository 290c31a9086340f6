/* store/layer_store.h - finds a layer in the store, and puts a complete one there. Without its meta.json (layer_meta.h)
 * the directory is not used. An open layer has a shared flock on its fd, so that cache.c leaves it where it is. */
#pragma once

#include "image/layers.h"
#include "store/store.h"

/* Returns 1 and *out (cached set) if the store has the layer, else 0. A layer that is the same over any parent is
 * stored under its diff ID, any other under its chain ID. */
int store_layer_find(const struct store *s, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		     struct image_layer *out, struct err *err) MUST_CHECK;

/* RUN/dir, whose fs is complete, becomes STORE/layers/HEX of name. l: what meta.json will say; its path
 * and fd are set. When another process was faster its layer is taken, which is the same. */
int store_layer_commit(const struct store *s, const struct store_run *run, const char *dir,
		       const struct oci_digest *name, bool needs_parents, struct image_layer *l,
		       struct err *err) MUST_CHECK;

/* A process that has a layer open holds a shared lock on fd, which is of path (NAME/fs). A process that removes it
 * takes an exclusive one while it renames it. False if path leads to another directory by now. */
bool store_layer_lock(const struct store *s, const char *path, int fd);
/* Whether path leads to the directory of fd. */
bool store_layer_is(const struct store *s, const char *path, int fd);

/* While the fd is open no other process or thread gives a layer its name or takes it away; negative where the file
 * system has no locks. Held for a rename, not for work. */
int store_layer_names_lock(const struct store *s);
