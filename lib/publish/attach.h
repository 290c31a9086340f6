/* publish/attach.h - the report beside the image in a registry, as an artifact whose subject the image is.
 * Spec: image-spec 1.1 manifest.md (artifacts), distribution-spec 1.1 (referrers). */
#pragma once

#include "base/buf.h"
#include "publish/destination.h"

#define PUBLISH_ATTACH_REPORT_TYPE "application/vnd.slim.report.v1+json"

/* To the image that was published there. *artifact: the digest of what was attached. ERR_UNSUPPORTED unless it is a
 * registry. */
int publish_attach_report(struct publish_destination *to, const struct buf *report, struct oci_digest *artifact,
			  struct err *err) MUST_CHECK;
