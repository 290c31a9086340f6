/* stack/start.h - starts the services of a stack in their order, and ends them. Private to lib/stack/. */
#pragma once

#include "stack/state.h"

/* Of struct run_around; ctx: the node of the target. */
int stack_start_begin(void *ctx, bool again, const struct progress *progress, struct err *err) MUST_CHECK;
int stack_start_end(void *ctx, struct err *err);
/* While the target runs: starts every service that depends on it and whose other conditions are met, but those that
 * drive it. 1 = all of them run and are healthy; 0 = something is waited for. Call it and stack_start_driver in
 * s->outside.
 */
int stack_start_after(struct stack *s, struct err *err) MUST_CHECK;
/* Starts one that drives the target, once what it depends on is as it wants. 1 = it runs; 0 = something is waited for.
 */
int stack_start_driver(struct stack *s, struct stack_node *n, struct err *err) MUST_CHECK;
/* Waits until the state of a service changes. ERR_CANCELLED if progress says so. */
int stack_start_await(struct stack *s, const struct progress *progress, struct err *err) MUST_CHECK;
