/* publish/attach.h - stores a small file beside an image in a registry, as an artifact that refers to the image.
 * Spec: image-spec 1.1 manifest.md (artifacts), distribution-spec 1.1 (referrers). */
#pragma once

#include "base/buf.h"
#include "publish/destination.h"

#define PUBLISH_ATTACH_REPORT_TYPE "application/vnd.slim.report.v1+json"
#define PUBLISH_ATTACH_TRACE_TYPE "application/vnd.slim.trace.v1+json"

/* Attaches data to subject, a manifest of the repository that the sink writes to. type: of the artifact and of its only
 * blob; title: the file's name. *artifact: the digest of the artifact. ERR_UNSUPPORTED if the sink is not a registry.
 */
int publish_attach(struct transport_sink *sink, const struct oci_descriptor *subject, const char *type,
		   const char *title, const struct buf *data, struct oci_digest *artifact, struct err *err) MUST_CHECK;
/* Attaches the report to an image that was published to the destination. image: 0 = the first, else one of the further
 * images of its index, from 1 on. */
int publish_attach_report(struct publish_destination *to, size_t image, const struct buf *report,
			  struct oci_digest *artifact, struct err *err) MUST_CHECK;
