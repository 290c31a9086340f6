#include "oci/base_search.h"

#include <stdlib.h>

#include "base/mem.h"

bool oci_base_search_is_over(const struct oci_base_search *s)
{
	const size_t most = s->of->n_layers ? s->of->n_layers - 1 : 0; /* layers that a base can have */
	return !most || (s->layers == most && s->name);
}

bool oci_base_search_next(struct oci_base_search *s)
{
	if (!s->left || oci_base_search_is_over(s))
		return false;
	s->left--;
	return true;
}

static bool is_prefix(const struct oci_digest *diff_ids, size_t n, const struct oci_image_config *of)
{
	if (!n || n >= of->n_layers)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!oci_digest_equal(&diff_ids[i], &of->diff_ids[i]))
			return false;
	return true;
}

bool oci_base_search_offer(struct oci_base_search *s, const char *name, const struct oci_digest *digest,
			   const struct oci_digest *diff_ids, size_t n)
{
	if (n < s->layers || (n == s->layers && (s->name || !name)) || !is_prefix(diff_ids, n, s->of))
		return false;
	free(s->name);
	s->layers = n;
	s->name = mem_strdup(name);
	s->digest = *digest;
	return true;
}

bool oci_base_search_offer_config(struct oci_base_search *s, const char *name, const struct oci_digest *digest,
				  const struct oci_image_config *config)
{
	return oci_platform_matches(&config->platform, &s->of->platform) &&
	       oci_base_search_offer(s, name, digest, config->diff_ids, config->n_layers);
}

void oci_base_search_done(struct oci_base_search *s)
{
	free(s->name);
	*s = (struct oci_base_search){0};
}
