/* publish/copy_blob.h - a blob of the source as it is, to a destination. */
#pragma once

#include "transport/transport.h"

/* from: as the source describes it; d: as the destination shall. Through a file of tmp_dir, hashed on the way; nothing
 * is read when the destination has it. */
int publish_copy_blob(struct transport_source *source, const struct oci_descriptor *from,
		      const struct oci_descriptor *d, int tmp_dir, struct transport_sink *sink,
		      struct err *err) MUST_CHECK;
