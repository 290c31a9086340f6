/* publish/publish.h - publishes a finished image to its destinations, to each atomically. */
#pragma once

#include "publish/destination.h"
#include "publish/publish_image.h"

/* Opens the sinks, so that a wrong path or password shows before the image is run. Writes nothing; the sinks stay open.
 * probe: any blob, which registries are asked for. access->mount_from is borrowed until publish_destinations_done. */
int publish_open(struct publish_destinations *to, const struct transport_options *access,
		 const struct oci_descriptor *probe, struct err *err) MUST_CHECK;

/* Fills published. The blobs go to all destinations, which are open, before the first is committed. The error names the
 * destination, and those that were done before it failed. */
int publish(const struct publish_image *p, struct publish_destinations *to, struct err *err) MUST_CHECK;

/* Writes the packed image to an OCI layout of the run, from which it is opened again. */
int publish_layout(const struct oci_ref *layout, const struct rewrite_result *result, int layer,
		   struct err *err) MUST_CHECK;
