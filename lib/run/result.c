#include "run/result.h"

#include <stdlib.h>

struct run_result *run_results_add(struct run_results *r)
{
	r->items = mem_realloc(r->items, r->count + 1, sizeof(*r->items));
	struct run_result *new = &r->items[r->count++];
	*new = (struct run_result){0};
	return new;
}

void run_results_append(struct run_results *r, struct run_results *from)
{
	for (size_t i = 0; i < from->count; i++)
		*run_results_add(r) = from->items[i];
	free(from->items);
	*from = (struct run_results){0};
}

void run_results_done(struct run_results *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].command);
		exercise_log_done(&r->items[i].steps);
		exercise_answer_done(&r->items[i].output);
		free(r->items[i].limit_hit);
		free(r->items[i].ports_remark);
		free(r->items[i].failure);
	}
	free(r->items);
	*r = (struct run_results){0};
}
