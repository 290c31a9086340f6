/* cmd/explore/terminal/terminal.h - slim explore on a terminal, with ncurses: a loop that draws the state and reads
 * keys. */
#pragma once

#include "base/err.h"
#include "cmd/explore/model.h"

/* Shows the model until the user quits. The terminal is restored in any case. ERR_CANCELLED if a signal asks slim to
 * stop; cmd/interrupt.h has been called. */
int explore_terminal_run(const struct explore_model *m, struct err *err) MUST_CHECK;
