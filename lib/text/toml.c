#include "text/toml.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "text/toml_text.h"

/* How a table came to be, which decides who may add to it. Tables without a note are inline ones: closed. An array
 * with a note is an array of tables, one without a plain array. */
enum origin {
	CLOSED,
	PARENT, /* named on the way to another: [x] of x.y */
	HEADER, /* [x] */
	DOTTED, /* by a key x.y = ... */
	TABLES, /* [[x]] */
};

struct note {
	const json_t *v;
	enum origin origin;
};

struct parser {
	struct toml_text text;
	struct note *notes;
	size_t n_notes, cap;
	unsigned depth;
	struct buf key; /* the last part of a key that was read */
};

static enum origin *origin_of(struct parser *p, const json_t *v)
{
	for (size_t i = p->n_notes; i-- > 0;)
		if (p->notes[i].v == v)
			return &p->notes[i].origin;
	return NULL;
}

static bool is_of(struct parser *p, const json_t *v, enum origin origin)
{
	enum origin *o = origin_of(p, v);
	return o && *o == origin;
}

static int note(struct parser *p, const json_t *v, enum origin origin, struct err *err)
{
	if (p->n_notes == LIMIT_TOML_TABLES)
		return err_set(err, ERR_LIMIT, "toml-too-large", "%.500s has more than %d tables", p->text.what,
			       LIMIT_TOML_TABLES);
	p->notes = mem_grow(p->notes, p->n_notes, &p->cap, sizeof(*p->notes));
	p->notes[p->n_notes++] = (struct note){v, origin};
	return 0;
}

static int deeper(struct parser *p, struct err *err)
{
	if (++p->depth > LIMIT_TOML_DEPTH)
		return err_set(err, ERR_LIMIT, "toml-too-large", "%.500s, line %u: more than %d levels", p->text.what,
			       p->text.line, LIMIT_TOML_DEPTH);
	return 0;
}

/* A new member of table under p->key. */
static int add(struct parser *p, json_t *table, json_t *v, enum origin origin, struct err *err)
{
	json_object_set_new(table, p->key.data, v);
	return origin == CLOSED ? 0 : note(p, v, origin, err);
}

static json_t *member(struct parser *p, const json_t *table)
{
	return json_object_get(table, p->key.data);
}

static int defined_already(struct parser *p, struct err *err)
{
	return toml_error(&p->text, err, "\"%.100s\" is defined already", p->key.data);
}

/* Goes from *table over all parts of a key but the last, which is left in p->key. As a key in front of a value (origin
 * DOTTED) or in a header (PARENT), which say what tables on the way may be entered. */
static int walk_key(struct parser *p, json_t **table, enum origin origin, struct err *err)
{
	for (unsigned parts = 1;; parts++) {
		if (parts > LIMIT_TOML_DEPTH)
			return toml_error(&p->text, err, "a key of more than %d parts", LIMIT_TOML_DEPTH);
		toml_blanks(&p->text);
		int r = toml_key(&p->text, &p->key, err);
		if (r < 0)
			return r;
		toml_blanks(&p->text);
		if (!toml_take(&p->text, '.'))
			return 0;
		json_t *next = member(p, *table);
		if (!next && (r = add(p, *table, next = json_object(), origin, err)) < 0)
			return r;
		if (origin == PARENT && is_of(p, next, TABLES))
			next = json_array_get(next, json_array_size(next) - 1);
		bool open = origin == PARENT ? origin_of(p, next) != NULL : is_of(p, next, DOTTED);
		if (!json_is_object(next) || !open)
			return defined_already(p, err);
		*table = next;
	}
}

static int value(struct parser *p, json_t **out, struct err *err);

/* KEY = VALUE, up to behind the value. */
static int pair(struct parser *p, json_t *table, struct err *err)
{
	int r = walk_key(p, &table, DOTTED, err);
	if (r < 0)
		return r;
	if (member(p, table))
		return defined_already(p, err);
	if (!toml_take(&p->text, '='))
		return toml_error(&p->text, err, "\"=\" is expected after the key");
	CLEANUP_FREE char *key = mem_strdup(p->key.data);
	json_t *v = NULL;
	toml_blanks(&p->text);
	if ((r = value(p, &v, err)) == 0)
		json_object_set_new(table, key, v);
	return r;
}

/* { a = 1, b = 2 }: one line, no comma at its end, closed afterwards. */
static int inline_table(struct parser *p, json_t **out, struct err *err)
{
	json_auto_t *table = json_object();
	size_t notes = p->n_notes;
	toml_blanks(&p->text);
	bool more = !toml_next_is(&p->text, '}');
	while (more) {
		int r = pair(p, table, err);
		if (r < 0)
			return r;
		toml_blanks(&p->text);
		more = toml_take(&p->text, ',');
	}
	if (!toml_take(&p->text, '}'))
		return toml_error(&p->text, err, "\",\" or \"}\" is expected");
	p->n_notes = notes;
	*out = json_incref(table);
	return 0;
}

static int array(struct parser *p, json_t **out, struct err *err)
{
	json_auto_t *a = json_array();
	for (;;) {
		int r = toml_lines(&p->text, err);
		if (r < 0)
			return r;
		if (toml_take(&p->text, ']'))
			break;
		json_t *v = NULL;
		if ((r = value(p, &v, err)) < 0)
			return r;
		json_array_append_new(a, v);
		if ((r = toml_lines(&p->text, err)) < 0)
			return r;
		if (!toml_take(&p->text, ',') && !toml_next_is(&p->text, ']'))
			return toml_error(&p->text, err, "\",\" or \"]\" is expected");
	}
	*out = json_incref(a);
	return 0;
}

static int value(struct parser *p, json_t **out, struct err *err)
{
	bool table = toml_take(&p->text, '{');
	if (!table && !toml_take(&p->text, '['))
		return toml_scalar(&p->text, out, err);
	int r = deeper(p, err);
	if (r == 0)
		r = table ? inline_table(p, out, err) : array(p, out, err);
	p->depth--;
	return r;
}

/* [x] */
static int open_table(struct parser *p, json_t *parent, json_t **out, struct err *err)
{
	json_t *t = member(p, parent);
	if (!t)
		return add(p, parent, *out = json_object(), HEADER, err);
	if (!is_of(p, t, PARENT))
		return defined_already(p, err);
	*origin_of(p, t) = HEADER;
	*out = t;
	return 0;
}

/* [[x]] */
static int open_element(struct parser *p, json_t *parent, json_t **out, struct err *err)
{
	json_t *a = member(p, parent);
	int r = a ? 0 : add(p, parent, a = json_array(), TABLES, err);
	if (r < 0)
		return r;
	if (!is_of(p, a, TABLES))
		return defined_already(p, err);
	json_array_append_new(a, *out = json_object());
	return note(p, *out, HEADER, err);
}

/* [x.y] or [[x.y]] */
static int header(struct parser *p, json_t *root, json_t **out, struct err *err)
{
	p->text.at++;
	bool element = toml_take(&p->text, '[');
	json_t *parent = root;
	int r = walk_key(p, &parent, PARENT, err);
	if (r < 0)
		return r;
	if (!toml_take(&p->text, ']') || (element && !toml_take(&p->text, ']')))
		return toml_error(&p->text, err, "\"%s\" is expected after a table's name", element ? "]]" : "]");
	return element ? open_element(p, parent, out, err) : open_table(p, parent, out, err);
}

static int document(struct parser *p, json_t *root, struct err *err)
{
	json_t *table = root;
	for (;;) {
		int r = toml_lines(&p->text, err);
		if (r < 0 || p->text.at == p->text.end)
			return r;
		r = *p->text.at == '[' ? header(p, root, &table, err) : pair(p, table, err);
		if (r < 0 || (r = toml_end_of_line(&p->text, err)) < 0)
			return r;
	}
}

int toml_parse(const char *data, size_t n, const char *what, json_t **out, struct err *err)
{
	if (n > LIMIT_TOML)
		return err_set(err, ERR_LIMIT, "toml-too-large", "%.500s is larger than %u bytes", what, LIMIT_TOML);
	json_auto_t *utf8 = json_stringn(n ? data : "", n), *root = json_object();
	if (!utf8)
		return err_set(err, ERR_INVAL, "toml-not-utf8", "%.500s is not UTF-8", what);
	struct parser p = {.text = {n ? data : "", n ? data + n : "", 1, what}};
	buf_append(&p.key, "", 0);
	int r = document(&p, root, err);
	free(p.notes);
	buf_done(&p.key);
	if (r == 0)
		*out = json_incref(root);
	return r;
}
