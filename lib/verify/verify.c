#include "verify/verify.h"

#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "run/container_log.h"
#include "verify/compare.h"
#include "verify/heal.h"
#include "verify/likely.h"

#define MAX_REPEATS 3 /* of each image, at most */
#define SAID_MAX (1u << 20)

struct verification {
	struct run_site *site;
	const struct verify_original *original;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	int log_fd;
	struct verify_runs again[MAX_REPEATS - 1]; /* of the original, after the first, which is the original's runs */
	struct verify_runs slim[MAX_REPEATS];      /* of the image of this round */
	size_t n_again, n_slim;
	struct verify_target image;
	unsigned round;
};

static void end_round(struct verification *v)
{
	for (; v->n_slim > 0; v->n_slim--)
		verify_runs_done(&v->slim[v->n_slim - 1]);
	v->options->close(v->options->ctx);
}

static int run_slim(struct verification *v, struct err *err)
{
	struct run_image image = v->image.image;
	if (v->options->config)
		image.config = v->options->config;
	if (ftruncate(v->log_fd, 0) < 0)
		return err_sys(err, errno, "file-write", "empty the log");
	int r = verify_runs_repeat(v->site, &image, v->original->runs, v->log_fd, &v->slim[v->n_slim++], err);
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

static int run_original_again(struct verification *v, struct err *err)
{
	v->verdict->repeats++;
	return verify_runs_repeat(v->site, &v->original->image, v->original->runs, v->log_fd, &v->again[v->n_again++],
				  err);
}

/* ---- the first oracle ---- */

static void compare(struct verification *v)
{
	struct verify_compare_side original = {.runs = {v->original->runs->items}, .count = 1}, slim = {.count = 0};
	for (size_t i = 0; i < v->n_again; i++)
		original.runs[original.count++] = v->again[i].runs.items;
	for (size_t i = 0; i < v->n_slim; i++)
		slim.runs[slim.count++] = v->slim[i].runs.items;
	bool by_hand = v->site->options.until == RUN_UNTIL_FD;
	verify_verdict_forget(v->verdict);
	verify_compare(&original, &slim, v->slim[0].runs.count, by_hand, v->verdict);
}

/* Repeats whatever may explain a difference as a whim of either image. */
static int compare_until_sure(struct verification *v, struct err *err)
{
	int r = 0;
	compare(v);
	while (r == 0 && v->verdict->n_differences && (v->n_again < MAX_REPEATS - 1 || v->n_slim < 2)) {
		if (v->n_again == 0 || (v->n_slim >= 2 && v->n_again < MAX_REPEATS - 1)) {
			r = run_original_again(v, err);
		} else {
			v->verdict->repeats++;
			r = run_slim(v, err);
		}
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

/* One image, run and judged. *again: it was healed, and there is to be another. */
static int do_round(struct verification *v, bool *again, struct err *err)
{
	CLEANUP_HEAL_CASE struct verify_heal_case c = {0};
	CLEANUP_HEAL_LOOKUPS struct verify_heal_lookups lookups = {0};
	int r = v->options->open(v->options->ctx, v->round, &v->image, err);
	if (r < 0)
		return err_wrap(err, "slim image");
	v->verdict->rounds = v->round;
	if ((r = run_slim(v, err)) < 0)
		return r;
	if ((r = verify_heal_case_init(&c, v->original->evidence, v->image.index, &v->slim[0].trace, err)) < 0)
		return r;
	verify_heal_lookups_find(&c, &lookups);
	*again = may_heal(v) && verify_heal_keep_lookups(v->options->keep, &lookups, v->round, v->verdict) > 0;
	if (*again || (r = compare_until_sure(v, err)) < 0)
		return r;
	tell_lookups(v, &lookups);
	v->verdict->equal = !v->verdict->n_differences && !v->verdict->n_lookups;
	*again = !v->verdict->equal && may_heal(v) && heal_listed(v, &c) > 0;
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
	struct verification v = {.site = site, .original = original, .options = o, .verdict = out, .log_fd = log_fd};
	int r = original->runs->count ? 0 : run_original_first(&v, notes, err);
	bool again = true;
	while (r == 0 && again) {
		v.round++;
		r = progress_step(site->progress, "verify", v.round, 0, "round", err);
		if (r == 0)
			r = do_round(&v, &again, err);
		end_round(&v);
	}
	for (size_t i = 0; i < v.n_again; i++)
		verify_runs_done(&v.again[i]);
	if (r < 0)
		return r;
	out->done = true;
	return out->equal ? 0 : differs(out, err);
}
