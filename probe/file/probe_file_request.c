/* One request of a probe file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "probe/script/fastcgi.h"
#include "probe/file/probe_file_parts.h"

#define REPEAT_MAX 10000
#define CONCURRENCY_MAX 64
#define SHOWN 60 /* bytes of a body in a name */

/* Keys whose value is the path. */
static const char *const methods[] = {"get", "head", "post", "put", "patch", "delete", "options", NULL};

static void upper_case(char *s)
{
	for (; *s; s++)
		*s = (char)toupper((unsigned char)*s);
}

/* Helps with what people write in place of a path. */
static int check_path(const struct probe_fields *f, const json_t *container, const char *key, const char *path,
		      struct err *err)
{
	if (*path == '/')
		return 0;
	if (strstr(path, "://"))
		return probe_fields_fail(f, container, key, err,
					 "\"%.200s\" is a URL: write its path, and its host with \"host\"", path);
	const char *slash = strchr(path, '/');
	if (slash && slash > path && slash[-1] == ':')
		return probe_fields_fail(f, container, key, err,
					 "\"%.200s\" is docker-slim's form: here it is \"METHOD /PATH\"", path);
	return probe_fields_fail(f, container, key, err, "\"%.200s\" is not a path: a path begins with a slash", path);
}

/* "METHOD /PATH" or "/PATH". */
static int read_line(const struct probe_fields *f, const json_t *list, const char *line, struct probe_script *out,
		     struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int e = probe_fields_expand(f, list, NULL, line, &text, err);
	if (e < 0)
		return e;
	char *path = text.data;
	size_t n = strspn(path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
	bool has_method = n && path[n] == ' ';
	CLEANUP_FREE char *method = has_method ? mem_strndup(path, n) : mem_strdup("GET");
	upper_case(method);
	path += has_method ? n : 0;
	path += strspn(path, " ");
	if ((e = check_path(f, list, NULL, path, err)) == 0)
		probe_script_add(out, method, path);
	return e;
}

/* The method and path that the keys say. */
static int read_target(const struct probe_fields *f, const json_t *o, char **method, char **path, bool *websocket,
		       struct err *err)
{
	const char *named = NULL;
	int e;
	for (size_t i = 0; methods[i]; i++)
		if (json_object_get(o, methods[i])) {
			if (named)
				return probe_fields_fail(f, o, methods[i], err,
							 "a request has \"%s\" or \"%s\", not both", named, methods[i]);
			named = methods[i];
		}
	if (json_object_get(o, "websocket")) {
		if (named)
			return probe_fields_fail(f, o, named, err, "a request has \"websocket\" or \"%s\", not both",
						 named);
		*websocket = true;
		*method = mem_strdup("GET");
		return probe_fields_get_text(f, o, "websocket", path, err);
	}
	if ((e = probe_fields_get_text(f, o, "method", method, err)) < 0 ||
	    (e = probe_fields_get_text(f, o, "path", path, err)) < 0)
		return e;
	if (named && (*method || *path))
		return probe_fields_fail(f, o, named, err, "\"%s\" stands for \"method\" and \"path\": leave them out",
					 named);
	if (named) {
		*method = mem_strdup(named);
		e = probe_fields_get_text(f, o, named, path, err);
	}
	if (*method)
		upper_case(*method);
	return e;
}

static int add_query(const struct probe_fields *f, const json_t *o, char **path, struct err *err)
{
	CLEANUP_BUF struct buf query = {0};
	int e = probe_file_pairs(f, o, "query", &query, err);
	if (e == 0 && query.len) {
		char *longer = mem_printf("%s%c%s", *path, strchr(*path, '?') ? '&' : '?', query.data);
		free(*path);
		*path = longer;
	}
	return e;
}

/* {root: FOLDER, split: [ENDING], params: {NAME: VALUE}} */
static int read_fastcgi(const struct probe_fields *f, const json_t *o, struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"root", "split", "params", NULL};
	CLEANUP_FREE char *root = NULL, *ending = NULL;
	CLEANUP_STRLIST struct strlist split = {0};
	json_t *fastcgi = NULL, *params = NULL, *v;
	const char *name;
	int e;
	if ((e = probe_fields_get_object(f, o, "fastcgi", &fastcgi, err)) < 0 || !fastcgi)
		return e;
	if ((e = probe_fields_known(f, fastcgi, "fastcgi", allowed, err)) < 0 ||
	    (e = probe_fields_get_text(f, fastcgi, "root", &root, err)) < 0 ||
	    (e = probe_fields_get_text(f, fastcgi, "split", &ending, err)) < 0 ||
	    (e = probe_fields_get_object(f, fastcgi, "params", &params, err)) < 0)
		return e;
	if (ending)
		strlist_add(&split, ending);
	r->protocol = PROBE_FASTCGI;
	probe_fastcgi_params(&(struct probe_fastcgi){root ? root : PROBE_FASTCGI_ROOT, &split}, r);
	json_object_foreach (params, name, v) {
		CLEANUP_FREE char *value = NULL;
		if ((e = probe_fields_value(f, params, name, v, &value, err)) < 0)
			return e;
		CLEANUP_FREE char *param = mem_printf("%s=%s", name, value);
		strlist_set_env(&r->params, param);
	}
	return 0;
}

static int read_members(const struct probe_fields *f, const json_t *defaults, const json_t *o, struct probe_request *r,
			struct err *err)
{
	int e;
	if ((defaults && (e = probe_file_common(f, defaults, r, err)) < 0) ||
	    (e = probe_file_common(f, o, r, err)) < 0 || (e = probe_file_body(f, o, r, err)) < 0 ||
	    (e = probe_file_capture(f, o, r, err)) < 0 ||
	    (e = probe_fields_get_text(f, o, "name", &r->name, err)) < 0 ||
	    (e = probe_fields_get_bool(f, o, "crawl", &r->crawl, err)) < 0 ||
	    (e = probe_fields_get_uint(f, o, "repeat", 1, REPEAT_MAX, &r->repeat, err)) < 0 ||
	    (e = probe_fields_get_uint(f, o, "concurrency", 1, CONCURRENCY_MAX, &r->concurrency, err)) < 0)
		return e;
	return read_fastcgi(f, o, r, err);
}

static bool has_body(const json_t *o)
{
	static const char *const keys[] = {PROBE_FILE_BODY};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (json_object_get(o, keys[i]))
			return true;
	return false;
}

/* Name a request after its bytes, without the line's end. */
static char *shown_bytes(const struct buf *bytes)
{
	CLEANUP_BUF struct buf shown = {0};
	size_t n = bytes->len;
	while (n && strchr("\r\n", bytes->data[n - 1]) && bytes->data[n - 1])
		n--;
	buf_escape(&shown, bytes->data ? bytes->data : "", n < SHOWN ? n : SHOWN);
	return mem_strdup(shown.len ? shown.data : "connect");
}

/* Bytes to a port: the body holds them, and is shown unless the request has a name. */
static int read_tcp(const struct probe_fields *f, const json_t *defaults, const json_t *o, struct probe_script *out,
		    struct err *err)
{
	static const char *const allowed[] = {"tcp",    "name",        "body",   "body_file", "body_base64", "capture",
					      "repeat", "concurrency", "expect", "timeout",   NULL};
	struct probe_request *r = probe_script_add(out, "TCP", "/");
	unsigned port = 0;
	int e;
	if ((e = probe_fields_known(f, o, "a request of tcp", allowed, err)) < 0 ||
	    (e = probe_fields_get_uint(f, o, "tcp", 1, UINT16_MAX, &port, err)) < 0 ||
	    (e = read_members(f, defaults, o, r, err)) < 0)
		return e;
	const json_t *expect = json_object_get(o, "expect");
	if (expect &&
	    (!json_is_object(expect) || json_object_get(expect, "status") || json_object_get(expect, "headers")))
		return probe_fields_fail(f, o, "expect", err,
					 "an answer over tcp has no status and no headers: expect {body: PATTERN}");
	r->n_statuses = 0; /* those of the defaults are for HTTP */
	r->protocol = PROBE_TCP;
	r->port = (uint16_t)port;
	if (!r->name)
		r->name = shown_bytes(&r->body);
	return 0;
}

static int read_object(const struct probe_fields *f, const json_t *defaults, const json_t *o, struct probe_script *out,
		       struct err *err)
{
	static const char *const allowed[] = {"get",
					      "head",
					      "post",
					      "put",
					      "patch",
					      "delete",
					      "options",
					      "websocket",
					      "method",
					      "path",
					      "query",
					      "name",
					      PROBE_FILE_COMMON,
					      PROBE_FILE_BODY,
					      "capture",
					      "repeat",
					      "concurrency",
					      "crawl",
					      "fastcgi",
					      "tcp",
					      NULL};
	CLEANUP_FREE char *method = NULL, *path = NULL;
	bool websocket = false;
	if (json_object_get(o, "tcp"))
		return read_tcp(f, defaults, o, out, err);
	int e = probe_fields_known(f, o, "a request", allowed, err);
	if (e == 0)
		e = read_target(f, o, &method, &path, &websocket, err);
	if (e < 0)
		return e;
	if (!path)
		return probe_fields_fail(f, o, NULL, err, "a request has no path: write get: /PATH, or path: /PATH");
	if ((e = check_path(f, o, NULL, path, err)) < 0 || (e = add_query(f, o, &path, err)) < 0)
		return e;
	struct probe_request *r = probe_script_add(out, method ? method : has_body(o) ? "POST" : "GET", path);
	e = read_members(f, defaults, o, r, err);
	if (websocket)
		r->protocol = PROBE_WEBSOCKET;
	return e;
}

int probe_file_request(const struct probe_fields *f, const json_t *defaults, const json_t *list, const json_t *v,
		       struct probe_script *out, struct err *err)
{
	if (json_is_object(v))
		return read_object(f, defaults, v, out, err);
	if (!json_is_string(v))
		return probe_fields_fail(f, list, NULL, err, "a request is \"METHOD /PATH\", or a mapping");
	int e = read_line(f, list, json_string_value(v), out, err);
	return e < 0 || !defaults ? e : probe_file_common(f, defaults, &out->requests[out->count - 1], err);
}
