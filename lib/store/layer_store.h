/* store/layer_store.h - finds a layer in the store, and puts a complete one there. Without its meta.json (layer_meta.h)
 * the directory is not used. An open layer has a shared flock on its fd, so that cache.c leaves it where it is. */
#pragma once

#include "image/layers.h"
#include "store/store.h"

/* 1 and *out (cached set) when the store has the layer: under its diff ID if it is the same over any
 * parent, else under its chain ID. 0 when not. */
int store_layer_find(const struct store *s, const struct oci_digest *diff_id, const struct oci_digest *chain_id,
		     struct image_layer *out, struct err *err) MUST_CHECK;

/* RUN/dir, whose fs is complete, becomes STORE/layers/HEX of name. l: what meta.json will say; its path
 * and fd are set. When another process was faster its layer is taken, which is the same. */
int store_layer_commit(const struct store *s, const struct store_run *run, const char *dir,
		       const struct oci_digest *name, bool needs_parents, struct image_layer *l,
		       struct err *err) MUST_CHECK;

/* Who holds a layer open has a shared lock on fd, which is of path (NAME/fs); who takes it away an exclusive one, for
 * as long as it takes to rename it. False when path leads to something else by now. */
bool store_layer_lock(const struct store *s, const char *path, int fd);
/* Whether path leads to what fd is. */
bool store_layer_is(const struct store *s, const char *path, int fd);

/* While the fd is open no other process or thread gives a layer its name or takes it away; negative where the file
 * system has no locks. Held for a rename, not for work. */
int store_layer_names_lock(const struct store *s);
