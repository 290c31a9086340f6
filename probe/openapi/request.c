#include "probe/openapi/request.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "probe/openapi/bounds.h"
#include "probe/openapi/payload.h"
#include "probe/openapi/style.h"
#include "probe/openapi/schema/encode.h"

#define VALUES_MAX 8  /* of one parameter, and of one body */
#define PART_HEAD 100 /* bytes of what stands before the data of a part, about */

enum optional { NONE, GIVEN, ALL };

/* Values that all requests of an operation share. */
struct values {
	json_t **items; /* of each parameter: array, best first */
	size_t *given;  /* how many of them the author gave */
	size_t n;
};

/* What differs. */
struct choice {
	enum optional optional;  /* parameters that are sent beside the required ones */
	size_t parameter, value; /* this parameter has that value; all others the first */
	const struct openapi_media *media;
	json_t *body; /* borrowed; NULL = none */
};
#define NO_PARAMETER SIZE_MAX

static void values_done(struct values *v)
{
	for (size_t i = 0; i < v->n; i++)
		json_decref(v->items[i]);
	free(v->items);
	free(v->given);
}

static void values_make(struct openapi_writer *w, const struct openapi_operation *o, struct values *v)
{
	*v = (struct values){mem_calloc(o->n_parameters, sizeof(*v->items)),
			     mem_calloc(o->n_parameters, sizeof(*v->given)), o->n_parameters};
	for (size_t i = 0; i < v->n; i++)
		v->items[i] = openapi_parameter_values(w->document, &o->parameters[i], VALUES_MAX, &v->given[i]);
}

static json_t *value_of(const struct values *v, const struct choice *c, size_t parameter)
{
	return json_array_get(v->items[parameter], parameter == c->parameter ? c->value : 0);
}

static bool is_sent(const struct openapi_operation *o, const struct values *v, const struct choice *c, size_t i)
{
	return o->parameters[i].required || i == c->parameter || c->optional == ALL ||
	       (c->optional == GIVEN && v->given[i] > 0);
}

/* ---- the path ---- */

/* The value of a parameter in a path, and in shown its name if the value comes from an answer. One that the document
 * does not explain is a number. */
static void put_parameter(const struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
			  const struct choice *c, const char *name, struct buf *out, struct buf *shown)
{
	size_t i = 0;
	while (i < o->n_parameters &&
	       (o->parameters[i].place != OPENAPI_PATH || strcmp(o->parameters[i].name, name) != 0))
		i++;
	const struct openapi_parameter *p = i < o->n_parameters ? &o->parameters[i] : NULL;
	const struct openapi_resource *of = openapi_resources_of(w->resources, o, name);
	const bool varied = p && i == c->parameter;
	CLEANUP_FREE char *variable = varied ? NULL : openapi_resources_variable(w->resources, o, name, true);
	CLEANUP_BUF struct buf value = {0};
	if (of && of->made && (!p || !v->given[i]))
		buf_str(&value, of->made);
	else if (p)
		openapi_style_write(p, value_of(v, c, i), &value);
	if (!value.len)
		buf_str(&value, "1"); /* an empty part of a path is another path */
	if (variable && (!p || p->style == OPENAPI_SIMPLE)) {
		buf_printf(out, "${%s:-%s}", variable, value.data);
		buf_printf(shown, "{%s}", name);
		return;
	}
	buf_str(out, value.data);
	buf_str(shown, value.data);
}

static void put_path(const struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
		     const struct choice *c, struct buf *out, struct buf *shown)
{
	static const char plain[] = "/:@!$&'()*+,;=%?";
	CLEANUP_FREE char *whole = mem_printf("%s%.*s", o->base, (int)strcspn(o->path, "#"), o->path);
	for (const char *s = whole; *s; s++) {
		const char *end = *s == '{' ? strchr(s, '}') : NULL;
		if (end) {
			CLEANUP_FREE char *name = mem_strndup(s + 1, (size_t)(end - s - 1));
			put_parameter(w, o, v, c, name, out, shown);
			s = end;
			continue;
		}
		openapi_encode((char[]){*s, '\0'}, plain, out);
		openapi_encode((char[]){*s, '\0'}, plain, shown);
	}
}

/* ---- what follows it ---- */

static char *join(const struct strlist *l, const char *between)
{
	struct buf b = {0};
	for (size_t i = 0; i < l->count; i++)
		buf_printf(&b, "%s%s", i ? between : "", l->items[i]);
	return buf_steal(&b);
}

/* The parameters in query, headers and cookies. */
static void put_others(const struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
		       const struct choice *c, struct probe_request *r, struct strlist *query, struct strlist *cookies)
{
	for (size_t i = 0; i < o->n_parameters; i++) {
		const struct openapi_parameter *p = &o->parameters[i];
		CLEANUP_BUF struct buf b = {0};
		if (p->place == OPENAPI_PATH || !is_sent(o, v, c, i) || !value_of(v, c, i))
			continue;
		openapi_style_write(p, value_of(v, c, i), &b);
		CLEANUP_FREE char *variable =
		    i == c->parameter ? NULL : openapi_resources_variable(w->resources, o, p->name, false);
		const char *equals = b.data ? strchr(b.data, '=') : NULL;
		if (p->place == OPENAPI_QUERY && variable && equals && !strchr(b.data, '&')) {
			strlist_take(
			    query, mem_printf("%.*s=${%s:-%s}", (int)(equals - b.data), b.data, variable, equals + 1));
		} else if (p->place == OPENAPI_QUERY && b.len) {
			strlist_add(query, b.data);
		} else if (p->place == OPENAPI_COOKIE) {
			strlist_take(cookies, mem_printf("%s=%s", p->name, b.data ? b.data : ""));
		} else if (p->place == OPENAPI_HEADER && !strpbrk(b.data ? b.data : "", "\r\n")) {
			strlist_take(&r->headers, mem_printf("%s: %s", p->name, b.data ? b.data : ""));
		}
	}
}

static void put_statuses(struct openapi_document *d, const struct openapi_operation *o, struct probe_request *r)
{
	const char *status;
	json_t *unused, *responses = openapi_document_member(d, o->object, "responses");
	if (json_object_get(responses, "default"))
		return; /* any */
	if (!openapi_document_spend(d, json_object_size(responses)))
		return;
	json_object_foreach (responses, status, unused) {
		const bool three = strlen(status) == 3 && *status >= '1' && *status <= '5';
		const int first = three ? (*status - '0') * 100 : 0;
		if (three && strcasecmp(status + 1, "XX") == 0)
			probe_request_status(r, first, first + 99);
		else if (three && strspn(status, "0123456789") == 3)
			probe_request_status(r, atoi(status), atoi(status));
	}
}

/* ---- one request ---- */

static size_t size_of(const struct probe_request *r)
{
	size_t n = strlen(r->path) + r->body.len;
	for (size_t i = 0; i < r->headers.count; i++)
		n += strlen(r->headers.items[i]);
	for (size_t i = 0; i < r->n_parts; i++)
		n += PART_HEAD + strlen(r->parts[i].name) + r->parts[i].data.len;
	return n;
}

/* Takes the last request of the script away. */
static void drop(struct probe_script *s)
{
	struct probe_script last = {.requests = mem_dup(&s->requests[s->count - 1], sizeof(*s->requests)), .count = 1};
	s->count--;
	probe_script_done(&last);
}

/* Return how often the script already has a request like its last one. */
static bool is_known(const struct openapi_writer *w, size_t from)
{
	const struct probe_script *s = w->script;
	const struct probe_request *last = &s->requests[s->count - 1];
	for (size_t i = from; i + 1 < s->count; i++) {
		const struct probe_request *r = &s->requests[i];
		bool same = strcmp(r->path, last->path) == 0 && r->headers.count == last->headers.count &&
			    r->body.len == last->body.len && r->n_parts == last->n_parts && !r->n_parts &&
			    (!r->body.len || memcmp(r->body.data, last->body.data, r->body.len) == 0);
		for (size_t k = 0; same && k < r->headers.count; k++)
			same = strcmp(r->headers.items[k], last->headers.items[k]) == 0;
		if (same)
			return true;
	}
	return false;
}

/* from: the operation's first request. */
static void add(struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
		const struct choice *c, size_t from)
{
	if (w->script->count - from >= w->most || !openapi_document_spend(w->document, 1))
		return;
	CLEANUP_BUF struct buf path = {0}, shown = {0};
	CLEANUP_STRLIST struct strlist query = {0}, cookies = {0}, secret = {0};
	put_path(w, o, v, c, &path, &shown);
	struct probe_request *r = probe_script_add(w->script, o->method, "/");
	put_others(w, o, v, c, r, &query, &cookies);
	if (query.count) {
		CLEANUP_FREE char *text = join(&query, "&");
		buf_printf(&path, "%c%s", strchr(o->path, '?') ? '&' : '?', text);
		buf_printf(&shown, "%c%s", strchr(o->path, '?') ? '&' : '?', text);
	}
	const bool allowed = openapi_credentials_put(&w->credentials, w->document, o, r, &secret, &cookies);
	for (size_t i = 0; i < secret.count; i++)
		buf_printf(&path, "%c%s", strchr(path.data, '?') ? '&' : '?', secret.items[i]);
	if (cookies.count) {
		CLEANUP_FREE char *text = join(&cookies, "; ");
		strlist_take(&r->headers, mem_printf("Cookie: %s", text));
	}
	const bool written = !c->body || openapi_payload_write(w->document, c->media, c->body, r);
	if (!written)
		strset_add(&w->no_body, c->media->type);
	free(r->path);
	r->path = buf_steal(&path);
	r->name = mem_printf("%s %s", o->method, shown.data ? shown.data : "/");
	openapi_resources_capture(w->resources, w->operations, o, r);
	if (w->expects)
		put_statuses(w->document, o, r);

	const size_t size = size_of(r);
	const bool large =
	    strlen(r->path) > LIMIT_LINK || size > PROBE_OPENAPI_BODY || w->bytes + size > PROBE_OPENAPI_BYTES;
	w->too_large += large;
	openapi_document_spend(w->document, size / 16);
	if (large || !written || is_known(w, from)) {
		drop(w->script);
		return;
	}
	w->bytes += size;
	w->credentials.without += !allowed;
}

/* ---- all of an operation ---- */

/* Remember the id that the creating request sends in its body. */
static void remember(const struct openapi_writer *w, const struct openapi_operation *o, json_t *body)
{
	struct openapi_resource *made = openapi_resources_made_by(w->resources, o);
	json_t *id = made && body ? json_object_get(body, made->parameter) : NULL;
	if (made && !id)
		id = json_object_get(body, "id");
	if (!json_is_string(id) && !json_is_integer(id))
		return;
	CLEANUP_FREE char *text = openapi_text(id);
	struct buf encoded = {0};
	openapi_encode(text, "", &encoded);
	free(made->made);
	made->made = buf_steal(&encoded);
	if (!*made->made) {
		free(made->made);
		made->made = NULL;
	}
}

static void write_bodies(struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
			 struct choice *c, size_t from)
{
	json_t *body;
	size_t k;
	for (size_t i = 0; i < o->body.count; i++) {
		json_auto_t *bodies = openapi_payload_values(w->document, &o->body.media[i], i == 0 ? VALUES_MAX : 1);
		c->media = &o->body.media[i];
		json_array_foreach (bodies, k, body) {
			c->body = body;
			if (i == 0 && k == 0)
				remember(w, o, body);
			add(w, o, v, c, from);
		}
	}
}

/* One more request for each further value of each parameter. */
static void write_values(struct openapi_writer *w, const struct openapi_operation *o, const struct values *v,
			 struct choice *c, size_t from)
{
	for (c->parameter = 0; c->parameter < o->n_parameters; c->parameter++)
		for (c->value = 1; c->value < v->given[c->parameter]; c->value++)
			add(w, o, v, c, from);
}

/* Whether an operation has optional parameters whose values the author gave, or did not give. */
static bool has_optional(const struct openapi_operation *o, const struct values *v, bool given)
{
	for (size_t i = 0; i < o->n_parameters; i++)
		if (!o->parameters[i].required && (v->given[i] > 0) == given && json_array_size(v->items[i]))
			return true;
	return false;
}

void openapi_request_write(struct openapi_writer *w, const struct openapi_operation *o)
{
	const size_t from = w->script->count;
	const bool reads = strcmp(o->method, "GET") == 0 || strcmp(o->method, "HEAD") == 0 ||
			   strcmp(o->method, "OPTIONS") == 0 || strcmp(o->method, "TRACE") == 0;
	if (from - w->first >= PROBE_OPENAPI_REQUESTS) {
		w->too_many++;
		return;
	}
	CLEANUP(values_done) struct values v;
	values_make(w, o, &v);
	struct choice c = {.parameter = NO_PARAMETER, .optional = GIVEN};
	if (reads) {
		for (c.optional = NONE; c.optional <= ALL; c.optional++)
			if (c.optional == NONE || has_optional(o, &v, c.optional == GIVEN))
				add(w, o, &v, &c, from);
		c.optional = NONE;
		write_values(w, o, &v, &c, from);
		return;
	}
	write_bodies(w, o, &v, &c, from);
	c.media = NULL;
	c.body = NULL;
	if (w->script->count == from)
		add(w, o, &v, &c, from); /* without a body, or with none that slim can write */
	if (strcmp(o->method, "DELETE") == 0 || !o->n_parameters)
		return;
	json_auto_t *bodies = o->body.count ? openapi_payload_values(w->document, o->body.media, 1) : NULL;
	c.media = o->body.media;
	c.body = json_array_get(bodies, 0);
	write_values(w, o, &v, &c, from);
}
