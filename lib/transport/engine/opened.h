/* transport/engine/opened.h - an opened image of an engine, and how its layers are read. Private to
 * lib/transport/engine/. */
#pragma once

#include "oci/base_search.h"
#include "transport/engine/engine.h"
#include "transport/image.h"

struct engine_source {
	struct engine *engine;
	char *name;                    /* as the engine knows it */
	json_t *info;                  /* GET /info; NULL = it is on another machine */
	json_t *inspect;               /* GET /images/NAME/json */
	struct oci_digest id;          /* of the config */
	struct buf config;             /* its bytes, where they could be read; else empty: provisional */
	bool in_place;                 /* the layers are used where the engine has them */
	struct layer_unpacked *layers; /* then; bottom first */
	size_t n_layers;
};

/* in_place.c: whether the engine's own store can be read on this machine: root, the native overlay driver, the config's
 * bytes hashing to id. Fills config, layers, in_place; leaves them alone where it can't (log_debug says why). */
int engine_source_in_place(struct engine_source *s, struct err *err) MUST_CHECK;
/* stream.c: GET /images/NAME/get, front to back; see transport_source_stream. */
int engine_source_stream(struct engine_source *s, struct transport_image *image, transport_each_layer *each, void *ctx,
			 struct err *err) MUST_CHECK;
/* base.c: transport_backend.find_base. scheme: of the reference. One request for the list of images, then one for each
 * image that may be the base, the largest first: its layers are among those of s, so it is not larger. */
void engine_source_find_base(struct engine_source *s, enum oci_scheme scheme, struct oci_base_search *search);
