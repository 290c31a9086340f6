/* transport/metered.h - a reader that reports how much of a stream of known size has passed. Private to
 * lib/transport/. Not thread-safe. */
#pragma once

#include "base/progress.h"
#include "os/io.h"

struct transport_metered {
	struct io_reader from;
	const struct progress *progress; /* NULL = nobody listens */
	const char *stage;
	uint64_t done, total; /* bytes */
};

/* m is filled by the caller, but for done, and outlives the reader, which closes from. A read is ERR_CANCELLED once the
 * user asked to stop. */
struct io_reader transport_metered_reader(struct transport_metered *m);
