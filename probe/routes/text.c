#include "probe/routes/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "formats/token.h"

/* ---- languages ---- */

static const struct token_lexer with_hash = {.hash = true, .triple = true, .quotes = "'\"", .many_lines = ""};
static const struct token_lexer with_slashes = {.slashes = true, .quotes = "'\"`", .many_lines = "`"};
static const struct token_lexer with_templates = {
    .slashes = true, .regex = true, .quotes = "'\"`", .many_lines = "`", .interpolation = "${", .word = "$"};
static const struct token_lexer with_both = {.hash = true, .slashes = true, .quotes = "'\"", .many_lines = ""};

static const struct language {
	const char *ending;
	const struct token_lexer *lexer;
} languages[] = {
    {"py", &with_hash},      {"rb", &with_hash},       {"ru", &with_hash},       {"ex", &with_hash},
    {"exs", &with_hash},     {"pl", &with_hash},       {"pm", &with_hash},       {"psgi", &with_hash},
    {"r", &with_hash},       {"js", &with_templates},  {"mjs", &with_templates}, {"cjs", &with_templates},
    {"ts", &with_templates}, {"jsx", &with_templates}, {"tsx", &with_templates}, {"vue", &with_templates},
    {"go", &with_slashes},   {"java", &with_slashes},  {"kt", &with_slashes},    {"scala", &with_slashes},
    {"rs", &with_slashes},   {"cs", &with_slashes},    {"swift", &with_slashes}, {"dart", &with_slashes},
    {"cr", &with_hash},      {"groovy", &with_both},   {"php", &with_both},
};

static const struct token_lexer *lexer_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof(languages) / sizeof(*languages); i++)
		if (strcasecmp(dot + 1, languages[i].ending) == 0)
			return languages[i].lexer;
	return NULL;
}

/* ---- sources ---- */

/* Parts of names that take a prefix of other routes, as an argument or by assignment. */
static const char *const prefix_names[] = {"prefix", "use",   "requestmapping", "controller", "include",  "group",
					   "mount",  "scope", "namespace",      "nest",       "blueprint"};
/* Names of calls that declare a route, whole. */
static const char *const route_names[] = {"get",    "any",      "all",        "match",      "path",   "re_path",
					  "url",    "route",    "getmapping", "controller", "mapget", "requestmapping",
					  "handle", "resources"};

static bool contains(const struct token *t, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; t->kind == TOKEN_WORD && i + n <= t->n; i++)
		if (strncasecmp(t->s + i, name, n) == 0)
			return true;
	return false;
}

static bool has_prefix_name(const struct token *t)
{
	for (size_t i = 0; i < sizeof(prefix_names) / sizeof(*prefix_names); i++)
		if (contains(t, prefix_names[i]))
			return true;
	return false;
}

static bool has_route_name(const struct token *t)
{
	for (size_t i = 0; i < sizeof(route_names) / sizeof(*route_names); i++)
		if (t->n == strlen(route_names[i]) && contains(t, route_names[i]))
			return true;
	return false;
}

/* The word that takes a string as its argument: get("x"), get "x", prefix="x", path: "x". An empty token if no word
 * does. */
static const struct token *receiver(const struct token_list *l, size_t i)
{
	static const struct token none = {.kind = TOKEN_END};
	if (i && token_at(l, i - 1)->kind == TOKEN_WORD)
		return token_at(l, i - 1);
	const struct token *mark = i > 1 ? token_at(l, i - 1) : &none;
	if (token_is_punct(mark, '(') || token_is_punct(mark, '=') || token_is_punct(mark, ':'))
		return token_at(l, i - 2);
	return &none;
}

/* A string without a slash: "items/<int:id>", "^items/$". */
static void take_bare(struct routes_finds *f, const struct buf *text, bool is_prefix)
{
	CLEANUP_BUF struct buf path = {0};
	buf_char(&path, '/');
	buf_str(&path, text->data + (*text->data == '^'));
	if (is_prefix)
		routes_found_prefix(f, path.data, path.len);
	else
		routes_found(f, ROUTES_BARE, path.data, path.len);
}

static void take_string(struct routes_finds *f, const struct token_list *l, size_t i)
{
	const struct token *t = token_at(l, i), *to = receiver(l, i);
	CLEANUP_BUF struct buf text = {0};
	if (t->continued || t->n > ROUTES_LENGTH || !token_text(t, &text) || !text.len)
		return;
	/* path("api/", include("api.urls")) */
	const bool includes = token_is_punct(token_at(l, i + 1), ',') && token_is_word(token_at(l, i + 2), "include");
	const size_t methods = strcspn(text.data, "/");
	if (text.data[methods] && (!methods || text.data[methods - 1] == ' ')) {
		if (t->partial && text.data[text.len - 1] == '/')
			buf_char(&text, '1'); /* what is computed */
		routes_found(f, ROUTES_QUOTED, text.data, text.len);
		routes_found_directory(f, text.data, text.len);
		if (includes || has_prefix_name(to))
			routes_found_prefix(f, text.data, text.len);
	} else if (!t->partial && has_route_name(to)) {
		take_bare(f, &text, includes || contains(to, "controller"));
	}
}

/* ---- other texts ---- */

static void read_words(struct routes_finds *f, const char *text, size_t n)
{
	static const char ends[] = " \t\r\n\"'`<>;,|()=";
	const char *end = text + n;
	for (const char *s = text; s < end; s++) {
		const char *word = s;
		while (s < end && *s && !strchr(ends, *s))
			s++;
		size_t len = (size_t)(s - word);
		while (len && strchr(":.{", word[len - 1]))
			len--;
		len = memchr(word, '?', len) ? (size_t)((const char *)memchr(word, '?', len) - word) : len;
		if (len < 2 || *word != '/' || (word > text && word[-1] == '<'))
			continue;
		routes_found(f, ROUTES_WORD, word, len);
		routes_found_directory(f, word, len);
	}
}

void routes_text_read(struct routes_finds *f, const char *name, const char *text, size_t n)
{
	const struct token_lexer *lexer = lexer_of(name);
	CLEANUP_TOKEN_LIST struct token_list l = {0};
	if (!lexer) {
		read_words(f, text, n);
		return;
	}
	token_list_read(&l, text, n, lexer);
	for (size_t i = 0; i < l.count; i++)
		if (l.items[i].kind == TOKEN_STRING)
			take_string(f, &l, i);
}
