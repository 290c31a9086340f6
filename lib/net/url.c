#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static void handle_freep(CURLU **u)
{
	curl_url_cleanup(*u);
}
#define CLEANUP_HANDLE CLEANUP(handle_freep)

static CURLU *handle_new(void)
{
	CURLU *u = curl_url();
	if (!u)
		abort(); /* out of memory */
	return u;
}

static void string_freep(char **s)
{
	curl_free(*s);
}
#define CLEANUP_STRING CLEANUP(string_freep)

/* A part that may be missing: NULL. */
static char *part(CURLU *u, CURLUPart which, unsigned flags)
{
	char *s = NULL;
	return curl_url_get(u, which, &s, flags) == CURLUE_OK ? s : NULL;
}

/* curl forgives one slash and three before a host; others read a path there, or nothing. */
static bool has_odd_slashes(const char *s)
{
	size_t scheme = strcspn(s, ":/?#");
	if (s[scheme] == ':')
		s += scheme + 1;
	else if (strncmp(s, "//", 2) != 0)
		return false; /* a path */
	return strspn(s, "/") != 2;
}

/* NULL, or what is wrong with it. */
static const char *refused(CURLU *u)
{
	CLEANUP_STRING char *scheme = part(u, CURLUPART_SCHEME, 0);
	CLEANUP_STRING char *host = part(u, CURLUPART_HOST, 0);
	CLEANUP_STRING char *user = part(u, CURLUPART_USER, 0);
	CLEANUP_STRING char *password = part(u, CURLUPART_PASSWORD, 0);
	CLEANUP_STRING char *port = part(u, CURLUPART_PORT, 0);
	if (!scheme || (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0))
		return "not an http or https URL";
	if (!host || !host[0])
		return "a URL without a host";
	if (user || password)
		return "a URL with a user name in it";
	if (port && strtoul(port, NULL, 10) == 0)
		return "a URL with port 0";
	return NULL;
}

static const char *parse(CURLU *u, const char *s)
{
	CURLUcode code = curl_url_set(u, CURLUPART_URL, s, 0);
	if (code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME)
		return "not an http or https URL";
	return code == CURLUE_OK && !has_odd_slashes(s) ? refused(u) : "malformed URL";
}

/* A link-local address is another host on each interface: with its zone. */
static char *host_with_zone(CURLU *u)
{
	CLEANUP_STRING char *host = part(u, CURLUPART_HOST, 0);
	CLEANUP_STRING char *zone = part(u, CURLUPART_ZONEID, 0);
	size_t n = strlen(host);
	return zone ? mem_printf("%.*s%%25%s]", (int)(n ? n - 1 : 0), host, zone) : mem_strdup(host);
}

int net_url_parse(const char *s, struct net_url *out, struct err *err)
{
	CLEANUP_HANDLE CURLU *u = handle_new();
	const char *wrong = parse(u, s);
	if (wrong)
		return err_set(err, ERR_INVAL, "url-malformed", "%s", wrong);
	CLEANUP_STRING char *scheme = part(u, CURLUPART_SCHEME, 0);
	CLEANUP_STRING char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	CLEANUP_STRING char *path = part(u, CURLUPART_PATH, 0);
	CLEANUP_STRING char *query = part(u, CURLUPART_QUERY, 0);
	bool https = strcasecmp(scheme, "https") == 0;
	*out = (struct net_url){
	    .scheme = mem_strdup(https ? "https" : "http"),
	    .host = host_with_zone(u),
	    .port = (unsigned)strtoul(port, NULL, 10),
	    .path = mem_printf("%s%s%s", path && path[0] ? path : "/", query ? "?" : "", query ? query : ""),
	};
	return 0;
}

void net_url_done(struct net_url *u)
{
	free(u->scheme);
	free(u->host);
	free(u->path);
	*u = (struct net_url){0};
}

int net_url_resolve(const char *base, const char *location, char **out, struct err *err)
{
	CLEANUP_HANDLE CURLU *u = handle_new();
	const char *wrong = parse(u, base);
	if (wrong)
		return err_set(err, ERR_INVAL, "url-malformed", "%s", wrong);
	CLEANUP_STRING char *before = part(u, CURLUPART_SCHEME, 0);
	/* As browsers do: a space or a byte above 127 in a Location is encoded. */
	CURLUcode code = curl_url_set(u, CURLUPART_URL, location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
	if (code == CURLUE_UNSUPPORTED_SCHEME || code == CURLUE_BAD_SCHEME)
		return err_set(err, ERR_PROTO, "redirect-refused", "redirected to something that is not http or https");
	if (code != CURLUE_OK || has_odd_slashes(location))
		return err_set(err, ERR_PROTO, "redirect-malformed", "redirected to a malformed URL");
	wrong = refused(u);
	if (wrong)
		return err_set(err, ERR_PROTO, "redirect-malformed", "redirected to %s", wrong);
	CLEANUP_STRING char *after = part(u, CURLUPART_SCHEME, 0);
	if (strcasecmp(before, "https") == 0 && strcasecmp(after, "https") != 0)
		return err_set(err, ERR_PROTO, "redirect-insecure",
			       "redirected from https to http, which anyone could read and change");
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	CLEANUP_STRING char *url = part(u, CURLUPART_URL, 0);
	if (!url)
		return err_set(err, ERR_PROTO, "redirect-malformed", "redirected to a malformed URL");
	*out = mem_strdup(url);
	return 0;
}

bool net_url_is_loopback(const char *s)
{
	CLEANUP_NET_URL struct net_url u = {0};
	if (net_url_parse(s, &u, NULL) < 0)
		return false;
	struct in_addr a;
	size_t n = strlen(u.host), local = strlen("localhost");
	if (strcmp(u.host, "[::1]") == 0)
		return true;
	if (inet_pton(AF_INET, u.host, &a) == 1)
		return ntohl(a.s_addr) >> 24 == 127;
	return n >= local && strcasecmp(u.host + n - local, "localhost") == 0 &&
	       (n == local || u.host[n - local - 1] == '.');
}

bool net_url_same_origin(const char *a, const char *b)
{
	CLEANUP_NET_URL struct net_url x = {0};
	CLEANUP_NET_URL struct net_url y = {0};
	if (net_url_parse(a, &x, NULL) < 0 || net_url_parse(b, &y, NULL) < 0)
		return false;
	return strcmp(x.scheme, y.scheme) == 0 && strcasecmp(x.host, y.host) == 0 && x.port == y.port;
}

char *net_url_without_query(const char *s)
{
	CLEANUP_NET_URL struct net_url u = {0};
	if (net_url_parse(s, &u, NULL) < 0)
		return mem_strdup("(an invalid URL)");
	return mem_printf("%s://%s:%u%.*s", u.scheme, u.host, u.port, (int)strcspn(u.path, "?"), u.path);
}
