/* stack/drive.h - what the stack does while the target runs. Private to lib/stack/. */
#pragma once

#include "stack/state.h"

/* The exercises of the target's runs, with those of the stack: the services that depend on the target are started
 * before the first, and those that drive it run after the last. o->exercises is replaced; borrows from s. */
void stack_drive_use(struct stack *s, struct run_options *o);
