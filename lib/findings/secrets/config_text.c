#include "findings/secrets/config_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define HITS_MAX 64 /* in one text; further ones are masked with it as a whole */

/* Where the walk is. */
struct walk {
	const struct findings_scanner *scanner;
	findings_config_hit_fn *found; /* NULL = nobody asks */
	void *ctx;
	struct findings_config_hit at;
	struct findings_hit hits[HITS_MAX];
	size_t n;
};

static void collect(void *ctx, const struct findings_hit *hit)
{
	struct walk *w = ctx;
	if (w->n < HITS_MAX)
		w->hits[w->n] = *hit;
	w->n++;
}

/* A value that a rule finds by its looks is not reported by its name, too. */
static bool is_told(const struct walk *w, size_t hit)
{
	for (size_t i = 0; i < hit; i++)
		if (w->hits[i].begin < w->hits[hit].end && w->hits[hit].begin < w->hits[i].end)
			return true;
	return false;
}

static void report(struct walk *w)
{
	for (size_t i = 0; w->found && i < w->n && i < HITS_MAX; i++)
		if (!is_told(w, i)) {
			w->at.rule = w->hits[i].rule;
			w->found(w->ctx, &w->at);
		}
}

static bool is_hidden(const struct walk *w, size_t at)
{
	for (size_t i = 0; i < w->n && w->n <= HITS_MAX; i++)
		if (at >= w->hits[i].begin && at < w->hits[i].end)
			return true;
	return w->n > HITS_MAX;
}

/* Reports the hits in the text, and appends it without them. */
static void put_text(struct walk *w, const char *s, size_t n, struct buf *out)
{
	report(w);
	for (size_t i = 0; i < n; i++)
		if (!is_hidden(w, i))
			buf_char(out, s[i]);
		else if (i == 0 || !is_hidden(w, i - 1))
			buf_str(out, FINDINGS_MASK);
	w->n = 0;
}

static json_t *string(struct buf *b)
{
	return json_stringn(b->data ? b->data : "", b->len);
}

static json_t *text(struct walk *w, const char *s, size_t n)
{
	CLEANUP_BUF struct buf b = {0};
	findings_scan_text(w->scanner, s, n, collect, w);
	put_text(w, s, n, &b);
	return string(&b);
}

static json_t *value(struct walk *w, const char *name, size_t len, const char *s, size_t n, bool with_name)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE char *copy = mem_strndup(name, len);
	w->at.name = copy;
	if (with_name)
		buf_printf(&b, "%s=", copy);
	findings_scan_value(w->scanner, name, len, s, n, collect, w);
	put_text(w, s, n, &b);
	w->at.name = NULL;
	return string(&b);
}

/* An element of Env, NAME=VALUE. */
static json_t *variable(struct walk *w, const json_t *v)
{
	const char *s = json_string_value(v), *equals = s ? strchr(s, '=') : NULL;
	w->at.where = FINDINGS_IN_ENVIRONMENT;
	if (!equals)
		return json_deep_copy(v);
	return value(w, s, (size_t)(equals - s), equals + 1, strlen(equals + 1), true);
}

static json_t *any(struct walk *w, const char *name, const json_t *v);

static json_t *array(struct walk *w, const char *name, const json_t *v)
{
	json_t *out = json_array(), *element;
	size_t i;
	json_array_foreach (v, i, element)
		json_array_append_new(out, strcmp(name, "Env") == 0 ? variable(w, element) : any(w, name, element));
	return out;
}

static json_t *object(struct walk *w, const char *name, const json_t *v)
{
	const bool labels = strcmp(name, "Labels") == 0;
	json_t *out = json_object(), *member;
	const char *key;
	json_object_foreach ((json_t *)v, key, member) {
		w->at.where = labels ? FINDINGS_IN_LABEL : FINDINGS_IN_CONFIG;
		json_object_set_new(
		    out, key,
		    labels && json_is_string(member)
			? value(w, key, strlen(key), json_string_value(member), json_string_length(member), false)
			: any(w, key, member));
	}
	return out;
}

/* name: the member that it belongs to. As deep as the parser lets JSON be. */
static json_t *any(struct walk *w, const char *name, const json_t *v)
{
	if (json_is_object(v))
		return object(w, name, v);
	if (json_is_array(v))
		return array(w, name, v);
	if (!json_is_string(v))
		return json_deep_copy(v);
	w->at.name = name;
	return text(w, json_string_value(v), json_string_length(v));
}

static json_t *history(struct walk *w, const json_t *v)
{
	json_t *out = json_array(), *step;
	uint32_t layer = 0;
	size_t i;
	json_array_foreach (v, i, step) {
		json_t *copy = json_deep_copy(step), *member;
		const bool empty = json_is_true(json_object_get(step, "empty_layer"));
		const char *key;
		w->at.step = i + 1;
		w->at.layer = empty ? FINDINGS_NO_LAYER : layer++;
		json_object_foreach ((json_t *)step, key, member) {
			w->at.where = FINDINGS_IN_HISTORY;
			w->at.name = NULL;
			if (json_is_string(member))
				json_object_set_new(copy, key,
						    text(w, json_string_value(member), json_string_length(member)));
		}
		json_array_append_new(out, copy);
	}
	w->at.step = 0;
	w->at.layer = FINDINGS_NO_LAYER;
	return out;
}

static json_t *root(struct walk *w, const json_t *v)
{
	json_t *out = json_deep_copy(v), *member;
	const char *key;
	json_object_foreach ((json_t *)v, key, member)
		if (strcmp(key, "history") == 0)
			json_object_set_new(out, key, history(w, member));
		else if (strcmp(key, "rootfs") != 0)
			json_object_set_new(out, key, any(w, key, member));
	return out;
}

void findings_config_scan(const struct findings_scanner *s, const struct oci_image_config *c,
			  findings_config_hit_fn *found, void *ctx)
{
	struct walk w = {.scanner = s, .found = found, .ctx = ctx, .at.layer = FINDINGS_NO_LAYER};
	json_decref(root(&w, c->root));
}

int findings_config_mask(const struct findings_scanner *s, const struct oci_image_config *c,
			 struct oci_image_config *out, struct err *err)
{
	struct walk w = {.scanner = s};
	json_auto_t *masked = root(&w, c->root);
	CLEANUP_FREE char *text = mem_must(json_dumps(masked, JSON_COMPACT)); /* not longer than the original */
	return oci_image_config_parse(text, strlen(text), out, err);
}
