/* cmd/explore/list.h - the entries of one directory of a tree as a list: sorted, and filtered by a part of a name. All
 * zero is an empty list. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "view/tree.h"

enum explore_sort { EXPLORE_BY_SIZE, EXPLORE_BY_NAME, EXPLORE_BY_CHANGE };
#define EXPLORE_SORTS (EXPLORE_BY_CHANGE + 1)
extern const char *const explore_sort_names[EXPLORE_SORTS];

/* Which entries are shown. */
enum explore_shown { EXPLORE_SHOW_ALL, EXPLORE_SHOW_REMOVED, EXPLORE_SHOW_PRESENT };
#define EXPLORE_SHOWN (EXPLORE_SHOW_PRESENT + 1)

struct explore_list {
	const struct view_tree *tree;
	uint32_t dir;   /* its node */
	uint32_t *rows; /* nodes */
	size_t count;
	uint64_t largest; /* bytes of the largest row */
	enum explore_sort sort;
	enum explore_shown shown;
	uint32_t *gone; /* by node: removed nodes before it; one more at the end */
	char *filter;   /* NULL = show all */
	uint32_t *hits; /* by node: nodes before it whose name matches the filter; one more at the end */
};

/* The bytes by which nodes are compared: before or after, whichever is more. */
uint64_t explore_list_bytes(const struct view_node *n);

/* Each of these fills the rows anew. tree is borrowed; the list shows its root. */
void explore_list_init(struct explore_list *l, const struct view_tree *tree);
/* Shows the directory path if the tree has it, else the next one above it; path is changed to that. The tree of before
 * is not read: it may be gone. */
void explore_list_set_tree(struct explore_list *l, const struct view_tree *tree, char *path);
void explore_list_open(struct explore_list *l, uint32_t dir);
void explore_list_set_sort(struct explore_list *l, enum explore_sort sort);
/* Shows only what was removed with the directories above it, or only what was not removed. */
void explore_list_show(struct explore_list *l, enum explore_shown shown);
/* Shows what has text in its name in letters of either case, what lies below that, and the directories above it. NULL
 * or "" shows all. */
void explore_list_set_filter(struct explore_list *l, const char *text);

/* The row of the node; count if it is not shown. */
size_t explore_list_row_of(const struct explore_list *l, uint32_t node);
/* The next node behind (or before) this one whose name matches the filter; after the last comes the first. VIEW_NONE
 * if there is no filter or no match. */
uint32_t explore_list_match(const struct explore_list *l, uint32_t from, bool forward);
/* How many nodes match. */
size_t explore_list_matches(const struct explore_list *l);
void explore_list_done(struct explore_list *l);
