/* Spec: Docker's Healthcheck.Test: ["NONE"], ["CMD", argument...], ["CMD-SHELL", command]. */
#include "probe/healthcheck.h"

#include <string.h>

#include "base/clock.h"
#include "probe/command.h"

#define TRIES 7
#define FIRST_PAUSE_MS 50 /* then doubled: 3.15 s in all */

bool probe_healthcheck_argv(const struct probe_healthcheck_options *o, struct strlist *argv, struct buf *what)
{
	const struct strlist *test = o->test;
	if (test->count < 2)
		return false; /* "NONE", or inherited from nothing */
	if (strcmp(test->items[0], "CMD-SHELL") == 0) {
		if (o->shell)
			strlist_extend(argv, o->shell);
		if (!argv->count) {
			strlist_add(argv, "/bin/sh");
			strlist_add(argv, "-c");
		}
		strlist_add(argv, test->items[1]);
		buf_str(what, test->items[1]);
		return true;
	}
	if (strcmp(test->items[0], "CMD") != 0)
		return false; /* as Docker: an unknown form counts as no health check */
	for (size_t i = 1; i < test->count; i++) {
		strlist_add(argv, test->items[i]);
		buf_printf(what, "%s%s", i > 1 ? " " : "", test->items[i]);
	}
	return true;
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	CLEANUP_BUF struct buf what = {0};
	if (!probe_healthcheck_argv(ctx, &argv, &what))
		return 0;
	struct exercise_answer answer = {0};
	struct err failure;
	uint64_t began;
	int status, r;
	for (int try = 1;; try++) {
		failure = (struct err){0};
		status = -1;
		began = clock_ms();
		r = t->exec(t->exec_ctx, argv.items, &status, NULL, &failure);
		if ((r == 0 && status == 0) || r == -ERR_CANCELLED || try == TRIES)
			break;
		if (progress_wait(t->progress, FIRST_PAUSE_MS << (try - 1), NULL) < 0)
			break;
	}
	probe_command_log(log, EXERCISE_HEALTHCHECK, what.data, began, status, &answer, &failure);
	if (r == -ERR_CANCELLED) {
		if (err)
			*err = failure;
		return r;
	}
	return progress_check(t->progress, err);
}

void probe_healthcheck(const struct probe_healthcheck_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HEALTHCHECK), .run = run, .ctx = (void *)options};
}
