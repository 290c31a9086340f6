#include "run/expectation.h"

static int expected_status(const struct run_expectation *e, size_t nth)
{
	if (!e->n_statuses || nth == SIZE_MAX)
		return 0;
	return e->statuses[e->n_statuses == 1 || nth >= e->n_statuses ? 0 : nth];
}

int run_expectation_end(const struct run_expectation *e, const struct run_result *run, size_t nth, struct err *err)
{
	int want = expected_status(e, nth);
	if (run->end != RUN_END_ITSELF || run->status == want)
		return 0;
	int r = err_set(err, ERR_UNPROVEN, "run-status-unexpected",
			"the run `%s` ended with status %d instead of %d; if that is right, use --run-status %d",
			run->command ? run->command : "", run->status, want, run->status);
	if (run->limit_hit)
		err_wrap(err, "%s", run->limit_hit);
	return r;
}

int run_expectation_steps(const struct run_result *run, struct err *err)
{
	const struct exercise_step *first = NULL;
	size_t n = 0;
	for (size_t i = 0; i < run->steps.count; i++) {
		const struct exercise_step *s = &run->steps.steps[i];
		n += s->unexpected != NULL;
		if (s->unexpected && !first)
			first = s;
	}
	if (!first)
		return 0;
	CLEANUP_FREE char *where = first->port ? mem_printf(" on port %u", first->port) : mem_strdup("");
	int r = err_set(err, ERR_UNPROVEN, "answer-unexpected", "%s%s: %s", first->what, where, first->unexpected);
	return n == 1 ? r
		      : err_wrap(err, "%zu of %zu steps did not come out as expected, the first", n, run->steps.count);
}

static const struct exercise_step *next_http(const struct exercise_log *log, size_t *i)
{
	while (*i < log->count && log->steps[*i].kind != EXERCISE_HTTP)
		++*i;
	return *i < log->count ? &log->steps[(*i)++] : NULL;
}

static bool is_refused(const struct run_expectation *e, int status)
{
	return (e->http_no_4xx && status >= 400 && status < 500) || (e->http_no_5xx && status >= 500);
}

/* Of a request for what is not there, or that cannot be done. */
static bool is_wanted_error(int status)
{
	return (status >= 400 && status < 500) || status == 501;
}

int run_expectation_http(const struct run_expectation *e, const struct run_result *run, struct err *err)
{
	const struct exercise_step *s, *last = NULL, *answered = NULL;
	bool good = false;
	for (size_t i = 0; (s = next_http(&run->steps, &i)); last = s) {
		if (s->status < 0 || (s->wish == EXERCISE_WISH_ERROR && is_wanted_error(s->status)) ||
		    (s->wish == EXERCISE_WISH_GUESS && s->status >= 400))
			continue;
		if (s->wish != EXERCISE_WISH_MET && is_refused(e, s->status))
			return err_set(err, ERR_UNPROVEN, "http-status-refused",
				       "%s on port %u was answered with status %d", s->what, s->port, s->status);
		if (s->wish == EXERCISE_WISH_ERROR)
			continue; /* however it was answered, it says nothing of what the service is for */
		answered = s;
		good |= s->wish == EXERCISE_WISH_MET || !e->http_below || s->status < e->http_below;
	}
	if (last ? e->http_answered && !answered : e->http_sent)
		return err_set(err, ERR_UNPROVEN, "http-unanswered", "no HTTP request was answered: %s",
			       !last         ? "there was no port to send one to"
			       : last->error ? last->error
					     : "no answer");
	if (answered && !good)
		return err_set(err, ERR_UNPROVEN, "http-only-errors",
			       "HTTP requests were answered with errors only: %s on port %u with status %d",
			       answered->what, answered->port, answered->status);
	return 0;
}
