/* probe/wire/plain.h - bytes sent, and bytes that come back, of a protocol that slim does not know. */
#pragma once

#include "exercise/exercise.h"
#include "probe/wire/wire.h"

struct probe_plain {
	const void *data;
	size_t n; /* 0 = nothing is sent */
	/* Whether what has come is all that is waited for; NULL = the first that comes is. */
	bool (*is_enough)(void *ctx, const void *data, size_t n);
	void *ctx;
};

/* Sends, and reads until it is enough, the peer ends, or time passes; the received bytes are in w. A caller that
 * sends nothing and waits for nothing gets a greeting if one comes. ERR_UNPROVEN, "talk-unanswered": the peer ended
 * without an answer. ERR_TIMEOUT: nothing came in time. */
int probe_plain_over(struct probe_wire *w, const struct probe_plain *p, struct err *err) MUST_CHECK;
