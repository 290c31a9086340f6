#include "probe/file/probe_file_parts.h"

#include <stdlib.h>
#include <string.h>

#include "probe/script/headers.h"

#define TIMEOUT_MAX 3600 /* seconds */

/* A member that replaces a string. */
static int text(const struct probe_fields *f, const json_t *object, const char *key, char **at, struct err *err)
{
	char *value = NULL;
	int r = probe_fields_get_text(f, object, key, &value, err);
	if (value) {
		free(*at);
		*at = value;
	}
	return r;
}

static int add_header(const struct probe_fields *f, const json_t *headers, const char *name, const json_t *v,
		      struct probe_request *r, struct err *err)
{
	CLEANUP_FREE char *value = NULL;
	int e = probe_fields_value(f, headers, name, v, &value, err);
	if (e == 0)
		probe_headers_add(r, name, value);
	return e;
}

/* {NAME: VALUE, NAME: [VALUE, ...], NAME: null}, which replace those of the same name, or ["NAME: VALUE", ...]. */
static int read_headers(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	json_t *headers = json_object_get(object, "headers"), *v, *element;
	const char *name;
	size_t i;
	int e = 0;
	if (json_is_array(headers)) {
		json_array_foreach (headers, i, v) {
			CLEANUP_FREE char *line = NULL;
			if ((e = probe_fields_value(f, object, "headers", v, &line, err)) < 0)
				return e;
			strlist_add(&r->headers, line);
		}
		return 0;
	}
	if ((e = probe_fields_get_object(f, object, "headers", &headers, err)) < 0)
		return e;
	json_object_foreach (headers, name, v) {
		probe_headers_remove(r, name);
		if (json_is_null(v))
			continue;
		if (!json_is_array(v))
			e = add_header(f, headers, name, v, r, err);
		else
			json_array_foreach (v, i, element)
				if (e == 0)
					e = add_header(f, headers, name, element, r, err);
		if (e < 0)
			return e;
	}
	return 0;
}

/* {basic: {user: U, password: P}} or {basic: "U:P"} */
static int read_basic(const struct probe_fields *f, const json_t *auth, struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"user", "password", NULL};
	json_t *basic = json_object_get(auth, "basic");
	int e;
	if (!json_is_object(basic)) {
		CLEANUP_FREE char *both = NULL;
		if ((e = probe_fields_get_text(f, auth, "basic", &both, err)) < 0)
			return e;
		char *colon = both ? strchr(both, ':') : NULL;
		if (!colon)
			return probe_fields_fail(f, auth, "basic", err,
						 "\"basic\" is {user: NAME, password: WORD} or NAME:WORD");
		r->user = mem_strndup(both, (size_t)(colon - both));
		r->password = mem_strdup(colon + 1);
		return 0;
	}
	if ((e = probe_fields_known(f, basic, "basic", allowed, err)) < 0 ||
	    (e = text(f, basic, "user", &r->user, err)) < 0 || (e = text(f, basic, "password", &r->password, err)) < 0)
		return e;
	if (!r->user)
		return probe_fields_fail(f, auth, "basic", err, "\"basic\" has no \"user\"");
	return 0;
}

/* {basic: ...}, {bearer: TOKEN}, none */
static int read_auth(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"basic", "bearer", NULL};
	json_t *auth = json_object_get(object, "auth");
	const char *word = json_string_value(auth);
	int e;
	if (!auth)
		return 0;
	char **const old[] = {&r->user, &r->password, &r->bearer};
	for (size_t i = 0; i < 3; i++) {
		free(*old[i]);
		*old[i] = NULL;
	}
	if (json_is_null(auth) || (word && strcmp(word, "none") == 0))
		return 0;
	if (json_object_size(auth) != 1)
		return probe_fields_fail(f, object, "auth", err,
					 "\"auth\" is {basic: {user: NAME, password: WORD}}, {bearer: TOKEN} or none");
	if ((e = probe_fields_known(f, auth, "auth", allowed, err)) < 0)
		return e;
	return json_object_get(auth, "basic") ? read_basic(f, auth, r, err) : text(f, auth, "bearer", &r->bearer, err);
}

/* Find the path of a file for curl to open. It may lie outside of the folder, since keys are kept elsewhere. */
static int read_pem(const struct probe_fields *f, const json_t *cert, const char *key, char **at, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	int e = probe_fields_get_text(f, cert, key, &path, err);
	const char *slash = strrchr(f->what, '/');
	if (path) {
		free(*at);
		*at = path[0] == '/' || !slash ? mem_strdup(path)
					       : mem_printf("%.*s/%s", (int)(slash - f->what), f->what, path);
	}
	return e;
}

static int read_cert(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	static const char *const allowed[] = {"file", "key", NULL};
	json_t *cert = NULL;
	int e = probe_fields_get_object(f, object, "cert", &cert, err);
	if (e < 0 || !cert)
		return e;
	if ((e = probe_fields_known(f, cert, "cert", allowed, err)) < 0 ||
	    (e = read_pem(f, cert, "file", &r->cert_file, err)) < 0 ||
	    (e = read_pem(f, cert, "key", &r->key_file, err)) < 0)
		return e;
	if (!r->cert_file)
		return probe_fields_fail(f, object, "cert", err, "\"cert\" has no \"file\"");
	return 0;
}

/* One of the names, each followed by what it stands for. */
static int read_protocol(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	static const struct {
		const char *name;
		enum probe_protocol protocol;
	} known[] = {{"http", PROBE_HTTP},
		     {"http1", PROBE_HTTP1},
		     {"http2", PROBE_HTTP2},
		     {"websocket", PROBE_WEBSOCKET},
		     {"fastcgi", PROBE_FASTCGI}};
	CLEANUP_FREE char *name = NULL;
	int e = text(f, object, "protocol", &name, err);
	if (e < 0 || !name)
		return e;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(name, known[i].name) == 0) {
			r->protocol = known[i].protocol;
			return 0;
		}
	return probe_fields_fail(f, object, "protocol", err,
				 "\"protocol\" is http, http1, http2, websocket or fastcgi, not \"%.60s\"", name);
}

static int read_timeout(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	const json_t *v = json_object_get(object, "timeout");
	double seconds = json_number_value(v);
	if (!v)
		return 0;
	if (!json_is_number(v) || seconds < 0.001 || seconds > TIMEOUT_MAX)
		return probe_fields_fail(f, object, "timeout", err, "\"timeout\" is a number of seconds, up to %d",
					 TIMEOUT_MAX);
	r->timeout_ms = (unsigned)(seconds * 1000 + 0.5);
	return 0;
}

/* Read the request's own target, which replaces that of the defaults. */
static int read_place(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	unsigned port = 0;
	char *socket = NULL;
	int e;
	if ((e = probe_fields_get_uint(f, object, "port", 1, UINT16_MAX, &port, err)) < 0 ||
	    (e = probe_fields_get_text(f, object, "socket", &socket, err)) < 0 || (!port && !socket))
		return e;
	free(r->socket);
	r->socket = socket;
	r->port = (uint16_t)port;
	return port && socket
		   ? probe_fields_fail(f, object, "socket", err, "a request has \"port\" or \"socket\", not both")
		   : 0;
}

int probe_file_common(const struct probe_fields *f, const json_t *object, struct probe_request *r, struct err *err)
{
	int e;
	if ((e = text(f, object, "scheme", &r->scheme, err)) < 0 || (e = text(f, object, "host", &r->host, err)) < 0 ||
	    (e = read_place(f, object, r, err)) < 0 || (e = read_protocol(f, object, r, err)) < 0 ||
	    (e = read_headers(f, object, r, err)) < 0 || (e = read_auth(f, object, r, err)) < 0 ||
	    (e = read_cert(f, object, r, err)) < 0 || (e = read_timeout(f, object, r, err)) < 0)
		return e;
	if (r->scheme && strcmp(r->scheme, "http") != 0 && strcmp(r->scheme, "https") != 0)
		return probe_fields_fail(f, object, "scheme", err, "\"scheme\" is http or https");
	return probe_file_expect(f, object, r, err);
}
