/* publish/replaced.h - tells how to get the original back where the result took its name. */
#pragma once

#include "publish/destination.h"

/* Appends what the original is called now, and how to go back: false if the result has not taken the original's name
 * there. source: as it was opened; digest: of the original's manifest or index, for an engine that of its config; "" =
 * not known. */
bool publish_replaced(const struct oci_ref *source, const char *digest, const struct publish_destination *to,
		      struct buf *out);
