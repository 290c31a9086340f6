/* base/notes.h - sentences for the user, in the order in which they came up. They are part of the result, not of a log.
 * All zero is an empty list. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct note {
	const char *id; /* static; what kind of note, as the id of an err */
	char *text;
};

struct notes {
	struct note *items;
	size_t count, cap;
};

/* id is borrowed for ever. */
void notes_add(struct notes *n, const char *id, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Appends all of from, but what is there already; from is empty afterwards. */
void notes_take(struct notes *n, struct notes *from);
/* Appends a copy. */
void notes_add_again(struct notes *n, const struct note *note);
void notes_done(struct notes *n);
#define CLEANUP_NOTES CLEANUP(notes_done)
