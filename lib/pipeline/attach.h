/* pipeline/attach.h - the report beside the image in a registry, as an artifact whose subject the image is.
 * Spec: image-spec 1.1 manifest.md (artifacts), distribution-spec 1.1 (referrers). */
#pragma once

#include "base/buf.h"
#include "pipeline/destination.h"

#define ATTACH_REPORT_TYPE "application/vnd.slim.report.v1+json"

/* subject: the image's manifest at to. *artifact: the digest of what was attached. ERR_UNSUPPORTED where to is no
 * registry. */
int attach_report(const struct destination *to, const struct transport_options *access,
		  const struct oci_descriptor *subject, const struct buf *report, struct oci_digest *artifact,
		  struct err *err) MUST_CHECK;
