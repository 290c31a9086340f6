/* base/notes.h - sentences for the user, in the order in which they came up. They are part of the result, not of a log.
 * All zero is an empty list. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

struct notes {
	struct strlist list;
};

void notes_add(struct notes *n, const char *fmt, ...) PRINTF_LIKE(2, 3);
void notes_done(struct notes *n);
