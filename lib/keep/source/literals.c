#include "keep/source/literals.h"

#include <string.h>

#define MAX_PIECES 8 /* of a path that is joined */

static bool is_joint(const struct token *t)
{
	return token_is_punct(t, ',') || token_is_punct(t, '/') || token_is_punct(t, '+') || token_is_punct(t, '.');
}

/* Whether a slash at the string's start goes on from a directory: __DIR__ . "/x", `${dir}/x`. */
static bool goes_on(const struct keep_script_source *s, size_t i)
{
	const struct token *before = i ? token_at(&s->tokens, i - 1) : NULL;
	return token_at(&s->tokens, i)->continued ||
	       (before && (token_is_punct(before, '+') || token_is_punct(before, '.')));
}

/* The pieces from token i on, joined: the longest path that is there. A piece that something computed follows, or
 * that has a pattern, counts up to the last slash before it. */
static void join_pieces(struct keep_script_source *s, size_t i)
{
	CLEANUP_BUF struct buf path = {0};
	size_t ends[MAX_PIECES], n = 0;
	bool relative = goes_on(s, i);
	for (;; i += 2) {
		const struct token *t = token_at(&s->tokens, i);
		if (t->kind != TOKEN_STRING || (t->continued && n) || t->n > KEEP_LITERAL_MAX || n == MAX_PIECES)
			break;
		if (n && path.data[path.len - 1] != '/' && !(t->n && *t->s == '/'))
			buf_char(&path, '/');
		if (!token_text(t, &path) || !path.len)
			break;
		size_t plain = strcspn(path.data, "*?[");
		if (t->partial || plain < path.len) {
			char *slash = memrchr(path.data, '/', plain);
			if (slash && slash > path.data)
				ends[n++] = (size_t)(slash - path.data);
			break;
		}
		ends[n++] = path.len;
		if (!is_joint(token_at(&s->tokens, i + 1)))
			break;
	}
	const char *start = path.data;
	while (relative && n && *start == '/')
		start++;
	while (n--) {
		path.data[ends[n]] = '\0';
		if (keep_script_source_literal(s, start))
			return;
	}
}

/* Frameworks look for what is rendered, and for what is served as it is, in directories that no source names. */
static bool is_rendered(const struct token *t)
{
	static const char *const calls[] = {
	    "render", "render_template", "renderFile",     "Flask", "TemplateResponse", "erb", "haml",
	    "view",   "Sinatra",         "Jinja2Templates"};
	for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof(calls) / sizeof(calls[0]); i++)
		if (token_is_word(t, calls[i]))
			return true;
	return false;
}

/* Whether the string is a module's name and not a path: for JavaScript a directory of that name means its index. */
static bool is_specifier(const struct keep_script_source *s, size_t i)
{
	static const char *const words[] = {"require", "import", "from", "resolve"};
	if (!s->lexer->regex || !i)
		return false;
	i -= token_is_punct(token_at(&s->tokens, i - 1), '(') ? 2 : 1;
	for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++)
		if (token_is_word(token_at(&s->tokens, i), words[j]))
			return true;
	return false;
}

void keep_script_source_literals(struct keep_script_source *s)
{
	static const char *const folders[] = {"templates", "views", "static", "public"};
	for (size_t i = 0; i < s->tokens.count; i++) {
		const struct token *t = &s->tokens.items[i];
		if (t->kind == TOKEN_STRING && t->n && (!t->continued || *t->s == '/') &&
		    (s->application || *t->s == '/') && !is_specifier(s, i)) /* packages are kept whole */
			join_pieces(s, i);
		if (s->application && is_rendered(t))
			for (size_t j = 0; j < sizeof(folders) / sizeof(folders[0]); j++)
				(void)keep_script_source_literal(s, folders[j]);
	}
}
