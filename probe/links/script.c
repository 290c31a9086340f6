#include "probe/links/script.h"

#include <ctype.h>
#include <string.h>

#define MAX_TEMPLATES 32 /* template literals in each other */

/* Reads a script token by token, as far as that goes without a grammar. */
struct script {
	struct probe_links *out;
	const char *s, *end;
	const char *word; /* the last one, of word_len bytes, if nothing but open parentheses came since */
	size_t word_len;
	bool called;                    /* and one of these did */
	char last;                      /* of the last token, 0 = none: tells a division from a regular expression */
	unsigned braces[MAX_TEMPLATES]; /* open ones in each template literal that is left for an expression */
	unsigned n_templates;
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool word_is(const struct script *p, const char *word)
{
	return p->word && p->word_len == strlen(word) && memcmp(p->word, word, p->word_len) == 0;
}

static bool word_is_one_of(const struct script *p, const char *const *words)
{
	for (; *words; words++)
		if (word_is(p, *words))
			return true;
	return false;
}

static void skip_comment(struct script *p)
{
	if (p->s[1] == '*') {
		const char *close = memmem(p->s + 2, (size_t)(p->end - p->s - 2), "*/", 2);
		p->s = close ? close + 2 : p->end;
		return;
	}
	const char *line = memchr(p->s, '\n', (size_t)(p->end - p->s));
	p->s = line ? line : p->end;
}

static void skip_space_and_comments(struct script *p)
{
	while (p->s < p->end) {
		if (isspace((unsigned char)*p->s))
			p->s++;
		else if (p->end - p->s > 1 && p->s[0] == '/' && (p->s[1] == '*' || p->s[1] == '/'))
			skip_comment(p);
		else
			return;
	}
}

static void skip_regex(struct script *p)
{
	bool in_class = false;
	for (p->s++; p->s < p->end && *p->s != '\n' && (in_class || *p->s != '/'); p->s++) {
		if (*p->s == '\\' && p->end - p->s > 1)
			p->s++;
		else if (*p->s == '[' || *p->s == ']')
			in_class = *p->s == '[';
	}
	p->s += p->s < p->end && *p->s == '/';
}

/* Whether a slash begins a regular expression here. */
static bool begins_regex(const struct script *p)
{
	static const char *const before[] = {"return", "typeof", "case", "in", "of", "delete", "void", "else", NULL};
	if (p->word && !p->called)
		return word_is_one_of(p, before);
	return !p->last || !strchr(")]}'\"`", p->last);
}

/* ---- what a string means ---- */

/* A reference, not a name that only a resolver or an import map explains. */
static bool is_path(const char *s, size_t n)
{
	return (n > 0 && *s == '/') || (n > 1 && *s == '.' && (s[1] == '/' || s[1] == '.')) ||
	       (n > 7 && (memcmp(s, "http://", 7) == 0 || memcmp(s, "https:/", 7) == 0));
}

/* Whether the argument is the only one of its call: what else a request needs is not known. */
static bool is_only_argument(struct script *p)
{
	skip_space_and_comments(p);
	return p->s < p->end && *p->s == ')';
}

/* A string of n bytes at s, after which p->s stands. */
static void on_string(struct script *p, const char *s, size_t n)
{
	static const char *const loads[] = {"Worker", "SharedWorker", "register", "URL", "addModule", NULL};
	static const char *const gets[] = {"fetch", "get", "getJSON", "axios", NULL};
	if (!p->word || memchr(s, '\\', n))
		return;
	if (p->called && word_is(p, "importScripts"))
		probe_links_add(p->out, PROBE_LINK_PART, s, n);
	else if (!is_path(s, n))
		return;
	else if (word_is(p, "import") || (!p->called && word_is(p, "from")) || (p->called && word_is_one_of(p, loads)))
		probe_links_add(p->out, PROBE_LINK_PART, s, n);
	else if (p->called && word_is_one_of(p, gets) && is_only_argument(p))
		probe_links_add(p->out, PROBE_LINK_PAGE, s, n);
}

static void read_string(struct script *p)
{
	const char quote = *p->s++, *start = p->s;
	while (p->s < p->end && *p->s != quote && *p->s != '\n')
		p->s += *p->s == '\\' && p->end - p->s > 1 ? 2 : 1;
	size_t n = (size_t)(p->s - start);
	if (p->s >= p->end || *p->s++ != quote)
		return;
	on_string(p, start, n);
}

/* From within a template literal up to its end, or to an expression in it. */
static void read_template(struct script *p)
{
	const char *start = p->s;
	for (; p->s < p->end && *p->s != '`'; p->s++) {
		if (*p->s == '\\' && p->end - p->s > 1) {
			p->s++;
		} else if (p->end - p->s > 1 && p->s[0] == '$' && p->s[1] == '{' && p->n_templates < MAX_TEMPLATES) {
			p->braces[p->n_templates++] = 0;
			p->s += 2;
			p->word = NULL;
			p->last = '{';
			return;
		}
	}
	size_t n = (size_t)(p->s - start);
	if (p->s < p->end)
		p->s++;
	if (start[-1] == '`') /* without an expression it is as good as a string */
		on_string(p, start, n);
	p->word = NULL;
	p->last = '`';
}

/* ---- tokens ---- */

/* The strings of a call with several of them, such as importScripts("a.js", "b.js"), keep the word. */
static bool keeps_word(const struct script *p, char c)
{
	return c == '(' || (c == ',' && p->called && word_is(p, "importScripts"));
}

static void read_punctuation(struct script *p)
{
	char c = *p->s++;
	unsigned *braces = p->n_templates ? &p->braces[p->n_templates - 1] : NULL;
	p->called = c == '(' || (p->called && keeps_word(p, c));
	if (!keeps_word(p, c))
		p->word = NULL;
	p->last = c;
	if (braces && c == '{')
		++*braces;
	if (braces && c == '}' && (*braces)-- == 0) {
		p->n_templates--;
		read_template(p);
	}
}

static void read_token(struct script *p)
{
	char c = *p->s;
	if (is_word_char(c)) {
		p->word = p->s;
		while (p->s < p->end && is_word_char(*p->s))
			p->s++;
		p->word_len = (size_t)(p->s - p->word);
		p->called = false;
		p->last = 'a';
	} else if (c == '"' || c == '\'') {
		read_string(p);
		if (!p->called || !word_is(p, "importScripts"))
			p->word = NULL;
		p->last = c;
	} else if (c == '`') {
		p->s++;
		read_template(p);
	} else if (c == '/' && begins_regex(p)) {
		skip_regex(p);
		p->word = NULL;
		p->last = '"';
	} else {
		read_punctuation(p);
	}
}

void probe_links_script(struct probe_links *l, const char *s, size_t n)
{
	struct script p = {.out = l, .s = s, .end = s + n};
	for (skip_space_and_comments(&p); p.s < p.end; skip_space_and_comments(&p))
		read_token(&p);
}
