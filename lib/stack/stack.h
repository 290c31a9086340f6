/* stack/stack.h - the services that run beside a recorded container: their network, volumes, order and end.
 * For each run of the target, all of them are started anew, on empty volumes, and stopped afterwards.
 * Lifetime: _new once the images are there; _use for the options of the target's runs; _free after the last run. */
#pragma once

#include "stack/options.h"

struct stack;
/* options is borrowed until _free. */
int stack_new(const struct stack_options *options, struct stack **out, struct err *err) MUST_CHECK;
/* Makes a run of the target one within the stack. Afterwards target borrows from s. */
int stack_use(struct stack *s, struct run_options *target, struct err *err) MUST_CHECK;
void stack_free(struct stack *s);
