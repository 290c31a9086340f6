/* view/page/data.h - the data of a page, as JSON. Its shape is described in data.c, where it is written. */
#pragma once

#include <jansson.h>

#include "view/page/whys.h"
#include "view/tree.h"

/* Borrows all of it. */
struct view_page {
	const char *verb; /* "build", "verify", "inspect" or "diff" */
	const char *version;
	const json_t *facts; /* what the verb prints as JSON; the script shows the members that it knows */
	const struct view_tree *tree;
	const struct view_page_whys *whys; /* NULL = only the reasons of the tree are known */
};

void view_page_data(const struct view_page *p, struct buf *out);
