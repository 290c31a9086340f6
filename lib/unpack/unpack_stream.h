/* unpack/unpack_stream.h - layers that come in one pass and in any order, as an engine exports them; for unpack.c.
 * Each is unpacked while it is hashed, and only then known by its diff ID. */
#pragma once

#include "unpack/unpack_layer.h"

/* Reads the stream until every job that is wanted has its layer. The calling thread's umask must be 0. */
int unpack_stream_run(struct unpack_shared *shared, struct unpack_job *jobs, size_t count, struct err *err) MUST_CHECK;
/* Whether the store has the config that the source's manifest names: the source has it from then on. */
bool unpack_stream_is_known(const struct store *store, const struct unpack_blob_source *source);
/* When all layers are there: checks that the config is the one of these layers, keeps it in the store, and fills in the
 * manifest's layers. */
int unpack_stream_finish(const struct store *store, struct image_layers *layers,
			 const struct unpack_blob_source *source, struct err *err) MUST_CHECK;
