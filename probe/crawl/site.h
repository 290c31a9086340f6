/* probe/crawl/site.h - a service on one port, or on a unix socket, and how it is asked. */
#pragma once

#include "exercise/exercise.h"
#include "net/fetch.h"

/* Borrows all of it. */
struct probe_site {
	const struct exercise_target *target;
	struct net_exchange_client *client;
	const char *host;    /* numeric address */
	uint16_t port;       /* 0 = a unix socket */
	const char *scheme;  /* "http" or "https" */
	unsigned timeout_ms; /* of one request */
	/* From the session that a script began; all zero if there was no script. */
	const char *authority; /* of the URLs; NULL = host and port */
	enum net_fetch_version version;
	const struct strlist *headers; /* of each request */
	const char *cert_file, *key_file;
	const char *unix_socket; /* as of struct net_fetch_request */
};

/* The absolute URL of "/path?query"; free(). */
char *probe_site_url(const struct probe_site *s, const char *scheme, const char *path);
/* Where a request with such a URL connects, if not to its host (net_fetch_request.address): NULL = there; free(). */
char *probe_site_address(const struct probe_site *s);
/* A request without a body, with the site's scheme. client: instead of the site's, if another thread uses that.
 * headers: instead of the site's; NULL = those. The rest is as of net_fetch. */
int probe_site_fetch(const struct probe_site *s, struct net_exchange_client *client, const char *method,
		     const char *path, const struct strlist *headers, unsigned timeout_ms, struct net_answer *out,
		     struct err *err) MUST_CHECK;
