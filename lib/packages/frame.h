/* packages/frame.h - a whole text in zstd's format (RFC 8878). Hostile until read: what comes out is bounded, and
 * so is the window. */
#pragma once

#include "base/buf.h"

/* Appends what the n bytes unpack to: all frames in them. More than max bytes, or a window above 128 MiB, is ERR_LIMIT;
 * all else that is not such data is ERR_CORRUPT, and leaves out as it was. what names the data in messages. */
int packages_frame_read(const void *data, size_t n, size_t max, const char *what, struct buf *out,
			struct err *err) MUST_CHECK;
/* Appends one frame with a checksum. The same bytes become the same frame, as long as libzstd stays the same. */
void packages_frame_write(const void *data, size_t n, struct buf *out);
