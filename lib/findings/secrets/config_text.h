/* findings/secrets/config_text.h - the secrets in an image's configuration: its environment, labels and commands, and
 * the history. Finds them, and makes a copy of the configuration that can be shown. */
#pragma once

#include "findings/rules/rule.h"
#include "findings/secrets/scan.h"
#include "oci/image_config.h"

#define FINDINGS_MASK "***"

struct findings_config_hit {
	const struct findings_rule *rule;
	enum findings_where where;
	const char *name; /* of a variable, a label or a member of the configuration; NULL in the history */
	size_t step;      /* of the history, from 1 */
	uint32_t layer;   /* that the step made, or FINDINGS_NO_LAYER */
};
typedef void findings_config_hit_fn(void *ctx, const struct findings_config_hit *hit);

void findings_config_scan(const struct findings_scanner *s, const struct oci_image_config *c,
			  findings_config_hit_fn *found, void *ctx);
/* The same configuration, every secret replaced by FINDINGS_MASK. */
int findings_config_mask(const struct findings_scanner *s, const struct oci_image_config *c,
			 struct oci_image_config *out, struct err *err) MUST_CHECK;
