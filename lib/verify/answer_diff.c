#include "verify/answer_diff.h"

#include <string.h>

#define EXCERPT_LINES 3
#define EXCERPT_LINE 160 /* bytes */

struct cursor {
	const char *data;
	size_t n, at, len; /* the word at `at` */
};

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

/* False at the end. */
static bool next_word(struct cursor *c)
{
	c->at += c->len;
	c->len = 0;
	if (c->at >= c->n)
		return false;
	while (c->at + c->len < c->n && is_word((unsigned char)c->data[c->at + c->len]))
		c->len++;
	if (!c->len)
		c->len = 1;
	return true;
}

static bool same_word(const struct cursor *a, const struct cursor *b)
{
	return a->len == b->len && memcmp(a->data + a->at, b->data + b->at, a->len) == 0;
}

static bool is_same(const struct exercise_answer *a, const struct exercise_answer *b)
{
	return a->bytes == b->bytes && strcmp(a->digest, b->digest) == 0;
}

static bool is_whole(const struct exercise_answer *a)
{
	return a->bytes == a->head.len;
}

struct side {
	const struct exercise_answer *const *answers;
	size_t n;
	bool varies; /* as a whole */
	bool whole;
	struct cursor words[VERIFY_ANSWER_SAMPLES];
};

static void side_init(struct side *s, const struct exercise_answer *const *answers, size_t n)
{
	*s = (struct side){
	    .answers = answers, .n = n < VERIFY_ANSWER_SAMPLES ? n : VERIFY_ANSWER_SAMPLES, .whole = true};
	for (size_t i = 0; i < s->n; i++) {
		s->varies |= !is_same(answers[0], answers[i]);
		s->whole &= is_whole(answers[i]);
		s->words[i] = (struct cursor){.data = answers[i]->head.data, .n = answers[i]->head.len};
	}
}

enum step { STEP_WORD, STEP_END, STEP_RAGGED };

/* Moves all samples one word further. RAGGED: they do not have the same number of words. */
static enum step side_next(struct side *s)
{
	size_t ended = 0;
	for (size_t i = 0; i < s->n; i++)
		ended += !next_word(&s->words[i]);
	return !ended ? STEP_WORD : ended == s->n ? STEP_END : STEP_RAGGED;
}

static bool word_is_steady(const struct side *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (!same_word(&s->words[0], &s->words[i]))
			return false;
	return true;
}

static bool has_steady_length(struct side s)
{
	enum step step;
	do
		step = side_next(&s);
	while (step == STEP_WORD);
	return step == STEP_END;
}

static enum verify_answer_verdict differs_at(const struct side *a, const struct side *b,
					     struct verify_answer_place *place)
{
	if (place)
		*place = (struct verify_answer_place){a->words[0].at, b->words[0].at};
	return VERIFY_ANSWER_DIFFERS;
}

static enum verify_answer_verdict compare_words(struct side *a, struct side *b, struct verify_answer_place *place)
{
	for (;;) {
		enum step x = side_next(a), y = side_next(b);
		if (x == STEP_END && y == STEP_END)
			return VERIFY_ANSWER_VOLATILE;
		if (x != y || (word_is_steady(a) && word_is_steady(b) && !same_word(&a->words[0], &b->words[0])))
			return differs_at(a, b, place);
	}
}

static void first_byte(const struct side *a, const struct side *b, struct verify_answer_place *place)
{
	const struct buf *x = &a->answers[0]->head, *y = &b->answers[0]->head;
	size_t i = 0;
	while (i < x->len && i < y->len && x->data[i] == y->data[i])
		i++;
	if (place)
		*place = (struct verify_answer_place){i, i};
}

enum verify_answer_verdict verify_answer_compare(const struct exercise_answer *const *original, size_t n_original,
						 const struct exercise_answer *const *slim, size_t n_slim,
						 struct verify_answer_place *place)
{
	struct side a, b;
	if (is_same(original[0], slim[0]))
		return VERIFY_ANSWER_EQUAL;
	side_init(&a, original, n_original);
	side_init(&b, slim, n_slim);
	bool lost = slim[0]->bytes == 0;
	for (size_t i = 0; i < a.n; i++)
		lost &= original[i]->bytes > 0;
	if (lost || (!a.varies && !b.varies)) {
		first_byte(&a, &b, place);
		return VERIFY_ANSWER_DIFFERS;
	}
	if (!a.whole || !b.whole || !has_steady_length(a) || !has_steady_length(b))
		return VERIFY_ANSWER_VOLATILE;
	return compare_words(&a, &b, place);
}

void verify_answer_excerpt(const struct exercise_answer *a, size_t offset, struct buf *out)
{
	const char *data = a->head.data;
	size_t n = a->head.len, at = offset < n ? offset : n;
	while (at > 0 && data[at - 1] != '\n')
		at--;
	if (offset - at > EXCERPT_LINE / 2) /* deep in a long line */
		at = offset - EXCERPT_LINE / 2;
	for (unsigned i = 0; i < EXCERPT_LINES && at < n; i++) {
		const char *end = memchr(data + at, '\n', n - at);
		size_t len = end ? (size_t)(end - data) - at : n - at;
		if (i)
			buf_char(out, '\n');
		buf_append(out, data + at, len < EXCERPT_LINE ? len : EXCERPT_LINE);
		at += len + 1;
	}
}
