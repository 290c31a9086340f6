/* transport/trail.h - the places where an image was looked for, a line for each. */
#pragma once

#include "base/buf.h"

/* The trail on one line, for a message. */
void transport_trail_line(const struct buf *trail, struct buf *out);
