/* transport/registry/upload_range.h - reads the numbers that a registry sends about an upload. Spec: OCI
 * distribution-spec 1.1, "Pushing a blob in chunks". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Range: "0-LAST" ("bytes=0-LAST" from some): *count = LAST + 1. false: no such header (NULL), or nothing of the
 * kind. */
bool registry_upload_range(const char *header, uint64_t *count);
/* OCI-Chunk-Min-Length; unchanged when it is not there (NULL) or no number. */
void registry_upload_min_length(const char *header, uint64_t *least);
