#include "probe/openapi/resource.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define LINKS_MAX 1000

/* A path, or the first n bytes of one, with all names of parameters left out and no slash at its end; free(). */
static char *key_of(const char *path, size_t n)
{
	struct buf b = {0};
	bool inside = false;
	buf_str(&b, "");
	for (size_t i = 0; i < n && path[i] && path[i] != '?' && path[i] != '#'; i++) {
		if (!inside || path[i] == '}')
			buf_char(&b, path[i]);
		inside = path[i] == '{' || (inside && path[i] != '}');
	}
	while (b.len && b.data[b.len - 1] == '/')
		b.data[--b.len] = '\0';
	return buf_steal(&b);
}

/* Return the length of the collection in path that the parameter belongs to: the part before "{name}", or before the
 * last parameter if name is NULL. 0 with *found false: there is no such parameter. */
static size_t collection_of(const char *path, const char *name, bool *found)
{
	CLEANUP_FREE char *mark = name ? mem_printf("{%s}", name) : NULL;
	const char *at = mark ? strstr(path, mark) : strrchr(path, '{');
	*found = at != NULL;
	while (at && at > path && at[-1] != '/')
		at--;
	return at ? (size_t)(at - path) : 0;
}

/* ---- finding ---- */

static void add_collections(const struct openapi_operation *o, struct openapi_resources *r)
{
	for (const char *at = o->path, *end; (at = strchr(at, '{')) && (end = strchr(at, '}')); at = end) {
		bool found, added;
		CLEANUP_FREE char *name = mem_strndup(at + 1, (size_t)(end - at - 1));
		CLEANUP_FREE char *key = key_of(o->path, collection_of(o->path, name, &found));
		size_t id = strset_add_len(&r->collections, key, strlen(key), &added);
		if (!added)
			continue;
		const char *word = strrchr(strset_get(&r->collections, id), '/');
		r->items = mem_grow(r->items, id, &r->items_cap, sizeof(*r->items));
		r->items[id] = (struct openapi_resource){.parameter = steal_ptr(&name), .word = word ? word + 1 : ""};
	}
}

static size_t find_collection(const struct openapi_resources *r, const struct openapi_operation *o)
{
	CLEANUP_FREE char *key = key_of(o->path, strlen(o->path));
	return strset_find(&r->collections, key);
}

static void add_links(struct openapi_document *d, const struct openapi_operations *all,
		      const struct openapi_operation *o, json_t *response, struct openapi_resources *r)
{
	json_t *link, *expression;
	const char *name, *parameter;
	json_object_foreach (json_object_get(response, "links"), name, link) {
		link = openapi_document_resolve(d, link);
		const char *to = json_string_value(json_object_get(link, "operationId"));
		const char *ref = json_string_value(json_object_get(link, "operationRef"));
		json_t *target = ref ? openapi_document_at(d, ref) : NULL;
		for (size_t i = 0; i < all->count && r->n_links < LINKS_MAX && openapi_document_spend(d, 1); i++) {
			const struct openapi_operation *other = &all->items[i];
			const char *id = json_string_value(json_object_get(other->object, "operationId"));
			if (other->object != target && (!to || !id || strcmp(to, id) != 0))
				continue;
			json_object_foreach (json_object_get(link, "parameters"), parameter, expression) {
				const char *dot = strchr(parameter, '.'); /* "path.id" */
				if (!json_is_string(expression) || r->n_links >= LINKS_MAX)
					continue;
				r->links = mem_realloc(r->links, r->n_links + 1, sizeof(*r->links));
				r->links[r->n_links++] = (struct openapi_link){
				    o->id, other->id, dot ? dot + 1 : parameter, json_string_value(expression)};
			}
			break;
		}
	}
}

void openapi_resources_find(struct openapi_document *d, const struct openapi_operations *o,
			    struct openapi_resources *out)
{
	const char *status;
	json_t *response;
	for (size_t i = 0; i < o->count; i++)
		add_collections(&o->items[i], out);
	for (size_t i = 0; i < o->count; i++) {
		const struct openapi_operation *op = &o->items[i];
		size_t id = find_collection(out, op);
		struct openapi_resource *made = id == STRSET_NONE ? NULL : &out->items[id];
		if (made && strcmp(op->method, "POST") == 0)
			made->maker = "POST";
		else if (made && strcmp(op->method, "GET") == 0 && !made->maker)
			made->maker = "GET";
		json_object_foreach (openapi_document_member(d, op->object, "responses"), status, response)
			if (openapi_document_spend(d, 1) && (*status == '2' || *status == 'd'))
				add_links(d, o, op, openapi_document_resolve(d, response), out);
	}
}

void openapi_resources_done(struct openapi_resources *r)
{
	for (size_t i = 0; i < r->collections.count; i++) {
		free(r->items[i].parameter);
		free(r->items[i].made);
	}
	free(r->items);
	free(r->links);
	strset_done(&r->collections);
	*r = (struct openapi_resources){0};
}

/* ---- using ---- */

struct openapi_resource *openapi_resources_of(const struct openapi_resources *r, const struct openapi_operation *o,
					      const char *parameter)
{
	bool found;
	size_t n = collection_of(o->path, parameter, &found);
	if (!found)
		return NULL;
	CLEANUP_FREE char *key = key_of(o->path, n);
	size_t id = strset_find(&r->collections, key);
	return id == STRSET_NONE ? NULL : &r->items[id];
}

struct openapi_resource *openapi_resources_made_by(const struct openapi_resources *r, const struct openapi_operation *o)
{
	size_t id = find_collection(r, o);
	struct openapi_resource *made = id == STRSET_NONE ? NULL : &r->items[id];
	return made && made->maker && strcmp(made->maker, o->method) == 0 ? made : NULL;
}

/* The first link that has that parameter; all of one target and parameter fill the same variable. */
static const struct openapi_link *link_to(const struct openapi_resources *r, size_t to, const char *parameter)
{
	for (size_t i = 0; i < r->n_links; i++)
		if (r->links[i].to == to && strcmp(r->links[i].parameter, parameter) == 0)
			return &r->links[i];
	return NULL;
}

char *openapi_resources_variable(const struct openapi_resources *r, const struct openapi_operation *o,
				 const char *parameter, bool in_path)
{
	const struct openapi_resource *of = in_path ? openapi_resources_of(r, o, parameter) : NULL;
	const struct openapi_link *link = link_to(r, o->id, parameter);
	if (of && (of->maker || link))
		return mem_printf("id%zu", (size_t)(of - r->items) + 1);
	return link ? mem_printf("link%zu", (size_t)(link - r->links) + 1) : NULL;
}

/* A key as a part of a JSON pointer. */
static void put_key(struct buf *b, const char *key, size_t n)
{
	buf_char(b, '/');
	for (size_t i = 0; i < n; i++)
		if (key[i] == '~' || key[i] == '/')
			buf_str(b, key[i] == '~' ? "~0" : "~1");
		else
			buf_char(b, key[i]);
}

static void capture(struct probe_request *q, enum probe_capture_from from, const char *name, const char *where)
{
	probe_request_capture(q, from, name, where);
	q->captures[q->n_captures - 1].optional = true;
}

/* The members "_id", "uuid", "id" and parameter of what holder points to. */
static void capture_keys(struct probe_request *q, const char *variable, const char *holder, const char *parameter)
{
	const char *const keys[] = {"_id", "uuid", "id", parameter};
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_BUF struct buf b = {0};
		buf_str(&b, holder);
		put_key(&b, keys[i], strlen(keys[i]));
		if (i == 3 || strcmp(keys[i], parameter) != 0)
			capture(q, PROBE_CAPTURE_JSON, variable, b.data);
	}
}

/* The places where an id stands, the likeliest last: the last one that is there counts. */
static void capture_id(const struct openapi_resource *made, const char *variable, struct probe_request *q)
{
	const bool list = strcmp(made->maker, "GET") == 0;
	const char *const holders[] = {list ? "/results/0" : "/result", list ? "/items/0" : "/item",
				       list ? "/data/0" : "/data"};
	CLEANUP_BUF struct buf own = {0};
	if (!list)
		capture(q, PROBE_CAPTURE_SEGMENT, variable, "Location");
	for (size_t i = 0; i < 3; i++)
		capture_keys(q, variable, holders[i], made->parameter);
	/* {"pet": {"id": 1}}, {"pets": [{"id": 1}]} */
	size_t n = strlen(made->word);
	if (n) {
		put_key(&own, made->word, !list && n > 1 && made->word[n - 1] == 's' ? n - 1 : n);
		buf_str(&own, list ? "/0" : "");
		capture_keys(q, variable, own.data, made->parameter);
	}
	capture_keys(q, variable, list ? "/0" : "", made->parameter);
}

void openapi_resources_capture(const struct openapi_resources *r, const struct openapi_operations *all,
			       const struct openapi_operation *o, struct probe_request *q)
{
	static const char body[] = "$response.body#", header[] = "$response.header.";
	const struct openapi_resource *made = openapi_resources_made_by(r, o);
	if (made) {
		CLEANUP_FREE char *variable = mem_printf("id%zu", (size_t)(made - r->items) + 1);
		capture_id(made, variable, q);
	}
	for (size_t i = 0; i < r->n_links; i++) {
		const struct openapi_link *link = &r->links[i];
		if (link->from != o->id)
			continue;
		const struct openapi_operation *to = NULL;
		for (size_t k = 0; k < all->count && !to; k++)
			to = all->items[k].id == link->to ? &all->items[k] : NULL;
		CLEANUP_FREE char *part = mem_printf("{%s}", link->parameter);
		CLEANUP_FREE char *variable =
		    to ? openapi_resources_variable(r, to, link->parameter, strstr(to->path, part)) : NULL;
		const char *at = link->expression;
		if (variable && strncmp(at, body, sizeof(body) - 1) == 0 && at[sizeof(body) - 1] == '/')
			capture(q, PROBE_CAPTURE_JSON, variable, at + sizeof(body) - 1);
		else if (variable && strncmp(at, header, sizeof(header) - 1) == 0 && !strpbrk(at, "\r\n"))
			capture(q, PROBE_CAPTURE_HEADER, variable, at + sizeof(header) - 1);
	}
}
