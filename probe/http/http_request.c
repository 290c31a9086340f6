#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "probe/probe.h"

/* Whether word, of len bytes, is one of names, whatever its case: that one, or NULL. */
static const char *one_of(const char *word, size_t len, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == len && strncasecmp(*names, word, len) == 0)
			return *names;
	return NULL;
}

int probe_http_request_parse(const char *text, struct probe_http_request *out, struct err *err)
{
	static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", NULL};
	static const char *const schemes[] = {"http", "https", NULL};
	struct probe_http_request r = {.method = "GET"};
	const char *part = text, *slash = strchr(text, '/'), *colon;
	while ((colon = strchr(part, ':')) && (!slash || colon < slash)) {
		size_t len = (size_t)(colon - part);
		const char *method = one_of(part, len, methods), *scheme = one_of(part, len, schemes);
		if (len == 5 && strncmp(part, "crawl", 5) == 0 && part == text)
			r.crawl = true;
		else if (method)
			r.method = method;
		else if (scheme)
			r.scheme = scheme;
		else if (len)
			return err_set(
			    err, ERR_INVAL, "probe-request-malformed",
			    "\"%.*s\" is neither a method (GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS) nor http or "
			    "https in \"%s\"",
			    (int)len, part, text);
		part = colon + 1;
	}
	if (*part != '/')
		return err_set(err, ERR_INVAL, "probe-request-malformed",
			       "a request is [crawl:][http:|https:][METHOD:]/PATH, not \"%s\"", text);
	for (const char *p = part; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return err_set(err, ERR_INVAL, "probe-request-malformed",
				       "a path has no blanks: write them as %%20 in \"%s\"", text);
	r.path = mem_strdup(part);
	*out = r;
	return 0;
}

void probe_http_options_init(struct probe_http_options *o)
{
	*o = (struct probe_http_options){
	    .max_pages = PROBE_HTTP_PAGES,
	    .max_depth = PROBE_HTTP_DEPTH,
	    .timeout_ms = PROBE_HTTP_TIMEOUT_MS,
	    .crawl = true,
	};
}

void probe_http_options_done(struct probe_http_options *o)
{
	for (size_t i = 0; i < o->n_requests; i++)
		free(o->requests[i].path);
	free(o->requests);
	free(o->ports);
	*o = (struct probe_http_options){0};
}
