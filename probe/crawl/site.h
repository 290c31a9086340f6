/* probe/crawl/site.h - the service that is crawled. */
#pragma once

#include "exercise/exercise.h"
#include "net/fetch.h"

/* A service on one port. Borrows all of it. */
struct probe_site {
	const struct exercise_target *target;
	struct net_exchange_client *client;
	const char *host; /* numeric address */
	uint16_t port;
	const char *scheme;  /* "http" or "https" */
	unsigned timeout_ms; /* of one request */
};

/* The absolute URL of "/path?query"; free(). */
char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path);
/* Where a request with such a URL connects, if not to its host (net_fetch_request.address): NULL = there; free(). */
char *probe_site_address(const struct probe_site *s);
