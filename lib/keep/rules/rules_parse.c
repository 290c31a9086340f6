#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/text_search.h"
#include "keep/rules/rules.h"
#include "text/glob.h"

#define MAX_ALTERNATIVES 256 /* that the braces of one pattern may stand for */

struct parser {
	struct keep_rules *rules;
	const char *file;
	unsigned line;
	bool why, when; /* that the last rule has */
	struct err *err;
};

static int wrong(struct parser *p, const char *what, const char *word)
{
	return err_set(p->err, ERR_INVAL, "rules-syntax", "%s:%u: %s%s%s", p->file, p->line, what, word ? " " : "",
		       word ? word : "");
}

static struct keep_rule *last(const struct parser *p)
{
	return p->rules->count ? &p->rules->items[p->rules->count - 1] : NULL;
}

/* Cut the next word off *rest; NULL at the end. */
static char *next_word(char **rest)
{
	char *word;
	while ((word = strsep(rest, " \t")))
		if (*word)
			return word;
	return NULL;
}

static bool is_pattern(const char *word)
{
	if (*word != '/')
		while (strncmp(word, "../", 3) == 0)
			word += 3;
	return *word && !strstr(word, "/../") && !strstr(word, "//") && word[strlen(word) - 1] != '/';
}

/* Each pattern that is left of the row, braces expanded. anywhere: one without a leading slash is for the end of a
 * path, not for what lies around a file. */
static int add_patterns(struct parser *p, char *rest, bool anywhere, struct strlist *out)
{
	for (char *word; (word = next_word(&rest));) {
		size_t i = out->count;
		if (!glob_expand(word, i + MAX_ALTERNATIVES, out))
			return wrong(p, "the braces do not close, nest, or stand for too much:", word);
		for (; i < out->count; i++) {
			const char *glob = out->items[i];
			if (!is_pattern(glob))
				return wrong(p, "no pattern of paths:", glob);
			if (anywhere && *glob != '/' && (strstr(glob, "**") || *glob == '.'))
				return wrong(p, "without a leading slash neither ** nor ..:", glob);
		}
	}
	return 0;
}

static int on_rule(struct parser *p, char *rest)
{
	char *name = next_word(&rest);
	if (!name || next_word(&rest))
		return wrong(p, "a rule has one name", NULL);
	struct keep_rules *r = p->rules;
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->items[i].name, name) == 0)
			return wrong(p, "there is a rule of this name already:", name);
	r->items = mem_grow(r->items, r->count, &r->cap, sizeof(*r->items));
	r->items[r->count++] = (struct keep_rule){.name = mem_strdup(name), .level = KEEP_CLOSURE};
	p->why = p->when = false;
	return 0;
}

static int on_why(struct parser *p, char *rest)
{
	p->why = next_word(&rest);
	return 0;
}

static int add_globs(struct parser *p, char *rest, enum keep_rule_when when)
{
	CLEANUP_STRLIST struct strlist globs = {0};
	struct keep_rules *r = p->rules;
	int e = add_patterns(p, rest, true, &globs);
	for (size_t i = 0; e == 0 && i < globs.count; i++) {
		r->globs = mem_grow(r->globs, r->n_globs, &r->globs_cap, sizeof(*r->globs));
		r->globs[r->n_globs++] =
		    (struct keep_rule_glob){mem_strdup(globs.items[i]), when, (uint32_t)(r->count - 1)};
	}
	return e;
}

static int add_words(struct parser *p, char *rest, struct keep_rule_words *w, size_t min)
{
	for (char *word; (word = next_word(&rest));) {
		if (strlen(word) < min)
			return wrong(p, "a text has at least 7 bytes:", word);
		w->uses = mem_grow(w->uses, w->n_uses, &w->cap, sizeof(*w->uses));
		w->uses[w->n_uses++] =
		    (struct keep_rule_use){(uint32_t)strset_add(&w->words, word), (uint32_t)(p->rules->count - 1)};
	}
	return 0;
}

static int on_when(struct parser *p, char *rest)
{
	const char *kind = next_word(&rest);
	if (!kind || !rest)
		return wrong(p, "when what?", NULL);
	p->when = true;
	if (strcmp(kind, "file") == 0)
		return add_globs(p, rest, KEEP_WHEN_FILE);
	if (strcmp(kind, "used") == 0)
		return add_globs(p, rest, KEEP_WHEN_USED);
	if (strcmp(kind, "plugin") == 0)
		return add_globs(p, rest, KEEP_WHEN_PLUGIN);
	if (strcmp(kind, "imports") == 0)
		return add_words(p, rest, &p->rules->imports, 1);
	if (strcmp(kind, "text") == 0)
		return add_words(p, rest, &p->rules->texts, KEEP_TEXT_MIN);
	return wrong(p, "when file, used, plugin, imports or text, not", kind);
}

static int on_keep(struct parser *p, char *rest)
{
	return add_patterns(p, rest, false, &last(p)->keep);
}

static int on_except(struct parser *p, char *rest)
{
	return add_patterns(p, rest, true, &last(p)->except);
}

static int on_unless(struct parser *p, char *rest)
{
	return add_patterns(p, rest, true, &last(p)->unless);
}

static int on_limit(struct parser *p, char *rest)
{
	const char *word = next_word(&rest);
	char *end = NULL;
	unsigned long n = word ? strtoul(word, &end, 10) : 0;
	if (!n || n > 4096 || strcmp(end, "M") != 0)
		return wrong(p, "a limit is a number of megabytes, as 4M", NULL);
	last(p)->limit = (uint64_t)n * 1000000;
	return 0;
}

static int on_level(struct parser *p, char *rest)
{
	const char *word = next_word(&rest);
	if (!word || (strcmp(word, "closure") != 0 && strcmp(word, "safe") != 0))
		return wrong(p, "the level is closure or safe", NULL);
	last(p)->level = strcmp(word, "safe") == 0 ? KEEP_SAFE : KEEP_CLOSURE;
	return 0;
}

/* A rule's examples are its test's to read (tests/unit/keep/rules/rules.c). */
static int on_example(struct parser *p, char *rest)
{
	(void)p;
	(void)rest;
	return 0;
}

static const struct row {
	const char *word;
	int (*read)(struct parser *p, char *rest);
} rows[] = {
    {"rule", on_rule},     {"why", on_why},       {"when", on_when},    {"unless", on_unless},
    {"keep", on_keep},     {"except", on_except}, {"limit", on_limit},  {"level", on_level},
    {"start", on_example}, {"kept", on_example},  {"gone", on_example},
};

/* Whether the rule that ends here is whole. */
static int end_rule(struct parser *p)
{
	const struct keep_rule *r = last(p);
	if (!r || (p->why && p->when && r->keep.count))
		return 0;
	return wrong(p, "a rule needs why, when and keep; before this line ends", r->name);
}

static int read_row(struct parser *p, char *line)
{
	const char *word = next_word(&line);
	if (!word || *word == '#')
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].word, word) != 0)
			continue;
		if (i == 0) {
			int r = end_rule(p);
			return r < 0 ? r : rows[i].read(p, line);
		}
		if (!last(p))
			return wrong(p, "no rule begins before", word);
		return line ? rows[i].read(p, line) : wrong(p, "nothing behind", word);
	}
	return wrong(
	    p, "a row begins with rule, why, when, unless, keep, except, limit, level, start, kept or gone, not", word);
}

int keep_rules_parse(struct keep_rules *rules, const char *file, const char *text, struct err *err)
{
	struct parser p = {.rules = rules, .file = file, .err = err, .why = true, .when = true};
	CLEANUP_FREE char *copy = mem_strdup(text);
	int r = 0;
	for (char *rest = copy, *line; r == 0 && (line = strsep(&rest, "\n"));) {
		p.line++;
		r = read_row(&p, line);
	}
	return r < 0 ? r : end_rule(&p);
}

void keep_rules_done(struct keep_rules *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].name);
		strlist_done(&r->items[i].keep);
		strlist_done(&r->items[i].except);
		strlist_done(&r->items[i].unless);
	}
	free(r->items);
	for (size_t i = 0; i < r->n_globs; i++)
		free(r->globs[i].glob);
	free(r->globs);
	strset_done(&r->imports.words);
	strset_done(&r->texts.words);
	free(r->imports.uses);
	free(r->texts.uses);
	*r = (struct keep_rules){0};
}
