/* publish/attach.h - stores the report beside the image in a registry, as an artifact that refers to the image.
 * Spec: image-spec 1.1 manifest.md (artifacts), distribution-spec 1.1 (referrers). */
#pragma once

#include "base/buf.h"
#include "publish/destination.h"

#define PUBLISH_ATTACH_REPORT_TYPE "application/vnd.slim.report.v1+json"

/* Attaches the report to the image that was published to the destination. *artifact: the digest of the artifact.
 * ERR_UNSUPPORTED if the destination is not a registry. */
int publish_attach_report(struct publish_destination *to, const struct buf *report, struct oci_digest *artifact,
			  struct err *err) MUST_CHECK;
