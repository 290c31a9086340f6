/* publish/copy_blob.h - copies a blob of the source, unchanged, to a destination. */
#pragma once

#include "transport/transport.h"

/* from: the descriptor in the source; d: the descriptor for the destination. The blob goes through a file in tmp_dir
 * and is hashed on the way. Nothing is read if the destination already has it. */
int publish_copy_blob(struct transport_source *source, const struct oci_descriptor *from,
		      const struct oci_descriptor *d, int tmp_dir, struct transport_sink *sink,
		      struct err *err) MUST_CHECK;
