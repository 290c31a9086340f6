/* cmd/explore/canvas/layout.h - which rows of the screen show what. A low screen has fewer of them, so that the list
 * has room.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define EXPLORE_LEAST_COLUMNS 30
#define EXPLORE_LEAST_ROWS 6
#define EXPLORE_TEXT_TOP 2

struct explore_layout {
	bool fits;      /* false: the terminal is too small, and nothing else is set */
	size_t columns; /* 0: the title, 1: where the user is; then the row with the names of the columns; 0 = it has no
			   room */
	size_t top;     /* first row of the list */
	size_t list;    /* rows of it */
	size_t details; /* first row of what is known of the entry under the cursor */
	size_t n_details;
	size_t text; /* rows of a page of text, from EXPLORE_TEXT_TOP on */
	size_t foot; /* keys, a prompt or a message */
};

struct explore_layout explore_layout(size_t columns, size_t rows);
