/* target/reach.h - finds the address at which a host takes connections. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"

/* host: a name, an address, or an IPv6 address in brackets. Tries its addresses in turn, until one accepts a connection
 * or the time until (clock_ms) is over. Each is tried at least once. out: that address, numeric, without brackets.
 * ERR_NOTFOUND: the name does not exist. ERR_SYS says why no connection was made. ERR_CANCELLED. */
int target_reach(const char *host, unsigned port, uint64_t until, const struct progress *progress,
		 char out[INET6_ADDRSTRLEN], struct err *err) MUST_CHECK;
