/* store/cache.h - lists, prunes and verifies the layers of a store. Safe beside runs and other prunes. A layer that
 * anybody has open (layer_store.h) stays. A layer to be removed is first renamed into the caller's run, so that it is
 * there whole or not at all. If a prune is killed, its layers are removed with its run. */
#pragma once

#include "base/progress.h"
#include "image/tree_check.h"
#include "store/store.h"

struct store_cached {
	char *name;                /* HEX, its directory in the store */
	struct oci_digest diff_id; /* all zero if its meta.json can't be read */
	uint64_t bytes, files;     /* as of struct image_layer */
	struct timespec used;      /* last; a build that has it open used it when it began */
	char check[IMAGE_TREE_CHECK_SIZE];
	bool in_use;
	bool removed; /* by prune (or would be) or verify */
	char *broken; /* why no run takes it; NULL = it is good, as far as was looked */
};

struct store_cache {
	struct store_cached *items;
	size_t count;
};

/* Broken ones first, then by the time of their last use, oldest first. */
int store_cache_list(const struct store *s, struct store_cache *out, struct err *err) MUST_CHECK;
void store_cache_done(struct store_cache *c);
#define CLEANUP_STORE_CACHE CLEANUP(store_cache_done)

struct store_cache_limits {
	bool all;
	bool by_age, by_size;
	uint64_t older_than; /* seconds */
	uint64_t max_bytes;  /* of all that stays: those go that were not used for longest */
	bool dry_run;
};
/* Broken layers go in any case. run: what goes is moved there and removed. *out: all that was there, with what was
 * removed. */
int store_cache_prune(const struct store *s, const struct store_run *run, const struct store_cache_limits *l,
		      const struct progress *progress, struct store_cache *out, struct err *err) MUST_CHECK;

/* Reads every layer and compares it with what was unpacked (tree_check.h); one without a checksum must only be
 * readable. run: where broken ones go to be removed; NULL = they stay. */
int store_cache_verify(const struct store *s, const struct store_run *run, const struct progress *progress,
		       struct store_cache *out, struct err *err) MUST_CHECK;

/* Read $SLIM_CACHE_MAX, the most that the store may hold: returns 1 and *max, or 0 if it is not set. */
int store_cache_max(uint64_t *max, struct err *err) MUST_CHECK;
