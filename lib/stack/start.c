#include "stack/start.h"

#include <string.h>
#include <sys/eventfd.h>

#include "base/mem.h"
#include "os/fd.h"

/* ---- the start ---- */

static struct stack_node *find(struct stack *s, const char *service)
{
	for (size_t i = 1; i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].service->name, service) == 0)
			return &s->nodes[i];
	return NULL; /* it was left out, or is the target */
}

/* Whether all that the node depends on is as it wants: 1, 0 = not yet. */
static int may_start(struct stack *s, const struct stack_node *n, struct err *err)
{
	for (size_t i = 0; i < n->service->n_dependencies; i++) {
		const struct compose_dependency *d = &n->service->dependencies[i];
		const struct stack_node *other = find(s, d->service);
		if (!other || (n->drives && other->drives)) /* drivers run one after another */
			continue;
		int r = other->running ? stack_dependency_meets(other->running, d->condition, err) : 0;
		if (r < 0 && d->optional)
			continue;
		if (r != 1)
			return r;
	}
	return 1;
}

static bool depends_on_target(const struct stack *s, const struct stack_node *n)
{
	for (size_t i = 0; i < n->service->n_dependencies; i++)
		if (strcmp(n->service->dependencies[i].service, s->nodes[0].service->name) == 0)
			return true;
	return false;
}

static int start(struct stack *s, struct stack_node *n, struct err *err)
{
	free(n->name);
	n->work.name = n->name = mem_printf("beside%u", s->n_runs);
	return stack_dependency_start(&n->work, &n->running, err);
}

static int start_if_met(struct stack *s, struct stack_node *n, struct err *err)
{
	int r = n->running || n->drives ? 0 : may_start(s, n, err);
	return r == 1 ? start(s, n, err) : r;
}

int stack_start_driver(struct stack *s, struct stack_node *n, struct err *err)
{
	int r = may_start(s, n, err);
	if (r != 1)
		return r;
	r = start(s, n, err);
	return r < 0 ? r : 1;
}

/* 1 = the target may start, 0 = something is waited for. */
static int start_before(struct stack *s, struct err *err)
{
	int r = 0;
	for (size_t i = 1; r == 0 && i < s->n_nodes; i++)
		if (!depends_on_target(s, &s->nodes[i]))
			r = start_if_met(s, &s->nodes[i], err);
	return r < 0 ? r : may_start(s, &s->nodes[0], err);
}

int stack_start_after(struct stack *s, struct err *err)
{
	int r = 0, all = 1;
	for (size_t i = 1; r == 0 && i < s->n_nodes; i++)
		r = start_if_met(s, &s->nodes[i], err);
	for (size_t i = 1; r == 0 && i < s->n_nodes; i++) {
		struct stack_node *n = &s->nodes[i];
		if (n->drives)
			continue;
		all &= n->running && stack_dependency_state(n->running) >= STACK_HEALTHY;
		if (n->running && stack_dependency_state(n->running) == STACK_ENDED)
			r = stack_dependency_meets(n->running, COMPOSE_STARTED, err) < 0 ? -ERR_UNPROVEN : 0;
	}
	return r < 0 ? r : all;
}

int stack_start_await(struct stack *s, const struct progress *progress, struct err *err)
{
	struct pollfd fds[2] = {{.fd = s->changed, .events = POLLIN},
				{.fd = progress ? progress->cancel_fd : -1, .events = POLLIN}};
	eventfd_t n;
	fd_poll(fds, 2, -1);
	(void)eventfd_read(s->changed, &n);
	return progress_check(progress, err);
}

int stack_start_begin(void *ctx, bool again, const struct progress *progress, struct err *err)
{
	struct stack_node *target = ctx;
	struct stack *s = target->stack;
	s->progress = progress;
	s->n_runs++;
	int r = again ? 0 : stack_volumes_clear(s->volumes, err);
	if (r == 0)
		r = run_host_thread_start(&s->outside, err);
	while (r == 0 && (r = start_before(s, err)) == 0)
		r = stack_start_await(s, s->progress, err);
	s->began = r == 1;
	return r < 0 ? r : 0;
}

/* ---- the end ---- */

static bool all_ended(struct stack *s)
{
	for (size_t i = 1; i < s->n_nodes; i++)
		if (s->nodes[i].running && stack_dependency_state(s->nodes[i].running) != STACK_ENDED)
			return false;
	return true;
}

static void each_running(struct stack *s, void (*fn)(struct stack_dependency *))
{
	for (size_t i = s->n_nodes; i-- > 1;)
		if (s->nodes[i].running)
			fn(s->nodes[i].running);
}

int stack_start_end(void *ctx, struct err *err)
{
	struct stack_node *target = ctx;
	struct stack *s = target->stack;
	int r = 0;
	run_host_thread_end(s->outside);
	s->outside = NULL;
	each_running(s, stack_dependency_stop);
	while (!all_ended(s))
		if (stack_start_await(s, s->progress, NULL) < 0) {
			each_running(s, stack_dependency_kill);
			break;
		}
	for (size_t i = s->n_nodes; i-- > 1;) {
		if (!s->nodes[i].running)
			continue;
		int joined = stack_dependency_join(s->nodes[i].running, r < 0 ? NULL : err);
		r = r < 0 ? r : joined;
		s->nodes[i].running = NULL;
	}
	return s->began ? r : 0; /* else its error was told already */
}
