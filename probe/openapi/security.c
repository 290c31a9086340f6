#include "probe/openapi/security.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "probe/openapi/schema/encode.h"

#define NAMED_IN_NOTE 3

static json_t *schemes(struct openapi_document *d)
{
	return d->swagger
		   ? json_object_get(d->root, "securityDefinitions")
		   : openapi_document_member(d, openapi_document_member(d, d->root, "components"), "securitySchemes");
}

/* "NAME=VALUE" of a scheme that the document has: the length of NAME, else 0. */
static size_t named(struct openapi_document *d, const char *text)
{
	const char *equals = strchr(text, '=');
	CLEANUP_FREE char *name = equals ? mem_strndup(text, (size_t)(equals - text)) : NULL;
	return name && json_object_get(schemes(d), name) ? strlen(name) : 0;
}

/* NULL = the user gave none for it. */
static const char *value_for(const struct openapi_credentials *c, struct openapi_document *d, const char *scheme)
{
	const char *any = NULL;
	for (size_t i = 0; c->given && i < c->given->count; i++) {
		const char *text = c->given->items[i];
		const size_t n = named(d, text);
		if (n && strlen(scheme) == n && strncmp(text, scheme, n) == 0)
			return text + n + 1;
		if (!n && !any)
			any = text;
	}
	return any;
}

static char *literal(const char *s, size_t n)
{
	struct buf b = {0};
	openapi_literal(s, n, &b);
	return buf_steal(&b);
}

static void put_key(json_t *scheme, const char *value, struct probe_request *r, struct strlist *query,
		    struct strlist *cookies)
{
	const char *name = json_string_value(json_object_get(scheme, "name"));
	const char *in = json_string_value(json_object_get(scheme, "in"));
	CLEANUP_BUF struct buf b = {0};
	if (!name || !in || !*name || strpbrk(name, ": \t\r\n"))
		return;
	if (strcmp(in, "query") == 0) {
		openapi_encode(name, "", &b);
		buf_char(&b, '=');
		openapi_encode(value, "", &b);
		strlist_add(query, b.data);
		return;
	}
	CLEANUP_FREE char *safe = literal(value, strcspn(value, "\r\n"));
	buf_printf(&b, strcmp(in, "cookie") == 0 ? "%s=%s" : "%s: %s", name, safe);
	strlist_add(strcmp(in, "cookie") == 0 ? cookies : &r->headers, b.data);
}

static void put(json_t *scheme, const char *value, struct probe_request *r, struct strlist *query,
		struct strlist *cookies)
{
	const char *type = json_string_value(json_object_get(scheme, "type"));
	const char *how = json_string_value(json_object_get(scheme, "scheme"));
	const char *colon = strchr(value, ':');
	if (!type)
		return;
	if (strcmp(type, "apiKey") == 0) {
		put_key(scheme, value, r, query, cookies);
	} else if (strcmp(type, "basic") == 0 || (how && strcasecmp(how, "basic") == 0)) {
		const size_t n = colon ? (size_t)(colon - value) : strlen(value);
		free(r->user);
		free(r->password);
		r->user = literal(value, n);
		r->password = literal(colon ? colon + 1 : "", colon ? strlen(colon + 1) : 0);
	} else if (strcmp(type, "oauth2") == 0 || strcmp(type, "openIdConnect") == 0 ||
		   (how && strcasecmp(how, "bearer") == 0)) {
		free(r->bearer);
		r->bearer = literal(value, strcspn(value, "\r\n"));
	} else if (how && !strpbrk(how, " \t\r\n")) {
		CLEANUP_FREE char *safe = literal(value, strcspn(value, "\r\n"));
		strlist_take(&r->headers, mem_printf("Authorization: %s %s", how, safe));
	}
}

/* Whether the user has all that an alternative asks for. */
static bool has_all(struct openapi_credentials *c, struct openapi_document *d, json_t *alternative)
{
	const char *name;
	json_t *scopes;
	json_object_foreach (alternative, name, scopes)
		if (!value_for(c, d, name))
			return false;
	return true;
}

bool openapi_credentials_put(struct openapi_credentials *c, struct openapi_document *d,
			     const struct openapi_operation *o, struct probe_request *r, struct strlist *query,
			     struct strlist *cookies)
{
	json_t *asked = json_object_get(o->object, "security"), *one, *best = NULL, *scopes;
	const char *name;
	size_t i;
	bool may_go_without = false;
	if (!asked)
		asked = json_object_get(d->root, "security");
	json_array_foreach (asked, i, one) {
		if (!openapi_document_spend(d, 1 + json_object_size(one)))
			break;
		may_go_without |= json_object_size(one) == 0;
		if (!best && json_object_size(one) && has_all(c, d, one))
			best = one;
	}
	json_object_foreach (best, name, scopes)
		put(openapi_document_member(d, schemes(d), name), value_for(c, d, name), r, query, cookies);
	if (best || may_go_without || json_array_size(asked) == 0)
		return true;
	json_object_foreach (json_array_get(asked, 0), name, scopes)
		if (c->missing.count < LIMIT_LINKS && openapi_document_spend(d, 1))
			strset_add(&c->missing, name);
	return false;
}

void openapi_credentials_remark(const struct openapi_credentials *c, const char *what, struct notes *notes)
{
	CLEANUP_BUF struct buf list = {0};
	for (size_t i = 0; i < c->missing.count && i < NAMED_IN_NOTE; i++)
		buf_printf(&list, "%s%.40s", i ? ", " : "", strset_get(&c->missing, i));
	if (c->without)
		notes_add(notes, "api-credentials-missing",
			  "%s: %zu requests are sent without the credentials that they need (%s%s): give them with "
			  "--http-probe-apispec-auth [SCHEME=]VALUE",
			  what, c->without, list.data ? list.data : "",
			  c->missing.count > NAMED_IN_NOTE ? ", ..." : "");
}

void openapi_credentials_done(struct openapi_credentials *c)
{
	strset_done(&c->missing);
	*c = (struct openapi_credentials){0};
}
