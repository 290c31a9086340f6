/* target/reach.h - finds the address at which a host takes connections. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"

/* host: a name, an address, an IPv6 address in brackets. Tries all of its addresses in turn, until one takes a
 * connection or the time has come (clock_ms; each is tried once at least). out: that address, numeric, without
 * brackets. ERR_NOTFOUND: there is no such name. ERR_SYS says why no connection came about. ERR_CANCELLED. */
int target_reach(const char *host, unsigned port, uint64_t until, const struct progress *progress,
		 char out[INET6_ADDRSTRLEN], struct err *err) MUST_CHECK;
