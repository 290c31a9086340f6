#include "verify/compare.h"

#include <stdio.h>
#include <string.h>

#include "verify/answer_diff.h"

_Static_assert(sizeof(((struct verify_compare_side *)0)->runs) / sizeof(void *) == VERIFY_ANSWER_SAMPLES,
	       "one sample per repetition");

struct comparison {
	struct verify_verdict *out;
	char *where;
	bool differs;
};

/* One kind of value in all repetitions of both sides, as texts. NULL is a value too. */
struct values {
	char *original[VERIFY_ANSWER_SAMPLES], *slim[VERIFY_ANSWER_SAMPLES];
	size_t n_original, n_slim;
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_steady(char *const *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!same_text(v[0], v[i]))
			return false;
	return true;
}

static void add_variable(struct comparison *c, const char *what)
{
	strlist_take(&c->out->variable, mem_printf("%s: %s", c->where, what));
}

static void add_difference(struct comparison *c, const char *what, const char *expected, const char *got)
{
	verify_difference_add(c->out, c->where, what, expected, got);
	c->differs = true;
}

/* Frees the values. Whether they are the same. */
static bool compare_values(struct comparison *c, const char *what, struct values *v)
{
	bool same = same_text(v->original[0], v->slim[0]);
	if (!same && is_steady(v->original, v->n_original) && is_steady(v->slim, v->n_slim))
		add_difference(c, what, v->original[0] ? v->original[0] : "none", v->slim[0] ? v->slim[0] : "none");
	else if (!same)
		add_variable(c, what);
	for (size_t i = 0; i < v->n_original; i++)
		free(v->original[i]);
	for (size_t i = 0; i < v->n_slim; i++)
		free(v->slim[i]);
	return same;
}

static void compare_answers(struct comparison *c, const char *what, const struct exercise_answer *const *original,
			    size_t n_original, const struct exercise_answer *const *slim, size_t n_slim)
{
	struct verify_answer_place place = {0};
	enum verify_answer_verdict verdict = verify_answer_compare(original, n_original, slim, n_slim, &place);
	if (verdict == VERIFY_ANSWER_EQUAL)
		return;
	if (verdict == VERIFY_ANSWER_VOLATILE) {
		add_variable(c, what);
		return;
	}
	CLEANUP_BUF struct buf expected = {0}, got = {0};
	verify_answer_excerpt(original[0], place.original, &expected);
	verify_answer_excerpt(slim[0], place.slim, &got);
	add_difference(c, what, expected.len ? expected.data : "", got.len ? got.data : "");
}

/* ---- steps ---- */

static bool same_step(const struct exercise_step *a, const struct exercise_step *b)
{
	return a->port == b->port && a->kind == b->kind && strcmp(a->what, b->what) == 0;
}

static size_t occurrence(const struct exercise_log *log, size_t i)
{
	size_t n = 0;
	for (size_t k = 0; k < i; k++)
		n += same_step(&log->steps[k], &log->steps[i]);
	return n;
}

static const struct exercise_step *find_step(const struct exercise_log *log, const struct exercise_step *like,
					     size_t nth)
{
	for (size_t i = 0; i < log->count; i++)
		if (same_step(&log->steps[i], like) && nth-- == 0)
			return &log->steps[i];
	return NULL;
}

struct steps {
	const struct exercise_step *items[VERIFY_ANSWER_SAMPLES];
	const struct exercise_answer *answers[VERIFY_ANSWER_SAMPLES];
	size_t count;
};

/* The step in each repetition that has it. */
static struct steps steps_of(const struct verify_compare_side *side, size_t run, const struct exercise_step *like,
			     size_t nth)
{
	struct steps s = {0};
	for (size_t t = 0; t < side->count; t++) {
		const struct exercise_step *found = find_step(&side->runs[t][run].steps, like, nth);
		if (!found)
			continue;
		s.answers[s.count] = &found->answer;
		s.items[s.count++] = found;
	}
	return s;
}

static char *status_value(const struct exercise_step *s)
{
	return s->status >= 0 ? mem_printf("%d", s->status) : mem_strdup("no answer");
}

static char *type_value(const struct exercise_step *s)
{
	return mem_strdup(s->answer.type);
}

static bool compare_field(struct comparison *c, const char *what, char *(*value)(const struct exercise_step *s),
			  const struct steps *original, const struct steps *slim)
{
	struct values v = {.n_original = original->count, .n_slim = slim->count};
	for (size_t i = 0; i < v.n_original; i++)
		v.original[i] = value(original->items[i]);
	for (size_t i = 0; i < v.n_slim; i++)
		v.slim[i] = value(slim->items[i]);
	return compare_values(c, what, &v);
}

/* slim_failed: the run ended early, so that a step may be absent for no reason of its own. */
static void compare_step(struct comparison *c, const struct verify_compare_side *original,
			 const struct verify_compare_side *slim, size_t run, size_t step, bool slim_failed)
{
	const struct exercise_log *log = &original->runs[0][run].steps;
	const struct exercise_step *s = &log->steps[step];
	size_t nth = occurrence(log, step);
	struct steps a = steps_of(original, run, s, nth), b = steps_of(slim, run, s, nth);
	if (a.count < original->count || (b.count && b.count < slim->count)) {
		add_variable(c, "whether it is there");
		return;
	}
	if (!b.count) {
		c->differs = true;
		if (!slim_failed)
			add_difference(c, "done", "yes", "no");
		return;
	}
	if (!compare_field(c, "status", status_value, &a, &b)) {
		if (c->differs && b.items[0]->error)
			add_difference(c, "error", a.items[0]->error ? a.items[0]->error : "none", b.items[0]->error);
		if (c->differs && b.answers[0]->digest[0])
			compare_answers(c, "answer", a.answers, a.count, b.answers, b.count);
		return;
	}
	(void)compare_field(c, "content type", type_value, &a, &b);
	if (a.answers[0]->digest[0] || b.answers[0]->digest[0])
		compare_answers(c, "answer", a.answers, a.count, b.answers, b.count);
}

static char *step_name(const struct exercise_step *s)
{
	if (s->port)
		return mem_printf("%s on port %u", s->what, s->port);
	return mem_printf("%s `%s`", exercise_kind_name(s->kind), s->what);
}

/* ---- runs ---- */

/* The repetitions in which the run came to its end; if there is none, all in which it was run. *n_run: how
 * many those are; may be NULL. */
static struct verify_compare_side sound_runs(const struct verify_compare_side *side, size_t run, size_t *n_run)
{
	struct verify_compare_side sound = {0}, any = {0};
	for (size_t t = 0; t < side->count; t++) {
		if (side->runs[t][run].skipped)
			continue;
		any.runs[any.count++] = side->runs[t];
		if (!side->runs[t][run].failure)
			sound.runs[sound.count++] = side->runs[t];
	}
	if (n_run)
		*n_run = any.count;
	return sound.count ? sound : any;
}

/* A kill of slim's own tells nothing of the program but that it had to be killed. */
static char *end_value(const struct run_result *run)
{
	return run->end == RUN_END_KILLED ? mem_strdup("killed by slim") : mem_printf("%d", run->status);
}

static void compare_end(struct comparison *c, const struct verify_compare_side *original,
			const struct verify_compare_side *slim, size_t run)
{
	struct values v = {.n_original = original->count, .n_slim = slim->count};
	const struct exercise_answer *a[VERIFY_ANSWER_SAMPLES], *b[VERIFY_ANSWER_SAMPLES];
	for (size_t i = 0; i < v.n_original; i++) {
		v.original[i] = end_value(&original->runs[i][run]);
		a[i] = &original->runs[i][run].output;
	}
	for (size_t i = 0; i < v.n_slim; i++) {
		v.slim[i] = end_value(&slim->runs[i][run]);
		b[i] = &slim->runs[i][run].output;
	}
	(void)compare_values(c, "exit status", &v);
	if (a[0]->digest[0] || b[0]->digest[0])
		compare_answers(c, "output", a, v.n_original, b, v.n_slim);
}

/* Whether it differs. */
static bool compare_run(const struct verify_compare_side *original, const struct verify_compare_side *slim, size_t run,
			bool by_hand, struct verify_verdict *out)
{
	size_t n_slim;
	const struct verify_compare_side a = sound_runs(original, run, NULL), b = sound_runs(slim, run, &n_slim);
	const struct run_result *first = &a.runs[0][run];
	CLEANUP_FREE char *name = mem_printf("the run `%s`", first->command ? first->command : "");
	struct comparison c = {.out = out, .where = name};
	const char *expected = first->failure, *failure = b.runs[0][run].failure;
	if (!same_text(expected, failure))
		add_difference(&c, "failure", expected ? expected : "none", failure ? failure : "none");
	else if (b.count < n_slim)
		add_variable(&c, "whether it runs");
	if (!failure && !expected && !by_hand)
		compare_end(&c, &a, &b, run);
	out->equal_runs += !c.differs;
	bool differs = c.differs;
	for (size_t i = 0; i < first->steps.count; i++) {
		CLEANUP_FREE char *where = step_name(&first->steps.steps[i]);
		struct comparison step = {.out = out, .where = where};
		compare_step(&step, &a, &b, run, i, failure != NULL);
		out->equal_steps += !step.differs;
		differs |= step.differs;
	}
	return differs;
}

void verify_compare(const struct verify_compare_side *original, const struct verify_compare_side *slim, size_t n_runs,
		    bool by_hand, bool *differs, struct verify_verdict *out)
{
	for (size_t i = 0; i < n_runs; i++)
		differs[i] = compare_run(original, slim, i, by_hand, out);
}
