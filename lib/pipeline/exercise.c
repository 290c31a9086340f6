#include "pipeline/exercise.h"

void exercise_log_add(struct exercise_log *log, const struct exercise_step *step)
{
	log->steps = mem_grow(log->steps, log->count, &log->cap, sizeof(*log->steps));
	log->steps[log->count++] = *step;
}

void exercise_log_done(struct exercise_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		free(log->steps[i].kind);
		free(log->steps[i].what);
		free(log->steps[i].error);
	}
	free(log->steps);
	*log = (struct exercise_log){0};
}
