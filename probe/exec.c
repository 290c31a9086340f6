#include "probe/probe.h"

#include "probe/command.h"

static int run_argv(const struct exercise_target *t, char *const *argv, int *status, struct exercise_answer *answer,
		    struct err *err)
{
	return t->exec(t->exec_ctx, argv, status, answer, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_command c = {.kind = EXERCISE_EXEC, .text = ctx, .shell = "/bin/sh", .run = run_argv};
	return probe_command_run(&c, t, log, err);
}

void probe_exec(const char *command, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_EXEC), .run = run, .ctx = (void *)command};
}
