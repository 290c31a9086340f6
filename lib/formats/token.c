#include "formats/token.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define MAX_NESTED 64 /* ${ in a template in a ${ */

struct reader {
	struct token_list *out;
	const struct token_lexer *l;
	const char *text, *p, *end;
	unsigned depth[MAX_NESTED]; /* braces open in each template's computed part */
	char quote[MAX_NESTED];
	unsigned n_nested;
	bool word[256];        /* by byte: is one of a word */
	const char *open[128]; /* by quote or slash: up to there, one of them is not closed; kept so that text which
				* is full of them is not read to its end for each */
};

static void set_words(struct reader *r)
{
	for (int c = 0; c < 256; c++)
		r->word[c] = isalnum(c) || c == '_' || c > SCHAR_MAX || (c && r->l->word && strchr(r->l->word, c));
}

static bool is_word(const struct reader *r, char c)
{
	return r->word[(unsigned char)c];
}

static struct token *add(struct reader *r, enum token_kind kind, const char *s, const char *end)
{
	struct token_list *t = r->out;
	t->items = mem_grow(t->items, t->count, &t->cap, sizeof(*t->items));
	struct token *new = &t->items[t->count++];
	*new = (struct token){.kind = kind, .c = *s, .s = s, .n = (uint32_t)(end - s)};
	return new;
}

static bool starts(const struct reader *r, const char *text)
{
	size_t n = strlen(text);
	return (size_t)(r->end - r->p) >= n && memcmp(r->p, text, n) == 0;
}

static void skip_to(struct reader *r, const char *text)
{
	const char *found = memmem(r->p, (size_t)(r->end - r->p), text, strlen(text));
	r->p = found ? found + strlen(text) : r->end;
}

static void skip_line(struct reader *r)
{
	const char *stop = memchr(r->p, '\n', (size_t)(r->end - r->p));
	r->p = stop ? stop : r->end;
}

static bool at_line_start(const struct reader *r)
{
	return r->p == r->text || r->p[-1] == '\n';
}

/* Whether an interpolated expression starts here. */
static bool interpolates(const struct reader *r, const char *p, char quote, bool format)
{
	const char *start = r->l->interpolation;
	if (r->l->triple)
		return format && *p == '{';
	if (!start || quote == '\'')
		return false;
	if (start[1] == '{')
		return *p == start[0] && p + 1 < r->end && p[1] == '{';
	return *p && strchr(start, *p) && p + 1 < r->end &&
	       (p[1] == '{' || p[1] == '_' || isalpha((unsigned char)p[1]));
}

static bool may_hold_lines(const struct reader *r, char quote)
{
	return r->l->many_lines && strchr(r->l->many_lines, quote);
}

/* A string's text from r->p to its quote (width times), or to what is computed in a template. False, with
 * nothing read, when the line ends first: then the quote was something else. */
static bool string_body(struct reader *r, char quote, int width, bool format, bool continued)
{
	const char *start = r->p, *computed = NULL, *p;
	if (r->open[(unsigned char)quote] > start)
		return false;
	for (p = start; p < r->end; p++) {
		if (*p == '\\' || (format && *p == '{' && p + 1 < r->end && p[1] == '{')) {
			p++;
			continue;
		}
		if (*p == '\n' && width == 1 && !may_hold_lines(r, quote))
			break;
		if (*p == quote && (width == 1 || (r->end - p >= 3 && p[1] == quote && p[2] == quote))) {
			struct token *t = add(r, TOKEN_STRING, start, computed ? computed : p);
			t->c = quote;
			t->partial = computed != NULL;
			t->continued = continued;
			r->p = p + width;
			return true;
		}
		if (computed || !interpolates(r, p, quote, format))
			continue;
		computed = p;
		if (quote != '`' || !r->l->regex || r->n_nested == MAX_NESTED)
			continue;
		struct token *t = add(r, TOKEN_STRING, start, p); /* its program text is read as such */
		t->c = quote;
		t->partial = true;
		t->continued = continued;
		r->depth[r->n_nested] = 0;
		r->quote[r->n_nested++] = quote;
		r->p = p + 2;
		return true;
	}
	r->open[(unsigned char)quote] = p;
	return false;
}

static void string(struct reader *r, bool format)
{
	char quote = *r->p;
	int width = r->l->triple && r->end - r->p >= 3 && r->p[1] == quote && r->p[2] == quote ? 3 : 1;
	const char *start = r->p;
	r->p += width;
	if (!string_body(r, quote, width, format, false))
		r->p = start + width;
}

/* Python's letters before a quote; *format: an f is among them. */
static bool is_prefix(const struct reader *r, const char *s, bool *format)
{
	*format = false;
	if (!r->l->triple || r->p - s > 2 || r->p == r->end || (*r->p != '"' && *r->p != '\''))
		return false;
	for (; s < r->p; s++) {
		if (!strchr("rRbBuUfF", *s))
			return false;
		*format = *format || *s == 'f' || *s == 'F';
	}
	return true;
}

static void word(struct reader *r)
{
	const char *s = r->p;
	while (r->p < r->end) {
		if (is_word(r, *r->p))
			r->p++;
		else if (r->l->colons && r->end - r->p > 2 && r->p[0] == ':' && r->p[1] == ':' && is_word(r, r->p[2]))
			r->p += 2;
		else
			break;
	}
	bool format;
	if (is_prefix(r, s, &format))
		string(r, format);
	else
		(void)add(r, TOKEN_WORD, s, r->p);
}

/* Whether a slash here divides: behind a value. */
static bool divides(const struct reader *r)
{
	static const char *const keywords[] = {"return", "typeof", "case", "in", "of", "do", "else", "void", "delete"};
	if (!r->out->count)
		return false;
	const struct token *last = &r->out->items[r->out->count - 1];
	if (last->kind == TOKEN_PUNCT)
		return last->c == ')' || last->c == ']' || last->c == '}';
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (token_is_word(last, keywords[i]))
			return false;
	return true;
}

static bool regex(struct reader *r)
{
	static const char value[] = ")";
	bool class = false;
	const char *p;
	if (r->open['/'] > r->p)
		return false;
	for (p = r->p + 1; p < r->end && *p != '\n'; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '[')
			class = true;
		else if (*p == ']')
			class = false;
		else if (*p == '/' && !class) {
			r->p = p + 1;
			(void)add(r, TOKEN_PUNCT, value, value + 1);
			return true;
		}
	}
	r->open['/'] = p;
	return false;
}

static bool comment(struct reader *r)
{
	const struct token_lexer *l = r->l;
	if (l->hash && *r->p == '#' && (r->p == r->text || r->p[-1] != '$'))
		skip_line(r);
	else if (l->slashes && starts(r, "//"))
		skip_line(r);
	else if (l->slashes && starts(r, "/*"))
		skip_to(r, "*/");
	else if (l->pod && *r->p == '=' && at_line_start(r) && r->p + 1 < r->end && isalpha((unsigned char)r->p[1]))
		skip_to(r, starts(r, "=begin") && !l->colons ? "\n=end" : "\n=cut");
	else if (l->tags && starts(r, "?>"))
		skip_to(r, "<?");
	else
		return false;
	return true;
}

static void punctuation(struct reader *r)
{
	if (r->n_nested) {
		unsigned *depth = &r->depth[r->n_nested - 1];
		if (*r->p == '{') {
			++*depth;
		} else if (*r->p == '}' && (*depth)-- == 0) {
			char quote = r->quote[--r->n_nested];
			r->p++;
			(void)string_body(r, quote, 1, false, true); /* unterminated: read on as program text */
			return;
		}
	}
	(void)add(r, TOKEN_PUNCT, r->p, r->p + 1);
	r->p++;
}

void token_list_read(struct token_list *t, const char *text, size_t n, const struct token_lexer *lexer)
{
	struct reader r = {.out = t, .l = lexer, .text = text, .p = text, .end = text + n};
	set_words(&r);
	if (lexer->tags)
		skip_to(&r, "<?");
	while (r.p < r.end && t->count < LIMIT_SOURCE_TOKENS) {
		char c = *r.p;
		if (isspace((unsigned char)c) || c == '\0' || c == '\\') {
			r.p++;
		} else if (comment(&r)) {
			continue;
		} else if (lexer->end_mark && c == '_' && at_line_start(&r) &&
			   (starts(&r, "__END__") || starts(&r, "__DATA__"))) {
			break;
		} else if (is_word(&r, c)) {
			word(&r);
		} else if (strchr(lexer->quotes, c)) {
			string(&r, false);
		} else if (!(lexer->regex && c == '/' && !divides(&r) && regex(&r))) {
			punctuation(&r);
		}
	}
}

void token_list_done(struct token_list *t)
{
	free(t->items);
	*t = (struct token_list){0};
}

const struct token *token_at(const struct token_list *t, size_t i)
{
	static const struct token end = {.kind = TOKEN_END, .s = ""};
	return i < t->count ? &t->items[i] : &end;
}

bool token_is_punct(const struct token *t, char c)
{
	return t->kind == TOKEN_PUNCT && t->c == c;
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 127;
}

bool token_text(const struct token *t, struct buf *out)
{
	uint32_t plain = 0;
	while (plain < t->n && !is_control(t->s[plain]) && t->s[plain] != '\\')
		plain++;
	buf_append(out, t->s, plain);
	for (uint32_t i = plain; i < t->n; i++) {
		char c = t->s[i];
		if (c == '\\' && t->kind == TOKEN_STRING && i + 1 < t->n)
			c = t->s[++i];
		if (is_control(c))
			return false;
		buf_char(out, c);
	}
	return true;
}
