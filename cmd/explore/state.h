/* cmd/explore/state.h - where a user is in slim explore: the screen, the cursor, marks, a prompt. control.h changes it
 * with each key, draw.h shows it. Neither knows a terminal. */
#pragma once

#include <stdbool.h>

#include "base/strlist.h"
#include "cmd/explore/list.h"
#include "cmd/explore/marks.h"
#include "cmd/explore/model.h"
#include "cmd/explore/prompt.h"

enum explore_screen { EXPLORE_TREE, EXPLORE_LAYERS, EXPLORE_WHY, EXPLORE_HELP };
#define EXPLORE_SCREENS (EXPLORE_HELP + 1)

/* A place in a list of rows. */
struct explore_cursor {
	size_t at, top; /* the row that keys act on, and the first that is shown */
};

#define EXPLORE_ALL_LAYERS SIZE_MAX
#define EXPLORE_POLICY_NAME "slim-policy.json" /* the name that is offered */

struct explore_state {
	const struct explore_model *model;
	enum explore_screen screen;
	enum explore_screen below; /* the screen that why and help go back to */
	struct explore_cursor cursors[EXPLORE_SCREENS];
	struct explore_list list;
	size_t layer; /* whose changes the list shows, or EXPLORE_ALL_LAYERS */
	struct explore_marks marks;
	struct explore_prompt prompt;
	char *file;           /* the name of the policy file that was chosen last; NULL = none was */
	char *old_filter;     /* of before the prompt */
	char *message;        /* for the user, until the next key; NULL = none */
	struct buf text;      /* of the screens why and help */
	struct strlist lines; /* the same, broken to the width */
	size_t columns, rows; /* of the terminal */
};

/* model is borrowed. */
void explore_state_init(struct explore_state *s, const struct explore_model *model, size_t columns, size_t rows);
void explore_state_resize(struct explore_state *s, size_t columns, size_t rows);
void explore_state_done(struct explore_state *s);

/* Rows of the screen's list that the terminal has room for; at least 1. */
size_t explore_state_page(const struct explore_state *s);
/* Rows of the screen in all. */
size_t explore_state_count(const struct explore_state *s);
/* Whether the screen is a page of text. It has no cursor: its first row is the place. */
bool explore_state_is_text(const struct explore_state *s);
/* Whether the tree has sizes before and after: of a report, or of one layer. */
bool explore_state_has_changes(const struct explore_state *s);
/* The node under the cursor of the tree; NULL if the list is empty. */
const struct view_node *explore_state_node(const struct explore_state *s);

/* Moves the cursor of the shown screen to a row, at most the last one, and scrolls to it. */
void explore_state_move(struct explore_state *s, size_t to);
void explore_state_say(struct explore_state *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Shows a page of text, which goes back to the screen of now. Takes the text. */
void explore_state_page_open(struct explore_state *s, enum explore_screen screen, struct buf *text);
