/* net/url.h - the parts of a URL, and what a Location header means. Spec: RFC 3986, on libcurl's parser. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"

struct url {
	char *scheme; /* "http" or "https" */
	char *host;   /* as it is written, "[::1]" with its brackets */
	unsigned port;
	char *path; /* with the query, "/" at least */
};

/* ERR_INVAL: no http or https URL, or one with user and password in it. */
int url_parse(const char *s, struct url *out, struct err *err) MUST_CHECK;
void url_done(struct url *u);
#define CLEANUP_URL CLEANUP(url_done)

/* location (absolute or relative) seen from base; free(). ERR_PROTO for another scheme than http and https, and from
 * https to http. */
int url_resolve(const char *base, const char *location, char **out, struct err *err) MUST_CHECK;
/* Whether its host is this machine: "localhost", a name below it, 127.0.0.0/8 or ::1. */
bool url_is_loopback(const char *s);
/* Whether two have scheme, host and port in common: only then may credentials go on. */
bool url_same_origin(const char *a, const char *b);
/* "scheme://host:port/path" without its query, which may be a secret; free(). */
char *url_without_query(const char *s);
