/* report/inspect/findings_view.h - findings (findings/finding.h), for a person and for a program. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "findings/finding.h"
#include "oci/image_config.h"

/* config: the masked one, whose history says what made a layer. All strings from the image are escaped. */
void report_findings_text(const struct findings *f, const struct oci_image_config *config, struct buf *out);
/* An array. */
json_t *report_findings_json(const struct findings *f, const struct oci_image_config *config);
/* {"minimal", "fat_bytes", "dangers"} */
json_t *report_verdict_json(const struct findings *f);
/* {"name", "digest", "source", "layers", "system"}; what is not known is null. */
json_t *report_base_json(const struct findings_base *b);
