/* pipeline/attach.h - the report beside the image in a registry, as an artifact whose subject the image is.
 * Spec: image-spec 1.1 manifest.md (artifacts), distribution-spec 1.1 (referrers). */
#pragma once

#include "base/buf.h"
#include "pipeline/destination.h"

#define ATTACH_REPORT_TYPE "application/vnd.slim.report.v1+json"

/* To the image that was published there. *artifact: the digest of what was attached. ERR_UNSUPPORTED unless it is a
 * registry. */
int attach_report(struct destination *to, const struct buf *report, struct oci_digest *artifact,
		  struct err *err) MUST_CHECK;
