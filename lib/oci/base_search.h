/* oci/base_search.h - finds the image that another one was built on, among images that are offered one after the other:
 * all its layers are the lowest ones of the other, by their diff IDs. No image is its own base.
 * Lifetime: an all-zero struct with of and left set, any number of offers, oci_base_search_done. */
#pragma once

#include "oci/image_config.h"

struct oci_base_search {
	const struct oci_image_config *of; /* borrowed */
	size_t left;                       /* images that may still be looked at */
	/* The best one so far: that with the most layers, of those one with a tag, of those the first. */
	size_t layers; /* 0 = none */
	char *name;    /* its reference; NULL = it has no tag */
	struct oci_digest digest;
};

/* Whether no further image can be a better base: the best possible one is found, or the image has too few layers for
 * any. */
bool oci_base_search_is_over(const struct oci_base_search *s);
/* Whether another image is worth a look: it is not over, and some are left. Takes one off left. */
bool oci_base_search_next(struct oci_base_search *s);
/* An image of n layers, lowest first. name NULL = it has no tag; copied. Returns whether it is the best one now. */
bool oci_base_search_offer(struct oci_base_search *s, const char *name, const struct oci_digest *digest,
			   const struct oci_digest *diff_ids, size_t n);
/* The same with the layers of a config. One of another platform is no base. */
bool oci_base_search_offer_config(struct oci_base_search *s, const char *name, const struct oci_digest *digest,
				  const struct oci_image_config *config);
void oci_base_search_done(struct oci_base_search *s);
#define CLEANUP_OCI_BASE_SEARCH CLEANUP(oci_base_search_done)
