#include "verify/compare.h"

#include <string.h>

#include "verify/answer_diff.h"
#include "verify/status.h"

_Static_assert(sizeof(((struct verify_compare_side *)0)->runs) / sizeof(void *) == VERIFY_ANSWER_SAMPLES,
	       "one sample per repetition");

struct comparison {
	struct verify_verdict *out;
	char *where;
	bool differs, incomparable;
};

/* The samples of a step, or of the end of a run, from the repetitions of one side. */
struct samples {
	struct verify_status statuses[VERIFY_ANSWER_SAMPLES];
	const struct exercise_answer *answers[VERIFY_ANSWER_SAMPLES];
	const char *errors[VERIFY_ANSWER_SAMPLES];     /* NULL = none */
	const char *unexpected[VERIFY_ANSWER_SAMPLES]; /* exercise_step.unexpected */
	size_t count;
};

static void add_sample(struct samples *s, const struct verify_status *status, const struct exercise_answer *answer,
		       const char *error, const char *unexpected)
{
	s->statuses[s->count] = *status;
	s->answers[s->count] = answer;
	s->errors[s->count] = error;
	s->unexpected[s->count++] = unexpected;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
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

/* ---- samples ---- */

static void add_status_difference(struct comparison *c, const char *what, const struct samples *original,
				  const struct samples *slim)
{
	CLEANUP_BUF struct buf expected = {0}, got = {0};
	size_t answered = 0, n = 0, other = 0;
	while (answered < original->count - 1 && original->statuses[answered].kind == VERIFY_STATUS_NONE)
		answered++;
	for (size_t i = 0; i < slim->count; i++)
		if (!verify_status_is_alike(&slim->statuses[i], &original->statuses[answered]) && n++ == 0)
			other = i;
	verify_status_text(&original->statuses[answered], &expected);
	verify_status_text(&slim->statuses[other], &got);
	if (n && n < slim->count)
		buf_printf(&got, " in %zu of %zu runs", n, slim->count);
	add_difference(c, what, expected.data, got.data);
}

static enum verify_status_verdict compare_statuses(struct comparison *c, const char *what,
						   const struct samples *original, const struct samples *slim)
{
	enum verify_status_verdict verdict =
	    verify_status_compare(original->statuses, original->count, slim->statuses, slim->count);
	if (verdict == VERIFY_STATUS_VOLATILE)
		add_variable(c, what);
	if (verdict == VERIFY_STATUS_DIFFERS)
		add_status_difference(c, what, original, slim);
	if (verdict == VERIFY_STATUS_INCOMPARABLE) {
		CLEANUP_BUF struct buf classes = {0};
		verify_status_classes(original->statuses, original->count, &classes);
		strlist_take(&c->out->incomparable, mem_printf("%s: %s (%s)", c->where, what, classes.data));
		c->incomparable = true;
	}
	return verdict;
}

/* Leaves of the slim image the samples with the status that all of the original have; others have other answers. False
 * if there is no such status or sample: all stay. */
static bool keep_steady_status(const struct samples *original, struct samples *slim)
{
	const struct verify_status *status = &original->statuses[0];
	struct samples kept = {.count = 0};
	for (size_t i = 1; i < original->count; i++)
		if (!verify_status_is_same(&original->statuses[i], status))
			return false;
	for (size_t i = 0; i < slim->count; i++)
		if (verify_status_is_same(&slim->statuses[i], status))
			add_sample(&kept, status, slim->answers[i], slim->errors[i], slim->unexpected[i]);
	if (!kept.count)
		return false;
	*slim = kept;
	return true;
}

static bool type_is_steady(const struct samples *s)
{
	for (size_t i = 1; i < s->count; i++)
		if (!same_text(s->answers[0]->type, s->answers[i]->type))
			return false;
	return true;
}

static void compare_types(struct comparison *c, const struct samples *original, const struct samples *slim)
{
	const char *expected = original->answers[0]->type, *got = slim->answers[0]->type;
	if (same_text(expected, got))
		return;
	if (type_is_steady(original) && type_is_steady(slim))
		add_difference(c, "content type", expected ? expected : "none", got ? got : "none");
	else
		add_variable(c, "content type");
}

static void compare_answers(struct comparison *c, const char *what, const struct samples *original,
			    const struct samples *slim)
{
	struct verify_answer_place place = {0};
	enum verify_answer_verdict verdict =
	    verify_answer_compare(original->answers, original->count, slim->answers, slim->count, &place);
	if (verdict == VERIFY_ANSWER_EQUAL)
		return;
	if (verdict == VERIFY_ANSWER_VOLATILE) {
		add_variable(c, what);
		return;
	}
	CLEANUP_BUF struct buf expected = {0}, got = {0};
	verify_answer_excerpt(original->answers[0], place.original, &expected);
	verify_answer_excerpt(slim->answers[0], place.slim, &got);
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

static struct verify_status step_status(const struct exercise_step *s)
{
	enum verify_status_kind kind = s->status < 0                       ? VERIFY_STATUS_NONE
				       : exercise_kind_is_command(s->kind) ? VERIFY_STATUS_EXIT
									   : VERIFY_STATUS_HTTP;
	return (struct verify_status){kind, s->status};
}

/* Of each repetition that has the step. */
static struct samples step_samples(const struct verify_compare_side *side, size_t run, const struct exercise_step *like,
				   size_t nth)
{
	struct samples samples = {.count = 0};
	for (size_t t = 0; t < side->count; t++) {
		const struct exercise_step *s = find_step(&side->runs[t][run].steps, like, nth);
		if (!s)
			continue;
		const struct verify_status status = step_status(s);
		add_sample(&samples, &status, &s->answer, s->error, s->unexpected);
	}
	return samples;
}

/* Names the statuses of both sides, which differ. */
static void explain_difference(struct comparison *c, const struct samples *original, const struct samples *slim)
{
	if (slim->errors[0])
		add_difference(c, "error", original->errors[0] ? original->errors[0] : "none", slim->errors[0]);
	if (slim->answers[0]->digest[0])
		compare_answers(c, "answer", original, slim);
}

static size_t count_unexpected(const struct samples *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->count; i++)
		n += s->unexpected[i] != NULL;
	return n;
}

/* Whether what the user expects is met, not why it is not: that may hold what varies. */
static void compare_expectations(struct comparison *c, const struct samples *original, const struct samples *slim)
{
	size_t expected = count_unexpected(original), got = count_unexpected(slim), i = 0;
	if (expected == original->count ? got == slim->count : !got && !expected)
		return;
	if (expected) {
		add_variable(c, "expectation");
		return;
	}
	while (!slim->unexpected[i])
		i++;
	add_difference(c, "expectation", "met", "not met");
	add_difference(c, "unexpected", "nothing", slim->unexpected[i]);
}

static void compare_samples(struct comparison *c, const struct samples *original, struct samples *slim)
{
	enum verify_status_verdict verdict = compare_statuses(c, "status", original, slim);
	if (verdict == VERIFY_STATUS_DIFFERS)
		explain_difference(c, original, slim);
	if (verdict == VERIFY_STATUS_DIFFERS || verdict == VERIFY_STATUS_INCOMPARABLE ||
	    (verdict == VERIFY_STATUS_VOLATILE && !keep_steady_status(original, slim)))
		return;
	compare_expectations(c, original, slim);
	compare_types(c, original, slim);
	if (original->answers[0]->digest[0] || slim->answers[0]->digest[0])
		compare_answers(c, "answer", original, slim);
}

/* slim_failed: the run ended early, so that a step may be absent for no reason of its own. */
static void compare_step(struct comparison *c, const struct verify_compare_side *original,
			 const struct verify_compare_side *slim, size_t run, size_t step, bool slim_failed)
{
	const struct exercise_log *log = &original->runs[0][run].steps;
	const struct exercise_step *s = &log->steps[step];
	size_t nth = occurrence(log, step);
	struct samples a = step_samples(original, run, s, nth), b = step_samples(slim, run, s, nth);
	if (a.count < original->count || (b.count && b.count < slim->count)) {
		add_variable(c, "whether it is there");
		return;
	}
	if (!b.count && slim->runs[0][run].steps.cut_short) {
		add_variable(c, "whether it is there");
		return;
	}
	if (!b.count) {
		c->differs = true;
		if (!slim_failed)
			add_difference(c, "done", "yes", "no");
		return;
	}
	compare_samples(c, &a, &b);
}

static char *step_name(const struct exercise_step *s)
{
	if (s->port)
		return mem_printf("%s on port %u", s->what, s->port);
	return mem_printf("%s `%s`", exercise_kind_name(s->kind), s->what);
}

/* ---- runs ---- */

/* The repetitions in which the run came to its end, or all in which it was run if it never did. *n_run: the number of
 * repetitions in which it was run; may be NULL. */
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

static struct samples end_samples(const struct verify_compare_side *side, size_t run)
{
	struct samples samples = {.count = 0};
	for (size_t t = 0; t < side->count; t++) {
		const struct run_result *r = &side->runs[t][run];
		const bool killed = r->end == RUN_END_KILLED;
		const struct verify_status status = {killed ? VERIFY_STATUS_KILLED : VERIFY_STATUS_EXIT, r->status};
		add_sample(&samples, &status, &r->output, NULL, NULL);
	}
	return samples;
}

static void compare_end(struct comparison *c, const struct verify_compare_side *original,
			const struct verify_compare_side *slim, size_t run)
{
	struct samples a = end_samples(original, run), b = end_samples(slim, run);
	(void)compare_statuses(c, "exit status", &a, &b);
	(void)keep_steady_status(&a, &b);
	if (a.answers[0]->digest[0] || b.answers[0]->digest[0])
		compare_answers(c, "output", &a, &b);
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
	out->equal_runs += !c.differs && !c.incomparable;
	bool differs = c.differs;
	for (size_t i = 0; i < first->steps.count; i++) {
		CLEANUP_FREE char *where = step_name(&first->steps.steps[i]);
		struct comparison step = {.out = out, .where = where};
		compare_step(&step, &a, &b, run, i, failure != NULL);
		out->equal_steps += !step.differs && !step.incomparable;
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
