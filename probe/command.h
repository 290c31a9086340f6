/* probe/command.h - runs a command as an exercise, and logs its step or its failure. */
#pragma once

#include "base/strlist.h"
#include "exercise/exercise.h"

struct probe_command {
	enum exercise_kind kind; /* of the step, and of the messages */
	const char *text;        /* see words_command */
	const char *shell;       /* for text that is not a JSON array */
	/* answer: stays all zero if the output is not captured */
	int (*run)(const struct exercise_target *t, char *const *argv, int *status, struct exercise_answer *answer,
		   struct err *err);
};

/* Run it once; adds one step. An exit status other than 0 is ERR_PROTO. */
int probe_command_run(const struct probe_command *c, const struct exercise_target *t, struct exercise_log *log,
		      struct err *err) MUST_CHECK;

/* Add the step of a command that was started at began (clock_ms): its status, or failure if it has
 * none (failure->code is then set). Takes answer over. */
void probe_command_log(struct exercise_log *log, enum exercise_kind kind, const char *what, uint64_t began, int status,
		       struct exercise_answer *answer, const struct err *failure);
