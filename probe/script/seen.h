/* probe/script/seen.h - keeps a reader of URLs from making the same request twice. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "probe/script/script.h"

struct probe_seen {
	json_t *keys; /* host and path -> null; NULL = none yet */
};

/* Whether the script's last request is the first of its host, method and path that was asked about. */
bool probe_seen_is_new(struct probe_seen *seen, const struct probe_script *s);
void probe_seen_done(struct probe_seen *seen);
#define CLEANUP_PROBE_SEEN CLEANUP(probe_seen_done)
