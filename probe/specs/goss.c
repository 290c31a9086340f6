#include "probe/specs/goss.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "net/url.h"
#include "os/fd.h"
#include "probe/script/headers.h"

#define TIMEOUT_MAX 3600000 /* milliseconds */

struct reader {
	struct probe_fields fields;
	struct probe_spec *commands;
	struct probe_script *requests;
	size_t unread; /* expectations by matchers, expressions that can't be translated */
};

/* "text", "!text", "/expression/", "!/expression/", "\!text". NULL: slim can't say it. */
static char *read_pattern(const char *s, bool *fails)
{
	*fails = *s == '!';
	s += *fails || strncmp(s, "\\!", 2) == 0 || strncmp(s, "\\/", 2) == 0;
	size_t n = strlen(s);
	if (n < 2 || s[0] != '/' || s[n - 1] != '/')
		return probe_spec_quote(s);
	CLEANUP_FREE char *inner = mem_strndup(s + 1, n - 2);
	return probe_spec_regex(inner);
}

/* Calls add for each pattern of a member: a text, or a list of them. */
static void each_pattern(struct reader *g, const json_t *o, const char *key, void (*add)(void *ctx, const char *, bool),
			 void *ctx)
{
	const json_t *v = json_object_get(o, key);
	const size_t n = json_is_array(v) ? json_array_size(v) : v && !json_is_null(v) ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf text = {0};
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		bool fails = false;
		CLEANUP_FREE char *pattern = probe_fields_text(one, &text) ? read_pattern(text.data, &fails) : NULL;
		if (pattern)
			add(ctx, pattern, fails);
		else
			g->unread++;
	}
}

static bool is_skipped(const json_t *o)
{
	return json_is_true(json_object_get(o, "skip")) || json_is_false(json_object_get(o, "exec"));
}

/* ---- commands ---- */

static void add_output(void *ctx, const char *pattern, bool fails)
{
	probe_spec_output(ctx, pattern, fails);
}

static int read_command(struct reader *g, const char *name, const json_t *o, struct err *err)
{
	CLEANUP_FREE char *exec = NULL;
	int e = probe_fields_get_text(&g->fields, o, "exec", &exec, err);
	if (e < 0)
		return e;
	struct probe_spec_command *c = probe_spec_add(g->commands, name);
	strlist_add(&c->argv, "/bin/sh");
	strlist_add(&c->argv, "-c");
	strlist_add(&c->argv, exec ? exec : name);
	const json_t *status = json_object_get(o, "exit-status");
	c->status = json_is_integer(status) ? (int)json_integer_value(status) : status ? -1 : 0;
	g->unread += status && !json_is_integer(status);
	g->unread += json_array_size(json_object_get(o, "stderr"));
	each_pattern(g, o, "stdout", add_output, c);
	return 0;
}

/* ---- http ---- */

static void add_body(void *ctx, const char *pattern, bool fails)
{
	probe_request_check(ctx, PROBE_CHECK_BODY, NULL, pattern, fails);
}

static int add_headers(struct reader *g, const json_t *o, struct probe_request *r, struct err *err)
{
	size_t i;
	json_t *v;
	json_array_foreach (json_object_get(o, "request-headers"), i, v) {
		CLEANUP_FREE char *line = NULL;
		int e = probe_fields_value(&g->fields, o, "request-headers", v, &line, err);
		char *colon = line ? strchr(line, ':') : NULL;
		if (e == 0 && !colon)
			e = probe_fields_fail(&g->fields, o, "request-headers", err, "\"%.100s\" is not a header",
					      line);
		if (e < 0)
			return e;
		*colon = '\0';
		probe_headers_add(r, line, colon + 1 + strspn(colon + 1, " "));
	}
	json_array_foreach (json_object_get(o, "headers"), i, v) { /* "Name: value" */
		const char *text = json_string_value(v), *colon = text ? strchr(text, ':') : NULL;
		if (!colon || strchr("/!\\", *text)) {
			g->unread++;
			continue;
		}
		CLEANUP_FREE char *name = mem_strndup(text, (size_t)(colon - text)),
				  *value = probe_spec_quote(colon + 1 + strspn(colon + 1, " "));
		probe_request_check(r, PROBE_CHECK_HEADER, name, value, false);
	}
	return 0;
}

static int read_request(struct reader *g, const json_t *o, struct probe_request *r, struct err *err)
{
	const struct probe_fields *f = &g->fields;
	CLEANUP_FREE char *body = NULL;
	const json_t *status = json_object_get(o, "status");
	int e;
	if ((e = probe_fields_get_uint(f, o, "timeout", 1, TIMEOUT_MAX, &r->timeout_ms, err)) < 0 ||
	    (e = probe_fields_get_text(f, o, "username", &r->user, err)) < 0 ||
	    (e = probe_fields_get_text(f, o, "password", &r->password, err)) < 0 ||
	    (e = probe_fields_get_text(f, o, "request-body", &body, err)) < 0 || (e = add_headers(g, o, r, err)) < 0)
		return e;
	if (body) {
		r->has_body = true;
		buf_str(&r->body, body);
	}
	each_pattern(g, o, "body", add_body, r);
	if (json_is_integer(status)) {
		probe_request_status(r, (int)json_integer_value(status), (int)json_integer_value(status));
		if (!r->n_checks && !json_is_true(json_object_get(o, "no-follow-redirects")))
			probe_request_status(r, 300, 399);
	}
	g->unread += status && !json_is_integer(status);
	return 0;
}

static int read_http(struct reader *g, const char *name, const json_t *o, struct err *err)
{
	CLEANUP_NET_URL struct net_url u = {0};
	CLEANUP_FREE char *given = NULL, *method = NULL;
	struct err cause = {0};
	int e;
	if ((e = probe_fields_get_text(&g->fields, o, "url", &given, err)) < 0 ||
	    (e = probe_fields_get_text(&g->fields, o, "method", &method, err)) < 0)
		return e;
	const char *url = given ? given : name;
	if (net_url_parse(url, &u, &cause) < 0)
		return probe_fields_fail(&g->fields, o, NULL, err, "\"%.200s\": %s", url, cause.msg);
	struct probe_request *r = probe_script_add(g->requests, method ? method : "GET", u.path);
	r->scheme = mem_strdup(u.scheme);
	r->port = (uint16_t)u.port;
	if (!net_url_is_loopback(url))
		r->host = mem_strdup(u.host);
	return read_request(g, o, r, err);
}

/* ---- the file ---- */

static int read_kind(struct reader *g, const json_t *root, const char *kind, const json_t *checks, struct notes *notes,
		     struct err *err)
{
	int (*read)(struct reader * g, const char *name, const json_t *o, struct err *err) =
	    strcmp(kind, "command") == 0 ? read_command
	    : strcmp(kind, "http") == 0  ? read_http
					 : NULL;
	const char *name;
	json_t *v;
	int e = 0;
	if (!json_is_object(checks))
		return probe_fields_fail(&g->fields, root, kind, err, "\"%.60s\" is not a mapping of checks", kind);
	if (!read)
		probe_spec_tell(notes, g->fields.what, json_object_size(checks), kind);
	json_object_foreach ((json_t *)(uintptr_t)checks, name, v)
		if (e == 0 && read && !is_skipped(v))
			e = read(g, name, v, err);
	return e;
}

int probe_goss_parse(const char *data, size_t n, const char *what, struct probe_spec *commands,
		     struct probe_script *requests, struct notes *notes, struct err *err)
{
	CLEANUP_YAML_LINES struct yaml_lines lines = {0};
	json_auto_t *root = NULL;
	struct reader g = {{what, &lines, -1}, commands, requests, 0};
	const size_t first = requests->count, before = commands->count;
	const char *kind;
	json_t *checks;
	if (n && memmem(data, n, "{{", 2))
		return err_set(err, ERR_UNSUPPORTED, "spec-template",
			       "%.300s has templates ({{ }}): expand them with `goss render` first", what);
	int e = yaml_parse(data, n, what, &lines, &root, err);
	if (e == 0 && !json_is_object(root))
		e = probe_fields_fail(&g.fields, root, NULL, err, "a goss file is a mapping of kinds of checks");
	json_object_foreach (root, kind, checks)
		if (e == 0)
			e = read_kind(&g, root, kind, checks, notes, err);
	if (e < 0)
		return e;
	probe_spec_tell(notes, what, g.unread, "matcher or expression");
	if (requests->count == first && commands->count == before)
		return err_set(err, ERR_INVAL, "probe-file-malformed",
			       "%.300s has no check that slim can run: slim runs command and http", what);
	return probe_script_check(requests, first, what, err);
}

int probe_goss_read(const char *path, struct probe_spec *commands, struct probe_script *requests, struct notes *notes,
		    struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	int e = fd_read_file(AT_FDCWD, path, LIMIT_YAML, &data, err);
	return e < 0 ? e : probe_goss_parse(data.data, data.len, path, commands, requests, notes, err);
}
