#include "probe/script/command_file.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/fastcgi.h"
#include "probe/script/fields.h"
#include "probe/script/generate.h"
#include "probe/script/headers.h"

struct reader {
	const char *what;
	bool files;
	struct notes *notes;
	size_t number; /* of the command, from 1 */
};

#define MALFORMED(c, err, fmt, ...)                                                                                    \
	err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s: command %zu: " fmt, (c)->what, (c)->number,           \
		##__VA_ARGS__)

/* A copy whose keys are those of the list, whatever case they were written in; others are noted and left out. */
static json_t *normalized(const struct reader *c, const json_t *o, const char *const *known)
{
	json_t *out = json_object(), *v;
	const char *key;
	json_object_foreach ((json_t *)(uintptr_t)o, key, v) {
		size_t i = 0;
		while (known[i] && strcasecmp(known[i], key) != 0)
			i++;
		if (known[i]) {
			json_object_set(out, known[i], v);
			continue;
		}
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, key, strlen(key));
		notes_add(c->notes, "probe-command-member-unknown",
			  "%s: command %zu has \"%.100s\", which docker-slim does not know: it is ignored", c->what,
			  c->number, shown.data ? shown.data : "");
	}
	return out;
}

/* Read the string into *out, which is borrowed; "" if the member is missing. */
static int text(const struct reader *c, const json_t *o, const char *key, const char **out, struct err *err)
{
	const json_t *v = json_object_get(o, key);
	*out = "";
	if (!v || json_is_null(v))
		return 0;
	if (!json_is_string(v))
		return MALFORMED(c, err, "\"%s\" is not a string", key);
	*out = json_string_value(v);
	return 0;
}

static int boolean(const struct reader *c, const json_t *o, const char *key, bool *out, struct err *err)
{
	const json_t *v = json_object_get(o, key);
	*out = json_is_true(v);
	return !v || json_is_null(v) || json_is_boolean(v) ? 0 : MALFORMED(c, err, "\"%s\" is not true or false", key);
}

static char *literal(const char *s)
{
	CLEANUP_BUF struct buf b = {0};
	probe_fields_literal(&b, s, strlen(s));
	return buf_steal(&b);
}

static int read_protocol(const struct reader *c, const json_t *o, struct probe_request *r, struct err *err)
{
	static const struct {
		const char *name, *scheme;
		enum probe_protocol protocol;
	} known[] = {{"http", "http", PROBE_HTTP},    {"https", "https", PROBE_HTTP},
		     {"http2", "https", PROBE_HTTP2}, {"http2c", "http", PROBE_HTTP2},
		     {"ws", "http", PROBE_WEBSOCKET}, {"wss", "https", PROBE_WEBSOCKET}};
	const char *name;
	int e = text(c, o, "protocol", &name, err);
	if (e < 0 || !*name)
		return e;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcasecmp(name, known[i].name) == 0) {
			r->scheme = mem_strdup(known[i].scheme);
			r->protocol = known[i].protocol;
			return 0;
		}
	return MALFORMED(c, err, "\"protocol\" is http, https, http2, http2c, ws or wss, not \"%.60s\"", name);
}

/* "Name: value"; one without a colon is ignored, as docker-slim does. */
static void add_header(struct probe_request *r, const char *line)
{
	const char *colon = strchr(line, ':');
	if (!colon)
		return;
	line += strspn(line, " \t");
	size_t n = line < colon ? (size_t)(colon - line) : 0;
	while (n && strchr(" \t", line[n - 1]))
		n--;
	CLEANUP_FREE char *name = mem_strndup(line, n), *value = literal(colon + 1 + strspn(colon + 1, " \t"));
	probe_headers_add(r, name, value);
}

static int read_headers(const struct reader *c, const json_t *o, struct probe_request *r, struct err *err)
{
	json_t *headers = json_object_get(o, "headers"), *v;
	const char *name;
	size_t i;
	if (headers && !json_is_null(headers) && !json_is_array(headers) && !json_is_object(headers))
		return MALFORMED(c, err, "\"headers\" is not an array of strings");
	json_array_foreach (headers, i, v) {
		if (!json_is_string(v))
			return MALFORMED(c, err, "\"headers\" is not an array of strings");
		add_header(r, json_string_value(v));
	}
	json_object_foreach (headers, name, v) {
		if (!json_is_string(v))
			return MALFORMED(c, err, "the header \"%.60s\" is not a string", name);
		CLEANUP_FREE char *value = literal(json_string_value(v));
		probe_headers_add(r, name, value);
	}
	return 0;
}

/* ---- bodies ---- */

/* What generates a body: "generate.text", "generate.text.json", "generate.image.png", ... */
static const struct probe_generated *generated(const char *name)
{
	const char *dot = strrchr(name, '.');
	bool known = strncmp(name, "generate.text", 13) == 0 || strncmp(name, "generate.image", 14) == 0;
	const struct probe_generated *g = known && dot ? probe_generate(dot + 1) : NULL;
	return g ? g : probe_generate("text");
}

/* Read the bytes for the script, and the file name that a form gives them. False if the command has no body. */
static int body_bytes(const struct reader *c, const json_t *o, struct buf *out, const char **file_name,
		      const char **type, bool *found, struct err *err)
{
	const char *file, *generate, *body;
	CLEANUP_BUF struct buf bytes = {0};
	int e;
	if ((e = text(c, o, "body_file", &file, err)) < 0 || (e = text(c, o, "body_generate", &generate, err)) < 0 ||
	    (e = text(c, o, "body", &body, err)) < 0)
		return e;
	*found = *file || *generate || *body;
	if (*file) {
		struct err cause = {0};
		const char *slash = strrchr(file, '/');
		if (!c->files)
			return MALFORMED(c, err, "a body can't be read from a file here");
		if (fd_read_file(AT_FDCWD, file, LIMIT_PROBE_BODY, &bytes, &cause) < 0)
			return MALFORMED(c, err, "body_file: %.600s", cause.msg);
		probe_fields_literal(out, bytes.data, bytes.len);
		*file_name = slash ? slash + 1 : file;
	} else if (*generate) {
		const struct probe_generated *g = generated(generate);
		buf_append(out, g->data, g->n);
		*type = g->type;
	} else {
		probe_fields_literal(out, body, strlen(body));
	}
	return 0;
}

static int read_body(const struct reader *c, const json_t *o, struct probe_request *r, struct err *err)
{
	const char *field, *given_name, *file_name = "file.data", *type = NULL;
	CLEANUP_BUF struct buf bytes = {0};
	bool is_form, found = false;
	int e;
	if ((e = boolean(c, o, "body_is_form", &is_form, err)) < 0 ||
	    (e = text(c, o, "form_field_name", &field, err)) < 0 ||
	    (e = text(c, o, "form_file_name", &given_name, err)) < 0 ||
	    (e = body_bytes(c, o, &bytes, &file_name, &type, &found, err)) < 0)
		return e;
	if (!found && r->protocol == PROBE_WEBSOCKET)
		buf_str(&bytes, "ws.data"); /* what docker-slim sends */
	else if (!found)
		return 0;
	if (is_form) {
		struct probe_part *part = probe_request_part(
		    r, *field ? field : "file", *given_name ? given_name : file_name, "application/octet-stream");
		part->data = bytes;
	} else {
		r->body = bytes;
		r->has_body = true;
		if (type)
			probe_headers_default(r, "Content-Type", type);
	}
	bytes = (struct buf){0};
	return 0;
}

/* ---- FastCGI ---- */

/* Go's durations: nanoseconds. The longest one bounds the request. */
static int read_timeouts(const struct reader *c, const json_t *fastcgi, struct probe_request *r, struct err *err)
{
	static const char *const keys[] = {"dial_timeout", "read_timeout", "write_timeout"};
	for (size_t i = 0; i < 3; i++) {
		const json_t *v = json_object_get(fastcgi, keys[i]);
		json_int_t ms = json_integer_value(v) / 1000000;
		if (v && (!json_is_integer(v) || ms < 0))
			return MALFORMED(c, err, "\"%s\" is not a number of nanoseconds", keys[i]);
		ms = ms > 3600000 ? 3600000 : ms;
		r->timeout_ms = (unsigned)ms > r->timeout_ms ? (unsigned)ms : r->timeout_ms;
	}
	return 0;
}

static int read_fastcgi(const struct reader *c, const json_t *o, struct probe_request *r, struct err *err)
{
	static const char *const known[] = {"root",         "split_path",    "env", "dial_timeout",
					    "read_timeout", "write_timeout", NULL};
	json_t *given = json_object_get(o, "fastcgi"), *v;
	CLEANUP_STRLIST struct strlist split = {0};
	const char *root, *name;
	size_t i;
	int e;
	if (!given || json_is_null(given))
		return 0;
	if (!json_is_object(given))
		return MALFORMED(c, err, "\"fastcgi\" is not an object");
	json_auto_t *fastcgi = normalized(c, given, known);
	json_t *paths = json_object_get(fastcgi, "split_path"), *env = json_object_get(fastcgi, "env");
	if ((e = text(c, fastcgi, "root", &root, err)) < 0 || (e = read_timeouts(c, fastcgi, r, err)) < 0)
		return e;
	json_array_foreach (paths, i, v)
		if (json_is_string(v))
			strlist_add(&split, json_string_value(v));
	r->protocol = PROBE_FASTCGI;
	probe_fastcgi_params(&(struct probe_fastcgi){root, &split}, r);
	json_object_foreach (env, name, v) {
		if (!json_is_string(v))
			return MALFORMED(c, err, "\"env\" has a value that is not a string");
		CLEANUP_FREE char *value = literal(json_string_value(v)), *param = mem_printf("%s=%s", name, value);
		strlist_set_env(&r->params, param);
	}
	return 0;
}

/* ---- the file ---- */

static int read_target(const struct reader *c, const json_t *o, struct probe_script *out, struct err *err)
{
	const char *given, *resource;
	int e;
	if ((e = text(c, o, "method", &given, err)) < 0 || (e = text(c, o, "resource", &resource, err)) < 0)
		return e;
	if (*resource != '/')
		return MALFORMED(c, err, "\"resource\" is a path that begins with a slash, not \"%.200s\"", resource);
	CLEANUP_FREE char *method = mem_strdup(*given ? given : "GET"), *path = literal(resource);
	for (char *p = method; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	probe_script_add(out, method, path);
	return 0;
}

static int read_command(const struct reader *c, const json_t *command, struct probe_script *out, struct err *err)
{
	static const char *const known[] = {"protocol",       "method",
					    "resource",       "port",
					    "headers",        "body",
					    "body_file",      "body_generate",
					    "body_is_form",   "form_field_name",
					    "form_file_name", "username",
					    "password",       "crawl",
					    "fastcgi",        NULL};
	const char *user, *password;
	int e;
	if (!json_is_object(command))
		return MALFORMED(c, err, "it is not an object");
	json_auto_t *o = normalized(c, command, known);
	const json_t *port = json_object_get(o, "port");
	if (port && (!json_is_integer(port) || json_integer_value(port) < 0 || json_integer_value(port) > UINT16_MAX))
		return MALFORMED(c, err, "\"port\" is not a number from 1 to 65535");
	if ((e = read_target(c, o, out, err)) < 0)
		return e;
	struct probe_request *r = &out->requests[out->count - 1];
	r->port = (uint16_t)json_integer_value(port);
	if ((e = read_protocol(c, o, r, err)) < 0 || (e = read_headers(c, o, r, err)) < 0 ||
	    (e = read_body(c, o, r, err)) < 0 || (e = read_fastcgi(c, o, r, err)) < 0 ||
	    (e = boolean(c, o, "crawl", &r->crawl, err)) < 0 || (e = text(c, o, "username", &user, err)) < 0 ||
	    (e = text(c, o, "password", &password, err)) < 0)
		return e;
	if (*user || *password) {
		r->user = literal(user);
		r->password = literal(password);
	}
	return 0;
}

int probe_command_file_parse(const char *data, size_t n, const char *what, bool files, struct probe_script *out,
			     struct notes *notes, struct err *err)
{
	struct reader c = {what, files, notes, 0};
	json_error_t at;
	size_t i, first = out->count;
	json_t *v;
	if (n > LIMIT_POLICY)
		return err_set(err, ERR_LIMIT, "input-too-large", "%.300s is larger than %u bytes", what, LIMIT_POLICY);
	json_auto_t *root = json_loadb(n ? data : "", n, JSON_DISABLE_EOF_CHECK, &at);
	if (!root)
		return err_set(err, ERR_INVAL, "probe-file-malformed", "%.300s, line %d: %s", what, at.line, at.text);
	static const char *const known[] = {"commands", NULL};
	json_auto_t *o = json_is_object(root) ? normalized(&c, root, known) : NULL;
	const json_t *commands = json_object_get(o, "commands");
	if (!json_is_array(commands))
		return err_set(err, ERR_INVAL, "probe-file-malformed",
			       "%.300s has no array \"commands\": it is not a file of docker-slim's probe commands",
			       what);
	json_array_foreach (commands, i, v) {
		c.number++;
		int e = read_command(&c, v, out, err);
		if (e < 0)
			return e;
	}
	return probe_script_check(out, first, what, err);
}

int probe_command_file_read(const char *path, struct probe_script *out, struct notes *notes, struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	int e = fd_read_file(AT_FDCWD, path, LIMIT_POLICY, &data, err);
	return e < 0 ? e : probe_command_file_parse(data.data, data.len, path, true, out, notes, err);
}
