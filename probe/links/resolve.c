#include "probe/links/resolve.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void free_part(char **part)
{
	curl_free(*part);
}

/* Whether both have the same part; a port that is left out is the scheme's own. */
static bool same(CURLU *a, CURLU *b, CURLUPart what)
{
	CLEANUP(free_part) char *x = NULL;
	CLEANUP(free_part) char *y = NULL;
	return curl_url_get(a, what, &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       curl_url_get(b, what, &y, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(x, y) == 0;
}

static bool is_own_name(CURLU *u, const char *hostname)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"};
	CLEANUP(free_part) char *host = NULL;
	if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(host, names[i]) == 0)
			return true;
	return hostname && strcasecmp(host, hostname) == 0;
}

char *probe_resolve(const char *page, const char *base, const char *ref, const char *hostname)
{
	const unsigned flags = CURLU_URLENCODE | CURLU_ALLOW_SPACE;
	CLEANUP(free_url) CURLU *from = curl_url();
	if (!from || curl_url_set(from, CURLUPART_URL, page, 0) != CURLUE_OK)
		return NULL;
	CLEANUP(free_url) CURLU *to = curl_url_dup(from);
	CLEANUP(free_part) char *path = NULL;
	CLEANUP(free_part) char *query = NULL;
	if (!to)
		return NULL;
	if (base && curl_url_set(to, CURLUPART_URL, base, flags) != CURLUE_OK)
		return NULL;
	if (curl_url_set(to, CURLUPART_URL, ref, flags) != CURLUE_OK || !same(from, to, CURLUPART_SCHEME) ||
	    !same(from, to, CURLUPART_PORT) || !(same(from, to, CURLUPART_HOST) || is_own_name(to, hostname)) ||
	    curl_url_get(to, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return NULL;
	if (curl_url_get(to, CURLUPART_QUERY, &query, 0) == CURLUE_OK && *query)
		return mem_printf("%s?%s", path, query);
	return mem_strdup(path);
}
