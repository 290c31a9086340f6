#include "compose/read/interpolate.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

struct text {
	const struct compose_env *env;
	const char *all, *p;
	size_t max;
	struct strset *unset;
	unsigned depth;
};

static int expand(struct text *t, bool used, struct buf *out, struct err *err);

static int malformed(const struct text *t, struct err *err, const char *says)
{
	return err_set(err, ERR_INVAL, "compose-variable-malformed",
		       "%s in \"%.200s\"; write $$ for a dollar sign that is one", says, t->all);
}

/* The name at t->p, which goes on behind it; NULL = there is none. free(). */
static char *take_name(struct text *t)
{
	const char *p = t->p;
	if (!isalpha((unsigned char)*p) && *p != '_')
		return NULL;
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	char *name = mem_strndup(t->p, (size_t)(p - t->p));
	t->p = p;
	return name;
}

static void put_unset(struct text *t, bool used, const char *name)
{
	if (used && t->unset)
		strset_add(t->unset, name);
}

/* An operator and its word, up to the closing brace. */
static int take_operator(struct text *t, const char *name, bool used, struct buf *out, struct err *err)
{
	const bool colon = *t->p == ':';
	const char op = t->p[colon], *v = compose_env_get(t->env, name);
	CLEANUP_BUF struct buf word = {0};
	if (!op || !strchr("-?+", op))
		return malformed(t, err, "the variable's name is not followed by \"}\", \"-\", \"?\" or \"+\"");
	t->p += colon + 1;
	const bool is_set = v && (*v || !colon), word_used = used && (op == '+' ? is_set : !is_set);
	int r = expand(t, word_used, &word, err);
	if (r < 0)
		return r;
	if (op == '?' && word_used)
		return err_set(err, ERR_INVAL, "compose-variable-required", "the variable %.100s is %s%s%.300s", name,
			       v ? "empty" : "not set", word.len ? ": " : "", word.len ? word.data : "");
	if (word_used)
		buf_append(out, word.data, word.len);
	else if (used && op != '+')
		buf_str(out, v);
	return 0;
}

/* Behind "${". */
static int take_braced(struct text *t, bool used, struct buf *out, struct err *err)
{
	CLEANUP_FREE char *name = take_name(t);
	if (!name)
		return malformed(t, err, "\"${\" is not followed by a variable's name");
	if (++t->depth > LIMIT_COMPOSE_DEPTH)
		return err_set(err, ERR_LIMIT, "compose-too-large", "more than %d variables are in each other",
			       LIMIT_COMPOSE_DEPTH);
	if (*t->p != '}') {
		int r = take_operator(t, name, used, out, err);
		if (r < 0)
			return r;
	} else if (used) {
		const char *v = compose_env_get(t->env, name);
		if (v)
			buf_str(out, v);
		else
			put_unset(t, used, name);
	}
	if (*t->p != '}')
		return malformed(t, err, "\"${\" has no \"}\"");
	t->p++;
	t->depth--;
	return 0;
}

static int take_dollar(struct text *t, bool used, struct buf *out, struct err *err)
{
	t->p++;
	if (*t->p == '$') {
		t->p++;
		if (used)
			buf_char(out, '$');
		return 0;
	}
	if (*t->p == '{') {
		t->p++;
		return take_braced(t, used, out, err);
	}
	CLEANUP_FREE char *name = take_name(t);
	if (!name)
		return malformed(t, err, "\"$\" is not followed by a variable's name");
	const char *v = compose_env_get(t->env, name);
	if (!v)
		put_unset(t, used, name);
	else if (used)
		buf_str(out, v);
	return 0;
}

/* Up to the end, or to the brace that closes the variable which this is the word of. used: it counts. */
static int expand(struct text *t, bool used, struct buf *out, struct err *err)
{
	size_t braces = 0;
	while (*t->p && !(t->depth && *t->p == '}' && !braces)) {
		int r = 0;
		if (*t->p == '$') {
			r = take_dollar(t, used, out, err);
		} else {
			if (t->depth)
				braces += *t->p == '{' ? 1 : *t->p == '}' ? (size_t)-1 : 0;
			if (used)
				buf_char(out, *t->p);
			t->p++;
		}
		if (r < 0)
			return r;
		if (out->len > t->max)
			return err_set(err, ERR_LIMIT, "compose-too-large", "the text is too long with its variables");
	}
	return 0;
}

int compose_interpolate(const struct compose_env *e, const char *text, size_t max, struct strset *unset,
			struct buf *out, struct err *err)
{
	struct text t = {.env = e, .all = text, .p = text, .max = max, .unset = unset};
	return expand(&t, true, out, err);
}
