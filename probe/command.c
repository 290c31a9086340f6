#include "probe/command.h"

#include "base/clock.h"
#include "text/words.h"

void probe_command_log(struct exercise_log *log, enum exercise_kind kind, const char *what, uint64_t began, int status,
		       struct exercise_answer *answer, const struct err *failure)
{
	struct exercise_step step = {
	    .kind = kind,
	    .what = mem_strdup(what),
	    .status = failure->code ? -1 : status,
	    .ms = (uint32_t)(clock_ms() - began),
	    .answer = *answer,
	    .error = failure->code ? mem_strdup(failure->msg) : NULL,
	};
	*answer = (struct exercise_answer){0};
	exercise_log_add(log, &step);
}

int probe_command_run(const struct probe_command *c, const struct exercise_target *t, struct exercise_log *log,
		      struct err *err)
{
	CLEANUP_STRLIST struct strlist argv = {0};
	struct exercise_answer answer = {0};
	struct err failure = {0};
	int status = -1;
	uint64_t began = clock_ms();
	int r = words_command(c->text, c->shell, &argv, &failure);
	if (r == 0)
		r = progress_check(t->progress, &failure);
	if (r == 0)
		r = c->run(t, argv.items, &status, &answer, &failure);
	probe_command_log(log, c->kind, c->text, began, status, &answer, &failure);
	if (r == 0 && status == 0)
		return 0;
	if (r == 0)
		return err_set(err, ERR_UNPROVEN, "probe-command-failed", "`%s` exited with status %d", c->text,
			       status);
	err_wrap(&failure, "`%s`", c->text);
	if (err)
		*err = failure;
	return r;
}
