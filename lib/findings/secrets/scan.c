#include "findings/secrets/scan.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "findings/secrets/openpgp.h"
#include "findings/secrets/placeholder.h"
#include "text/glob.h"

#define HASH_BITS 16
#define WINDOW 8192       /* bytes behind an anchor that a pattern sees */
#define LINES (64u << 10) /* bytes of a file whose lines are looked at */
#define LINE 4096         /* bytes of a line that are looked at */

struct anchor {
	uint32_t head;   /* three bytes of it, the rarest */
	uint32_t offset; /* where they are in it */
	uint32_t n;
	const char *text;
	size_t rule;
};

/* What finds the anchors of files, or of the configuration. */
struct anchors {
	struct anchor *items;
	size_t count, cap;
	uint64_t pairs[(1u << 16) / 64];        /* bits of the first and second pair of bytes of all heads */
	uint64_t heads[(1u << HASH_BITS) / 64]; /* bits of the hashes of all heads */
};

struct findings_scanner {
	regex_t *patterns; /* by rule; only of text rules */
	bool *compiled;    /* by rule */
	size_t n_rules;
	struct anchors files, config; /* config has those of files, too */
};

static uint32_t head_of(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16;
}

static uint32_t hash_of(uint32_t head)
{
	return head * 2654435761u >> (32 - HASH_BITS);
}

static void set_bit(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= 1ull << i % 64;
}

static bool has_bit(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

/* Small letters are frequent in every text, and lines of hyphens are. */
static unsigned frequency(const char *s)
{
	unsigned sum = 0;
	for (size_t i = 0; i < 3; i++)
		sum += islower((unsigned char)s[i]) || s[i] == ' ' ? 3 : s[i] == '-' ? 2 : 1;
	return sum;
}

static void add_anchor(struct anchors *a, const char *text, size_t rule)
{
	const size_t n = strlen(text);
	size_t at = 0;
	for (size_t i = 1; i + 3 <= n; i++)
		if (frequency(text + i) < frequency(text + at))
			at = i;
	const uint32_t head = head_of(text + at);
	a->items = mem_grow(a->items, a->count, &a->cap, sizeof(*a->items));
	a->items[a->count++] = (struct anchor){head, (uint32_t)at, (uint32_t)n, text, rule};
	set_bit(a->heads, hash_of(head));
	set_bit(a->pairs, head & 0xffff);
	set_bit(a->pairs, head >> 8);
}

static void add_anchors(struct findings_scanner *s, size_t rule)
{
	const struct findings_rule *r = findings_rule_at(rule);
	for (size_t i = 0; r->anchors && r->anchors[i]; i++) {
		add_anchor(&s->config, r->anchors[i], rule);
		if (!(r->flags & FINDINGS_CONFIG))
			add_anchor(&s->files, r->anchors[i], rule);
	}
}

/* Behind an anchor a pattern must match at once; in lines and names anywhere. */
static void compile(struct findings_scanner *s, size_t rule)
{
	const struct findings_rule *r = findings_rule_at(rule);
	if (r->match != FINDINGS_BY_TEXT && r->match != FINDINGS_BY_NAME)
		return;
	CLEANUP_FREE char *text = mem_printf("%s%s", r->anchors ? "^" : "", r->pattern);
	const int flags = REG_EXTENDED | (r->match == FINDINGS_BY_NAME ? REG_ICASE : 0);
	s->compiled[rule] = regcomp(&s->patterns[rule], text, flags) == 0;
	if (!s->compiled[rule])
		abort(); /* a row is wrong: a test compiles all */
}

struct findings_scanner *findings_scanner_new(void)
{
	struct findings_scanner *s = mem_alloc(sizeof(*s));
	while (findings_rule_at(s->n_rules))
		s->n_rules++;
	s->patterns = mem_calloc(s->n_rules, sizeof(*s->patterns));
	s->compiled = mem_calloc(s->n_rules, sizeof(*s->compiled));
	for (size_t i = 0; i < s->n_rules; i++) {
		compile(s, i);
		add_anchors(s, i);
	}
	return s;
}

void findings_scanner_free(struct findings_scanner *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_rules; i++)
		if (s->compiled[i])
			regfree(&s->patterns[i]);
	free(s->patterns);
	free(s->compiled);
	free(s->files.items);
	free(s->config.items);
	free(s);
}

/* ---- anchors ---- */

struct scanning {
	const struct findings_scanner *s;
	const struct anchors *anchors;
	const char *data;
	size_t n;
	findings_hit_fn *found;
	void *ctx;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether the pattern matches at the first of n bytes; *end is the end of the match. */
static bool matches(const struct findings_scanner *s, size_t rule, const char *data, size_t n, size_t *begin,
		    size_t *end)
{
	regmatch_t m = {.rm_so = 0, .rm_eo = (regoff_t)n};
	if (regexec(&s->patterns[rule], data, 1, &m, REG_STARTEND) != 0)
		return false;
	*begin = (size_t)m.rm_so;
	*end = (size_t)m.rm_eo;
	return true;
}

/* Where to go on behind the text that an anchor at data[at] begins, whether it is a secret or a part of a longer word.
 * 0 if the pattern does not match there. */
static size_t try_anchor(const struct scanning *w, const struct anchor *a, size_t at)
{
	const struct findings_rule *r = findings_rule_at(a->rule);
	const size_t behind = at + a->n;
	size_t begin, end;
	if (behind > w->n || memcmp(w->data + at, a->text, a->n) != 0 ||
	    ((r->flags & FINDINGS_WORD) && at && is_word(w->data[at - 1])))
		return 0;
	const size_t window = w->n - behind < WINDOW ? w->n - behind : WINDOW;
	if (!matches(w->s, a->rule, w->data + behind, window, &begin, &end))
		return 0;
	end += behind;
	if ((r->flags & FINDINGS_EXACT) && end < w->n && (is_word(w->data[end]) || w->data[end] == '-'))
		return end;
	if (!findings_is_placeholder(w->data + behind, end - behind) &&
	    (!(r->flags & FINDINGS_OPENPGP) || findings_openpgp_is_open(w->data + behind, end - behind)))
		w->found(w->ctx, &(struct findings_hit){r, behind, end});
	return end;
}

/* The anchors whose head is at data[at]; none begins before next. */
static size_t try_anchors(const struct scanning *w, size_t at, size_t next)
{
	const uint32_t head = head_of(w->data + at);
	for (size_t i = 0; i < w->anchors->count; i++) {
		const struct anchor *a = &w->anchors->items[i];
		const size_t end = a->head == head && at >= next + a->offset ? try_anchor(w, a, at - a->offset) : 0;
		if (end)
			return end;
	}
	return 0;
}

static size_t try_head(const struct scanning *w, size_t at, size_t next)
{
	return at >= next && at + 3 <= w->n && has_bit(w->anchors->heads, hash_of(head_of(w->data + at)))
		   ? try_anchors(w, at, next)
		   : 0;
}

/* Looks at every second pair of bytes: it is the first or the second pair of a head that begins there or one byte
 * before. */
static void scan_anchors(const struct scanning *w)
{
	const unsigned char *data = (const unsigned char *)w->data;
	size_t next = 0; /* no anchor begins before */
	for (size_t i = 1; i + 1 < w->n; i += 2) {
		if (!has_bit(w->anchors->pairs, data[i] | (uint32_t)data[i + 1] << 8))
			continue;
		size_t end = try_head(w, i - 1, next);
		if (!end)
			end = try_head(w, i, next);
		if (!end)
			continue;
		next = end;
		i = end - 1 - end % 2; /* odd; the loop adds 2 */
	}
}

/* ---- files ---- */

static const char *last_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* The names are compared first: that is fast, and few are equal. */
bool findings_have_path(const char *const *patterns, const char *path)
{
	const char *name = last_of(path);
	for (size_t i = 0; patterns && patterns[i]; i++) {
		const char *last = last_of(patterns[i]);
		if (glob_match_name(last, strlen(last), name, strlen(name)) && glob_match_end(patterns[i], path))
			return true;
	}
	return false;
}

/* Whether the value in which a match ends is an example. The rest of the line does not count: it may name a host. */
static bool is_example(const char *line, size_t begin, size_t end, size_t n)
{
	size_t from = end, to;
	while (from > begin && !strchr(" \t=:\"'>", line[from - 1]))
		from--;
	for (to = from; to < n && !strchr(" \t\r\"'@,", line[to]) && (to == from || line[to] != '<');)
		to++;
	return findings_is_placeholder(line + from, to - from);
}

/* The first line that matches and is not an example. Each line is looked at by itself, and its first bytes alone: the
 * time that regexec() takes grows faster than the text. */
static void scan_lines(const struct scanning *w, size_t rule)
{
	const char *line = w->data, *last = w->data + (w->n < LINES ? w->n : LINES);
	while (line < last) {
		const char *newline = memchr(line, '\n', (size_t)(last - line)), *next = newline ? newline + 1 : last;
		size_t n = newline ? (size_t)(newline - line) : (size_t)(last - line), begin, end;
		n -= n && line[n - 1] == '\r';
		n = n < LINE ? n : LINE;
		if (matches(w->s, rule, line, n, &begin, &end) && !is_example(line, begin, end, n)) {
			const size_t at = (size_t)(line - w->data);
			w->found(w->ctx, &(struct findings_hit){findings_rule_at(rule), at + begin, at + end});
			return;
		}
		line = next;
	}
}

void findings_scan_file(const struct findings_scanner *s, const char *path, const char *data, size_t n,
			findings_hit_fn *found, void *ctx)
{
	const struct scanning w = {s, &s->files, data, n, found, ctx};
	scan_anchors(&w);
	for (size_t i = 0; i < s->n_rules; i++) {
		const struct findings_rule *r = findings_rule_at(i);
		if (r->match == FINDINGS_BY_TEXT && !r->anchors && findings_have_path(r->paths, path) &&
		    !findings_have_path(r->except, path))
			scan_lines(&w, i);
	}
}

/* ---- the configuration ---- */

const struct findings_rule *findings_scanner_named(const struct findings_scanner *s, const char *name, size_t n)
{
	/* a string of its own: a sanitizer's regexec reads the string to its end, which takes long in a large text */
	CLEANUP_FREE char *own = mem_strndup(name, n);
	const size_t len = strlen(own);
	size_t begin, end;
	for (size_t i = 0; i < s->n_rules; i++)
		if (findings_rule_at(i)->match == FINDINGS_BY_NAME && matches(s, i, own, len, &begin, &end))
			return findings_rule_at(i);
	return NULL;
}

void findings_scan_anchors(const struct findings_scanner *s, const char *data, size_t n, findings_hit_fn *found,
			   void *ctx)
{
	scan_anchors(&(struct scanning){s, &s->config, data, n, found, ctx});
}
