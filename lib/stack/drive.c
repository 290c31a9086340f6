#include "stack/drive.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stack/start.h"

/* What is done in the network of this machine: the exercises are in the target's. */
struct call {
	struct stack *stack;
	struct stack_node *node; /* NULL = all that depend on the target */
	struct err *err;
};

static int start_outside(void *arg)
{
	const struct call *c = arg;
	return c->node ? stack_start_driver(c->stack, c->node, c->err) : stack_start_after(c->stack, c->err);
}

static int start(struct stack *s, struct stack_node *n, struct err *err)
{
	struct call c = {s, n, err};
	return run_host_thread_call(s->outside, start_outside, &c);
}

/* ---- services that depend on the target ---- */

static int run_after(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	struct stack *s = ctx;
	int r;
	(void)log;
	while ((r = start(s, NULL, err)) == 0)
		if ((r = stack_start_await(s, t->progress, err)) < 0)
			return r;
	return r < 0 ? r : 0;
}

/* ---- services that drive the target ---- */

static void log_step(struct exercise_log *log, const struct stack_node *n, uint64_t began, int status)
{
	const struct exercise_step step = {
	    .kind = EXERCISE_HOST_EXEC,
	    .what = mem_printf("service %s", n->service->name),
	    .status = status,
	    .ms = (uint32_t)(clock_ms() - began),
	};
	exercise_log_add(log, &step);
}

static int run_driver(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	struct stack_node *n = ctx;
	struct stack *s = n->stack;
	const uint64_t began = clock_ms();
	int r;
	while ((r = start(s, n, err)) == 0)
		if ((r = stack_start_await(s, t->progress, err)) < 0)
			return r;
	r = r < 0 ? r : 0;
	while (r == 0 && stack_dependency_state(n->running) != STACK_ENDED)
		r = stack_start_await(s, t->progress, err);
	if (r == 0)
		r = stack_dependency_meets(n->running, COMPOSE_COMPLETED, err);
	if (r == 1 || r == -ERR_UNPROVEN)
		log_step(log, n, began, stack_dependency_status(n->running));
	return r < 0 ? r : 0;
}

/* ---- their place ---- */

static bool has_after(const struct stack *s)
{
	for (size_t i = 1; i < s->n_nodes; i++)
		for (size_t d = 0; !s->nodes[i].drives && d < s->nodes[i].service->n_dependencies; d++)
			if (strcmp(s->nodes[i].service->dependencies[d].service, s->nodes[0].service->name) == 0)
				return true;
	return false;
}

void stack_drive_use(struct stack *s, struct run_options *o)
{
	size_t n = 0;
	s->exercises = mem_calloc(o->n_exercises + s->n_nodes + 1, sizeof(*s->exercises));
	/* the target is ready before anybody depends on it */
	while (n < o->n_exercises && o->exercises[n].is_readiness) {
		s->exercises[n] = o->exercises[n];
		n++;
	}
	const size_t first = n;
	if (has_after(s))
		s->exercises[n++] = (struct exercise){.name = "services", .run = run_after, .ctx = s};
	for (size_t i = first; i < o->n_exercises; i++)
		s->exercises[n++] = o->exercises[i];
	for (size_t i = 1; i < s->n_nodes; i++)
		if (s->nodes[i].drives)
			s->exercises[n++] =
			    (struct exercise){.name = "service", .run = run_driver, .ctx = &s->nodes[i]};
	o->exercises = s->exercises;
	o->n_exercises = n;
}
