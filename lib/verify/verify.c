#include "verify/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "run/output/container_log.h"
#include "text/path.h"
#include "verify/compare.h"
#include "verify/heal.h"
#include "verify/likely.h"

/* The most runs of each image, the first one included. Take a value that is one of two at random. It is steady in each
 * image, but not the same, in 1 of 16 comparisons with 3 and 2 runs, and in 1 of 16384 with 9 and 6. */
struct repetitions {
	size_t original, slim;
};
static const struct repetitions usual = {3, 2}, last = {9, 6}; /* last: before the image is refused */
#define MAX_ORIGINAL 9
#define MAX_SLIM 6
#define SAID_MAX (1u << 20)

struct verification {
	struct run_site *site;
	const struct verify_original *original;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct notes *notes;
	int log_fd;
	/* Repetitions; each but the first slim one has only the runs that differed. */
	struct verify_runs again[MAX_ORIGINAL - 1]; /* of the original, after the first, which is the original's runs */
	struct verify_runs slim[MAX_SLIM];          /* of the image of this round */
	bool *differs;                              /* of each run */
	struct verify_target image;
	unsigned round;
};

static void end_round(struct verification *v)
{
	for (size_t i = 0; i < MAX_SLIM; i++)
		verify_runs_done(&v->slim[i]);
	v->options->close(v->options->ctx);
}

/* which: NULL = all runs. */
static int run_slim(struct verification *v, const bool *which, struct verify_runs *out, struct err *err)
{
	struct run_image image = v->image.image;
	if (v->options->config)
		image.config = v->options->config;
	if (ftruncate(v->log_fd, 0) < 0)
		return err_sys(err, errno, "file-write", "empty the log");
	int r = verify_runs_repeat(v->site, &image, v->original->runs, which, v->log_fd, out, err);
	v->verdict->log.len = 0;
	run_log_tail(v->log_fd, LIMIT_LOG_TAIL, &v->verdict->log);
	return r;
}

/* The runs that the others are held against, where nothing was run before. A failing one is an error. */
static int run_original_first(struct verification *v, struct notes *notes, struct err *err)
{
	CLEANUP_VERIFY_RUNS struct verify_runs first = {0};
	int r = verify_runs_record(v->site, &v->original->image, &first, notes, err);
	*v->original->runs = first.runs;
	first.runs = (struct run_results){0};
	return r < 0 ? err_wrap(err, "run of the original") : 0;
}

/* Of the first round; the others are run alike. */
static void note_ignored_stop(const struct verification *v)
{
	const struct run_results *first = v->original->runs, *now = &v->slim[0].runs;
	for (size_t i = 0; v->round == 1 && i < first->count && i < now->count; i++)
		if (first->items[i].ignored_stop && now->items[i].ignored_stop)
			notes_add(v->notes, "stop-signal-ignored",
				  "the run `%s` ignored its stop signal, so that slim killed it. The proof sent the "
				  "signal, too, and killed the slim container as soon as that rested, without the same "
				  "wait",
				  first->items[i].command ? first->items[i].command : "");
}

/* ---- the first oracle ---- */

static void add_repetitions(struct verify_compare_side *side, const struct verify_runs *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (runs[i].runs.count)
			side->runs[side->count++] = runs[i].runs.items;
}

static void compare(struct verification *v)
{
	struct verify_compare_side original = {.runs = {v->original->runs->items}, .count = 1}, slim = {.count = 0};
	add_repetitions(&original, v->again, MAX_ORIGINAL - 1);
	add_repetitions(&slim, v->slim, MAX_SLIM);
	bool by_hand = v->site->options.until == RUN_UNTIL_FD;
	verify_verdict_forget(v->verdict);
	verify_compare(&original, &slim, v->slim[0].runs.count, by_hand, v->differs, v->verdict);
}

/* The number of repetitions, of n, that every differing run has. */
static size_t depth(const struct verification *v, const struct verify_runs *runs, size_t n)
{
	size_t least = n;
	for (size_t k = 0; k < v->original->runs->count; k++) {
		size_t i = 0;
		while (i < n && k < runs[i].runs.count && !runs[i].runs.items[k].skipped)
			i++;
		if (v->differs[k] && i < least)
			least = i;
	}
	return least;
}

static int repeat(struct verification *v, const struct repetitions *most, size_t n_again, size_t n_slim,
		  struct err *err)
{
	const bool of_original = n_slim == most->slim || (n_again < most->original - 1 && n_again < n_slim);
	int r = progress_step(v->site->progress, "repeat", ++v->verdict->repeats, 0, "repetition", err);
	if (r < 0)
		return r;
	if (of_original)
		return verify_runs_repeat(v->site, &v->original->image, v->original->runs, v->differs, v->log_fd,
					  &v->again[n_again], err);
	return run_slim(v, v->differs, &v->slim[n_slim], err);
}

/* Repeats the runs that differ, which may explain a difference as a whim of either image. */
static int compare_until_sure(struct verification *v, const struct repetitions *most, struct err *err)
{
	int r = 0;
	compare(v);
	while (r == 0 && v->verdict->n_differences) {
		size_t n_again = depth(v, v->again, most->original - 1), n_slim = depth(v, v->slim, most->slim);
		if (n_again == most->original - 1 && n_slim == most->slim)
			break;
		r = repeat(v, most, n_again, n_slim, err);
		if (r == 0)
			compare(v);
	}
	return r;
}

/* ---- the second oracle ---- */

/* What the slim image printed and answered. */
static void what_it_said(const struct verification *v, struct buf *out)
{
	run_log_tail(v->log_fd, SAID_MAX, out);
	for (size_t i = 0; i < v->verdict->n_differences; i++) {
		buf_char(out, '\n');
		buf_str(out, v->verdict->differences[i].got);
	}
}

static void tell_lookups(struct verification *v, struct verify_heal_lookups *l)
{
	CLEANUP_BUF struct buf said = {0};
	what_it_said(v, &said);
	verify_likely_sort(l, &said);
	for (size_t i = 0; i < l->count; i++) {
		if (verify_heal_is_left_out(v->options->keep, l->items[i].node))
			strlist_add(&v->verdict->left_out, l->items[i].path);
		else
			verify_lookup_add(v->verdict, l->items[i].path, l->items[i].program);
	}
}

/* Python looks for its compiled files, and does without. */
static bool is_compiled_python(const char *path)
{
	return path_ends_with(path, ".pyc") || path_ends_with(path, "/__pycache__");
}

static bool misses_nothing(const struct verify_verdict *v)
{
	for (size_t i = 0; i < v->n_lookups; i++)
		if (!is_compiled_python(v->lookups[i].path))
			return false;
	return true;
}

/* ---- rounds ---- */

static bool may_heal(const struct verification *v)
{
	return v->options->keep && v->round <= v->options->heal;
}

static uint32_t heal_listed(struct verification *v, const struct verify_heal_case *c)
{
	CLEANUP_BUF struct buf said = {0};
	what_it_said(v, &said);
	return verify_heal_keep_listed(v->options->keep, c, &said, v->round, v->verdict);
}

static void judge(struct verification *v, struct verify_heal_lookups *lookups)
{
	tell_lookups(v, lookups);
	v->verdict->equal = !v->verdict->n_differences && misses_nothing(v->verdict);
}

/* Whether more repetitions may show that it only differs by chance: each step was answered, and nothing is missing. */
static bool may_be_chance(const struct verify_verdict *v)
{
	for (size_t i = 0; i < v->n_differences; i++) {
		const struct verify_verdict_difference *d = &v->differences[i];
		if (strcmp(d->what, "failure") == 0 || strcmp(d->what, "done") == 0 || strcmp(d->got, "no answer") == 0)
			return false;
	}
	return misses_nothing(v);
}

/* One image, run and judged. *again: it was healed, and there is to be another. */
static int do_round(struct verification *v, bool *again, struct err *err)
{
	CLEANUP_HEAL_CASE struct verify_heal_case c = {0};
	CLEANUP_HEAL_LOOKUPS struct verify_heal_lookups lookups = {0};
	int r = v->options->open(v->options->ctx, v->round, &v->image, err);
	if (r < 0)
		return err_wrap(err, "slim image");
	v->verdict->rounds = v->round;
	if ((r = run_slim(v, NULL, &v->slim[0], err)) < 0)
		return r;
	note_ignored_stop(v);
	if ((r = verify_heal_case_init(&c, v->original->evidence, v->image.index, &v->slim[0].trace, err)) < 0)
		return r;
	verify_heal_lookups_find(&c, &lookups);
	*again = may_heal(v) && verify_heal_keep_lookups(v->options->keep, &lookups, v->round, v->verdict) > 0;
	if (*again || (r = compare_until_sure(v, &usual, err)) < 0)
		return r;
	judge(v, &lookups);
	*again = !v->verdict->equal && may_heal(v) && heal_listed(v, &c) > 0;
	if (*again || v->verdict->equal || !may_be_chance(v->verdict))
		return 0;
	if ((r = compare_until_sure(v, &last, err)) < 0)
		return r;
	judge(v, &lookups);
	return 0;
}

static int differs(const struct verify_verdict *v, struct err *err)
{
	if (v->n_differences)
		return err_set(err, ERR_DIFFERS, "result-differs",
			       "the slim image does not do what the original does: %s, %s", v->differences[0].where,
			       v->differences[0].what);
	return err_set(err, ERR_DIFFERS, "result-lacks-files", "the slim image lacks what it looks for: %s",
		       v->lookups[0].path);
}

int verify_slim(struct run_site *site, const struct verify_original *original, const struct verify_options *o,
		int log_fd, struct verify_verdict *out, struct notes *notes, struct err *err)
{
	struct verification v = {
	    .site = site, .original = original, .options = o, .verdict = out, .notes = notes, .log_fd = log_fd};
	int r = original->runs->count ? 0 : run_original_first(&v, notes, err);
	bool again = true;
	v.differs = mem_calloc(original->runs->count, sizeof(*v.differs));
	while (r == 0 && again) {
		v.round++;
		CLEANUP_FREE char *label = mem_printf("round %u", v.round);
		const size_t step = timings_enter(progress_timings(site->progress), label, NULL);
		r = progress_step(site->progress, "verify", v.round, 0, "round", err);
		if (r == 0)
			r = do_round(&v, &again, err);
		end_round(&v);
		timings_end(progress_timings(site->progress), step);
	}
	for (size_t i = 0; i < MAX_ORIGINAL - 1; i++)
		verify_runs_done(&v.again[i]);
	free(v.differs);
	if (r < 0)
		return r;
	out->done = true;
	return out->equal ? 0 : differs(out, err);
}
