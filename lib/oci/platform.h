/* oci/platform.h - os/architecture[/variant]. Spec: image-spec 1.1, image-index.md (platform). */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct oci_platform {
	char os[32], arch[32], variant[32]; /* "" = unknown */
};

/* "linux/arm64/v8", or "arm64" for linux/arm64. */
int oci_platform_parse(const char *s, struct oci_platform *out, struct err *err) MUST_CHECK;
void oci_platform_host(struct oci_platform *out);
/* Whether an image for have runs where want is asked for; an empty variant of either side matches. */
bool oci_platform_matches(const struct oci_platform *have, const struct oci_platform *want);
/* "linux/arm64/v8" in a buffer of the caller. */
#define OCI_PLATFORM_TEXT 100
const char *oci_platform_text(const struct oci_platform *p, char out[OCI_PLATFORM_TEXT]);
