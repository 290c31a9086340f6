/* formats/cli_image.h - finds the metadata of a .NET assembly in its PE file, and the streams in the metadata.
 * Spec: ECMA-335 II.24.2 (metadata), II.25 (PE file). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Bytes of the metadata; n = 0: there is no such stream. */
struct cli_stream {
	const unsigned char *p;
	size_t n;
};

struct cli_image {
	struct buf metadata;
	struct cli_stream tables, strings, texts; /* in metadata: #~ or #-, #Strings, #US */
};

/* False if the file is not an assembly. In either case call _done. */
bool cli_image_read(int fd, struct cli_image *out);
void cli_image_done(struct cli_image *i);
#define CLEANUP_CLI_IMAGE CLEANUP(cli_image_done)

/* A little-endian number of the stream; what lies behind its end is 0. */
uint64_t cli_stream_number(const struct cli_stream *s, size_t at, size_t bytes);
