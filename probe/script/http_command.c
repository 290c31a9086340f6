#include "probe/script/http_command.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define FORM "[crawl:][PROTOCOL:][METHOD:]/PATH"
#define METHODS "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"

/* What docker-slim sends over a WebSocket. */
#define WEBSOCKET_MESSAGE "ws.data"

struct protocol {
	const char *name, *scheme; /* scheme NULL = what the port speaks */
	enum probe_protocol protocol;
};

static const struct protocol protocols[] = {
    {"http", "http", PROBE_HTTP},    {"https", "https", PROBE_HTTP},    {"http1", NULL, PROBE_HTTP1},
    {"http2", "https", PROBE_HTTP2}, {"http2c", "http", PROBE_HTTP2},   {"http2.insecure", NULL, PROBE_HTTP2},
    {"ws", "http", PROBE_WEBSOCKET}, {"wss", "https", PROBE_WEBSOCKET}, {"fastcgi", NULL, PROBE_FASTCGI},
};

static const struct protocol *find_protocol(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (strlen(protocols[i].name) == n && strncasecmp(protocols[i].name, word, n) == 0)
			return &protocols[i];
	return NULL;
}

/* Return the method of n bytes in capitals; NULL = it is not a method. */
static const char *find_method(const char *word, size_t n)
{
	static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strlen(methods[i]) == n && strncasecmp(methods[i], word, n) == 0)
			return methods[i];
	return NULL;
}

/* ---- mistakes ---- */

/* http://localhost:8000/health/ */
static int is_url(const char *text, const char *scheme_end, struct err *err)
{
	const char *host = scheme_end + strlen("://");
	const char *path = host + strcspn(host, "/?#"), *v6_end = memchr(host, ']', (size_t)(path - host));
	const char *name_end = v6_end ? v6_end : host, *port = memchr(name_end, ':', (size_t)(path - name_end));
	const char *scheme = scheme_end;
	while (scheme > text && (isalnum((unsigned char)scheme[-1]) || scheme[-1] == '.'))
		scheme--;
	CLEANUP_FREE char *ports =
	    port ? mem_printf(" --http-probe-ports %.*s", (int)(path - port - 1), port + 1) : mem_strdup("");
	return err_set(
	    err, ERR_INVAL, "probe-request-url",
	    "\"%s\" is a URL, but a request does not name a host, and --http-probe-ports names the port: write "
	    "--http-probe-cmd %.*s:GET:%s%s",
	    text, (int)(scheme_end - scheme), scheme, *path == '/' ? path : "/", ports);
}

/* "GET /", "POST /a b" */
static int has_blank(const char *text, const char *blank, struct err *err)
{
	const char *method = find_method(text, (size_t)(blank - text)), *path = blank + strspn(blank, " \t");
	if (method && *path == '/' && !strpbrk(path, " \t"))
		return err_set(err, ERR_INVAL, "probe-request-malformed",
			       "a colon separates method and path: write --http-probe-cmd %s:%s, not \"%s\"", method,
			       path, text);
	return err_set(err, ERR_INVAL, "probe-request-malformed",
		       "a path cannot have blanks: write them as %%20 in \"%s\"", text);
}

static int is_unknown(const char *word, size_t n, const char *text, struct err *err)
{
	return err_set(err, ERR_INVAL, "probe-request-malformed",
		       "\"%.*s\" is neither a method (" METHODS ") nor a protocol (http, https, http1, http2, http2c, "
		       "http2.insecure, ws, wss, fastcgi) in \"%s\"",
		       (int)n, word, text);
}

static int has_no_path(const char *text, const char *rest, struct err *err)
{
	if (*rest && !find_method(rest, strlen(rest)) && !find_protocol(rest, strlen(rest)))
		return err_set(err, ERR_INVAL, "probe-request-malformed",
			       "a path begins with a slash: write --http-probe-cmd %.*s/%s, not \"%s\"",
			       (int)(rest - text), text, rest, text);
	return err_set(err, ERR_INVAL, "probe-request-malformed", "a request is " FORM ", not \"%s\"", text);
}

/* ---- reading ---- */

/* What stands before the path; rest: the path, or what is in its place. */
struct prefix {
	bool crawl;
	const struct protocol *protocol;
	const char *method;
	const char *rest;
};

static int read_prefix(const char *text, struct prefix *out, struct err *err)
{
	const char *slash = strchr(text, '/'), *colon;
	*out = (struct prefix){.method = "GET", .rest = text};
	while ((colon = strchr(out->rest, ':')) && (!slash || colon < slash)) {
		size_t n = (size_t)(colon - out->rest);
		const char *method = find_method(out->rest, n);
		const struct protocol *protocol = find_protocol(out->rest, n);
		if (n == 5 && strncmp(out->rest, "crawl", 5) == 0 && out->rest == text)
			out->crawl = true;
		else if (method)
			out->method = method;
		else if (protocol)
			out->protocol = protocol;
		else if (n)
			return is_unknown(out->rest, n, text, err);
		out->rest = colon + 1;
	}
	return 0;
}

static int check_crawl(const struct prefix *p, const char *text, struct err *err)
{
	if (!p->crawl || !p->protocol || p->protocol->protocol == PROBE_HTTP)
		return 0;
	return err_set(err, ERR_INVAL, "probe-request-malformed", "a crawl takes http or https, not %s: \"%s\"",
		       p->protocol->name, text);
}

int probe_http_command_read(const char *text, struct probe_script *s, struct err *err)
{
	struct prefix p;
	const char *url = strstr(text, "://"), *slash = strchr(text, '/');
	if (url && url < slash)
		return is_url(text, url, err);
	size_t blank = strcspn(text, " \t\r\n");
	if (text[blank])
		return has_blank(text, text + blank, err);
	int r = read_prefix(text, &p, err);
	if (r == 0 && *p.rest != '/')
		r = has_no_path(text, p.rest, err);
	if (r == 0)
		r = check_crawl(&p, text, err);
	if (r < 0)
		return r;
	struct probe_request *q = probe_script_add(s, p.method, p.rest);
	q->crawl = p.crawl;
	if (p.protocol) {
		q->protocol = p.protocol->protocol;
		q->scheme = mem_strdup(p.protocol->scheme);
	}
	if (q->protocol == PROBE_WEBSOCKET) {
		buf_str(&q->body, WEBSOCKET_MESSAGE);
		q->has_body = true;
	}
	return 0;
}
