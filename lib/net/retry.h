/* net/retry.h - decides how often and when a request is tried again: after growing pauses, or when Retry-After says.
 * Spec: RFC 9110, 10.2.3 (Retry-After). */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/progress.h"

struct net_retry {
	unsigned tried; /* failures so far; all zero to begin with */
};

#define NET_RETRY_MAX 5         /* tries after the first */
#define NET_RETRY_AFTER_MAX 120 /* seconds that a peer may ask for; more is refused at once */

/* Whether a status is worth another try: 408, 425, 429, 500, 502, 503, 504. */
bool net_retry_status(int status);
/* Whether an error of net_exchange_open or net_exchange_read is: broken connections and time-outs, not refused
 * certificates. */
bool net_retry_error(const struct err *err);
/* Waits before the next try: 0.25 s, doubling, with up to a quarter of chance; or what Retry-After (seconds or a date;
 * NULL = none) says. false: no more tries (or too long a pause is asked for); ERR_CANCELLED comes through err. */
int net_retry_wait(struct net_retry *r, const char *retry_after, const struct progress *progress, bool *again,
		   struct err *err) MUST_CHECK;

/* The pause of net_retry_wait, not taken. tried: failures so far, this one included. now: the time of day. chance: any
 * number. Returns false when there are no more tries. */
bool net_retry_pause(unsigned tried, const char *retry_after, time_t now, unsigned chance, unsigned *ms);
