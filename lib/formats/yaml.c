#include "formats/yaml.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"
#include "base/mem.h"
#include "formats/yaml_scalar.h"

#define TAG "tag:yaml.org,2002:"
#define NODE_BYTES 256 /* of a scalar that count as another node: an alias repeats them */

struct yaml_line {
	const json_t *container;
	const char *key; /* the container's own; NULL = the container itself */
	unsigned line;
};

/* An array or object that is not at its end. */
struct level {
	json_t *v;
	json_t *merges; /* the values of its merge keys, NULL = none */
	char *key;      /* of the value that comes next; NULL = a key comes next */
	bool is_merge;  /* the value that comes next is one of a merge key */
	unsigned key_line;
	unsigned height; /* levels of its values */
	size_t first;    /* nodes before it */
	size_t anchor;
	const char *tag; /* one of the options' tags, NULL = none */
};

struct anchor {
	json_t *v; /* NULL = not at its end; owned */
	size_t nodes;
	unsigned height; /* levels of it: 0 of a scalar */
};

#define NO_ANCHOR ((size_t)-1)

struct reader {
	const char *what;
	const struct yaml_options *options;
	yaml_parser_t parser;
	yaml_event_t event;
	struct level *levels;
	size_t depth, cap;
	struct anchor *anchors;
	size_t n_anchors, cap_anchors;
	json_t *names; /* anchor -> its number */
	json_t *root;
	size_t nodes;
	struct yaml_lines *lines;
};

/* The place of the event, what is wrong there, and the name that it is wrong with, or NULL. */
#define PLACE_FORMAT "%.500s, line %zu, column %zu: %s%s%.100s%s"
#define PLACE(r, says, name)                                                                                           \
	(r)->what, (r)->event.start_mark.line + 1, (r)->event.start_mark.column + 1, says, name ? " \"" : "",          \
	    name ? name : "", name ? "\"" : ""

static int malformed(const struct reader *r, struct err *err, const char *says, const char *name)
{
	return err_set(err, ERR_INVAL, "yaml-malformed", PLACE_FORMAT, PLACE(r, says, name));
}

static int too_large(const struct reader *r, struct err *err, const char *says, const char *name)
{
	return err_set(err, ERR_LIMIT, "yaml-too-large", PLACE_FORMAT, PLACE(r, says, name));
}

static int count(struct reader *r, size_t n, struct err *err)
{
	if (n > LIMIT_YAML_NODES - r->nodes)
		return too_large(r, err, "the document has more than a million values when its aliases are written out",
				 NULL);
	r->nodes += n;
	return 0;
}

static void note_line(struct reader *r, const json_t *container, const char *key, unsigned line)
{
	if (!r->lines)
		return;
	struct yaml_lines *l = r->lines;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct yaml_line){container, key, line};
}

/* ---- anchors ---- */

static size_t new_anchor(struct reader *r, const yaml_char_t *name)
{
	if (!name)
		return NO_ANCHOR;
	r->anchors = mem_grow(r->anchors, r->n_anchors, &r->cap_anchors, sizeof(*r->anchors));
	r->anchors[r->n_anchors] = (struct anchor){0};
	json_object_set_new(r->names, (const char *)name, json_integer((json_int_t)r->n_anchors));
	return r->n_anchors++;
}

static void fill_anchor(struct reader *r, size_t i, json_t *v, size_t nodes, unsigned height)
{
	if (i != NO_ANCHOR)
		r->anchors[i] = (struct anchor){json_incref(v), nodes, height};
}

/* ---- values ---- */

/* Puts v, which it takes over and which has these levels, where it belongs. */
static int put(struct reader *r, json_t *v, unsigned height, struct err *err)
{
	if (!r->depth) {
		r->root = v;
		return 0;
	}
	struct level *l = &r->levels[r->depth - 1];
	if (height > l->height)
		l->height = height;
	if (json_is_array(l->v))
		return json_array_append_new(l->v, v);
	if (l->is_merge) {
		if (!l->merges)
			l->merges = json_array();
		l->is_merge = false;
		return json_array_append_new(l->merges, v);
	}
	if (!l->key) {
		json_decref(v);
		return malformed(r, err, "a key is a mapping or a sequence", NULL);
	}
	json_object_set_new(l->v, l->key, v);
	note_line(r, l->v, json_object_iter_key(json_object_iter_at(l->v, l->key)), l->key_line);
	free(l->key);
	l->key = NULL;
	return 0;
}

/* The tag as the options have it, or NULL: the value of a member may have one of these. */
static const char *own_tag(const struct reader *r, const yaml_char_t *tag)
{
	const struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;
	for (const char *const *t = r->options->tags; tag && t && *t && l && l->key; t++)
		if (strcmp(*t, (const char *)tag) == 0)
			return *t;
	return NULL;
}

/* v, which it takes over, as it is with that tag. */
static json_t *with_tag(json_t *v, const char *tag)
{
	json_t *object = json_object();
	json_object_set_new(object, tag, v);
	return object;
}

static bool key_is_next(const struct reader *r)
{
	const struct level *l = r->depth ? &r->levels[r->depth - 1] : NULL;
	return l && json_is_object(l->v) && !l->key && !l->is_merge;
}

static int open_level(struct reader *r, json_t *v, const yaml_char_t *anchor, const yaml_char_t *tag, const char *want,
		      struct err *err)
{
	struct level l = {.v = v, .first = r->nodes, .anchor = new_anchor(r, anchor), .tag = own_tag(r, tag)};
	int e = count(r, 1, err);
	if (e == 0 && key_is_next(r))
		e = malformed(r, err, "a key is a mapping or a sequence", NULL);
	if (e == 0 && tag && !l.tag && strcmp((const char *)tag, "!") != 0 && strcmp((const char *)tag, want) != 0)
		e = malformed(r, err, "slim does not know the tag", (const char *)tag);
	if (e == 0 && r->depth == LIMIT_YAML_DEPTH)
		e = too_large(r, err, "too many levels", NULL);
	if (e < 0) {
		json_decref(v);
		return e;
	}
	r->levels = mem_grow(r->levels, r->depth, &r->cap, sizeof(*r->levels));
	r->levels[r->depth++] = l;
	note_line(r, v, NULL, (unsigned)r->event.start_mark.line + 1);
	return 0;
}

/* Adds the members of a merged mapping that the object lacks. */
static int merge(struct reader *r, json_t *into, json_t *from, struct err *err)
{
	const char *key;
	json_t *v;
	if (!json_is_object(from))
		return malformed(r, err, "the value of << is neither a mapping nor a sequence of mappings", NULL);
	json_object_foreach (from, key, v)
		if (!json_object_get(into, key))
			json_object_set(into, key, v);
	return 0;
}

static int close_level(struct reader *r, struct err *err)
{
	struct level l = r->levels[--r->depth];
	int e = 0;
	size_t i, j;
	json_t *v, *w;
	json_array_foreach (l.merges, i, v) {
		if (!json_is_array(v) && e == 0)
			e = merge(r, l.v, v, err);
		else
			json_array_foreach (v, j, w)
				if (e == 0)
					e = merge(r, l.v, w, err);
	}
	json_decref(l.merges);
	if (e < 0) {
		json_decref(l.v);
		return e;
	}
	const unsigned height = l.height + (l.tag ? 2 : 1);
	json_t *whole = l.tag ? with_tag(l.v, l.tag) : l.v;
	fill_anchor(r, l.anchor, whole, r->nodes - l.first, height);
	return put(r, whole, height, err);
}

static int take_key(struct reader *r, const char *text, bool plain, struct err *err)
{
	struct level *l = &r->levels[r->depth - 1];
	if (plain && strcmp(text, "<<") == 0) {
		l->is_merge = true;
		return 0;
	}
	if (json_object_get(l->v, text))
		return malformed(r, err, "the mapping has this key already:", text);
	l->key = mem_strdup(text);
	l->key_line = (unsigned)r->event.start_mark.line + 1;
	return 0;
}

/* Whether a plain scalar is a number that the options leave as text. */
static bool stays_text(const struct reader *r, const char *text, size_t n)
{
	return r->options->zeros && n > 1 && text[0] == '0' && strspn(text, "0123456789") == n;
}

/* Gives the scalar the type of its tag, or of its form. */
static int scalar_value(struct reader *r, const char *text, size_t n, json_t **out, struct err *err)
{
	static const struct {
		const char *tag;
		json_type first, last;
	} known[] = {{TAG "int", JSON_INTEGER, JSON_INTEGER},
		     {TAG "float", JSON_INTEGER, JSON_REAL},
		     {TAG "bool", JSON_TRUE, JSON_FALSE},
		     {TAG "null", JSON_NULL, JSON_NULL}};
	const char *tag = (const char *)r->event.data.scalar.tag, *own = own_tag(r, r->event.data.scalar.tag);
	bool quoted = !r->event.data.scalar.plain_implicit && !tag;
	if (own) { /* libyaml doesn't say whether it is plain */
		quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		tag = NULL;
	}
	if (quoted || (!tag && stays_text(r, text, n)) ||
	    (tag && (strcmp(tag, "!") == 0 || strcmp(tag, TAG "str") == 0))) {
		*out = json_stringn(text, n);
		return 0;
	}
	json_t *v = yaml_scalar_plain(text, n);
	if (!v)
		return malformed(r, err, "JSON has no such number:", text);
	bool right = !tag;
	for (size_t i = 0; tag && i < sizeof(known) / sizeof(*known); i++)
		right |= strcmp(tag, known[i].tag) == 0 && json_typeof(v) >= known[i].first &&
			 json_typeof(v) <= known[i].last;
	if (!right) {
		json_decref(v);
		return malformed(r, err, "the value is not of its tag, or slim does not know it:", tag);
	}
	*out = v;
	return 0;
}

static int scalar(struct reader *r, struct err *err)
{
	const char *text = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length, nodes = 1 + n / NODE_BYTES;
	json_t *v = NULL;
	int e = count(r, nodes, err);
	if (e == 0 && strlen(text) != n)
		e = malformed(r, err, "a string has a NUL", NULL);
	if (e < 0)
		return e;
	size_t anchor = new_anchor(r, r->event.data.scalar.anchor);
	if (key_is_next(r)) {
		if (anchor != NO_ANCHOR)
			r->anchors[anchor] = (struct anchor){json_stringn(text, n), nodes, 0};
		return take_key(r, text, r->event.data.scalar.plain_implicit, err);
	}
	if ((e = scalar_value(r, text, n, &v, err)) < 0)
		return e;
	const char *tag = own_tag(r, r->event.data.scalar.tag);
	if (tag)
		v = with_tag(v, tag);
	fill_anchor(r, anchor, v, nodes, !!tag);
	return put(r, v, !!tag, err);
}

static int alias(struct reader *r, struct err *err)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	const json_t *number = json_object_get(r->names, name);
	if (!number)
		return malformed(r, err, "no anchor stands before the alias", name);
	const struct anchor *a = &r->anchors[json_integer_value(number)];
	if (!a->v)
		return malformed(r, err, "a value holds itself by the alias", name);
	int e = count(r, a->nodes, err);
	if (e == 0 && r->depth + a->height > LIMIT_YAML_DEPTH)
		e = too_large(r, err, "too many levels by the alias", name);
	if (e < 0)
		return e;
	if (!key_is_next(r))
		return put(r, json_incref(a->v), a->height, err);
	if (!json_is_string(a->v))
		return malformed(r, err, "a key is an alias of something that is not a string:", name);
	return take_key(r, json_string_value(a->v), false, err);
}

/* ---- the document ---- */

static int take_event(struct reader *r, struct err *err)
{
	const yaml_event_t *e = &r->event;
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return r->root ? malformed(r, err, "a second document begins; slim reads one", NULL) : 0;
	case YAML_SCALAR_EVENT:
		return scalar(r, err);
	case YAML_ALIAS_EVENT:
		return alias(r, err);
	case YAML_SEQUENCE_START_EVENT:
		return open_level(r, json_array(), e->data.sequence_start.anchor, e->data.sequence_start.tag, TAG "seq",
				  err);
	case YAML_MAPPING_START_EVENT:
		return open_level(r, json_object(), e->data.mapping_start.anchor, e->data.mapping_start.tag, TAG "map",
				  err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_level(r, err);
	default:
		return 0;
	}
}

static int unreadable(const struct reader *r, struct err *err)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem ? p->problem : "it is not YAML";
	if (p->error == YAML_READER_ERROR)
		return err_set(err, ERR_INVAL, "yaml-malformed", "%.500s, byte %zu: %s", r->what, p->problem_offset,
			       problem);
	if (!p->context)
		return err_set(err, ERR_INVAL, "yaml-malformed", "%.500s, line %zu, column %zu: %s", r->what,
			       p->problem_mark.line + 1, p->problem_mark.column + 1, problem);
	return err_set(err, ERR_INVAL, "yaml-malformed", "%.500s, line %zu, column %zu: %s %s that begins in line %zu",
		       r->what, p->problem_mark.line + 1, p->problem_mark.column + 1, problem, p->context,
		       p->context_mark.line + 1);
}

static int read_events(struct reader *r, struct err *err)
{
	for (bool end = false; !end;) {
		if (!yaml_parser_parse(&r->parser, &r->event))
			return unreadable(r, err);
		int e = take_event(r, err);
		end = r->event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&r->event);
		if (e < 0)
			return e;
	}
	if (!r->root)
		return err_set(err, ERR_INVAL, "yaml-malformed", "%.500s is empty", r->what);
	return 0;
}

static void reader_done(struct reader *r)
{
	for (size_t i = 0; i < r->depth; i++) {
		json_decref(r->levels[i].v);
		json_decref(r->levels[i].merges);
		free(r->levels[i].key);
	}
	for (size_t i = 0; i < r->n_anchors; i++)
		json_decref(r->anchors[i].v);
	free(r->levels);
	free(r->anchors);
	json_decref(r->names);
	yaml_parser_delete(&r->parser);
}

/* ---- JSON that libyaml refuses: "\ud83d\ude00", a DEL ---- */

/* Whether v has at most so many levels. */
static bool is_within(const json_t *v, unsigned levels)
{
	const char *key;
	size_t i;
	json_t *member, *object = (json_t *)(uintptr_t)v;
	if (!levels)
		return !json_is_object(v) && !json_is_array(v);
	json_array_foreach (v, i, member)
		if (!is_within(member, levels - 1))
			return false;
	json_object_foreach (object, key, member)
		if (!is_within(member, levels - 1))
			return false;
	return true;
}

/* NULL if it is not JSON either, or not within the bounds. */
static json_t *read_json(const char *data, size_t n)
{
	size_t values = 0;
	for (size_t i = 0; i < n; i++)
		values += data[i] == ',' || data[i] == '[' || data[i] == '{';
	json_t *v = values > LIMIT_YAML_NODES ? NULL : json_loadb(data, n, JSON_REJECT_DUPLICATES, NULL);
	if (v && !is_within(v, LIMIT_YAML_DEPTH)) {
		json_decref(v);
		return NULL;
	}
	return v;
}

int yaml_parse_with(const struct yaml_options *options, const char *data, size_t n, const char *what,
		    struct yaml_lines *lines, json_t **out, struct err *err)
{
	if (n > LIMIT_YAML)
		return err_set(err, ERR_LIMIT, "yaml-too-large", "%.500s is larger than %u bytes", what, LIMIT_YAML);
	struct reader r = {.what = what, .options = options, .names = json_object(), .lines = lines};
	if (!yaml_parser_initialize(&r.parser))
		abort(); /* out of memory */
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(n ? data : ""), n);
	int e = read_events(&r, err);
	if (e < 0) {
		json_decref(r.root);
		r.root = NULL;
		if (lines)
			lines->count = 0;
	}
	reader_done(&r);
	if (e == -ERR_INVAL && (r.root = read_json(data, n)))
		e = 0;
	if (e == 0)
		*out = r.root;
	return e;
}

int yaml_parse(const char *data, size_t n, const char *what, struct yaml_lines *lines, json_t **out, struct err *err)
{
	static const struct yaml_options none;
	return yaml_parse_with(&none, data, n, what, lines, out, err);
}

unsigned yaml_line_of(const struct yaml_lines *l, const json_t *container, const char *key)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct yaml_line *at = &l->items[i];
		if (at->container == container && (key ? at->key && strcmp(at->key, key) == 0 : !at->key))
			return at->line;
	}
	return 0;
}

void yaml_lines_done(struct yaml_lines *l)
{
	free(l->items);
	*l = (struct yaml_lines){0};
}
