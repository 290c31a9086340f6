/* net/url.h - splits URLs into their parts, and resolves Location headers. Spec: RFC 3986, on libcurl's parser. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"

struct net_url {
	char *scheme; /* "http" or "https" */
	char *host;   /* as it is written, "[::1]" with its brackets */
	unsigned port;
	char *path; /* with the query, "/" at least */
};

/* ERR_INVAL: no http or https URL, or one with user and password or with port 0 in it. */
int net_url_parse(const char *s, struct net_url *out, struct err *err) MUST_CHECK;
void net_url_done(struct net_url *u);
#define CLEANUP_NET_URL CLEANUP(net_url_done)

/* location (absolute or relative) seen from base; free(). ERR_PROTO for another scheme than http and https, and from
 * https to http. */
int net_url_resolve(const char *base, const char *location, char **out, struct err *err) MUST_CHECK;
/* Whether its host is this machine: "localhost", a name below it, 127.0.0.0/8 or ::1. */
bool net_url_is_loopback(const char *s);
/* Whether two have scheme, host and port in common: only then may credentials go on. */
bool net_url_same_origin(const char *a, const char *b);
/* "scheme://host:port/path" without its query, which may be a secret; free(). */
char *net_url_without_query(const char *s);
