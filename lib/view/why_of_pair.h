/* view/why_of_pair.h - gives the paths of two images, of which one was made from the other, their reasons: whether the
 * runs of the original used them, and why a build kept them. */
#pragma once

#include "evidence/evidence.h"
#include "report/why_lists.h"
#include "view/tree.h"

/* t: of tree_of_pair.h. used: what the runs did in the original; NULL = not known. built: the reasons that the slim
 * image has of its build; NULL = none. A directory has a reason only if one of them names it. */
void view_why_of_pair(struct view_tree *t, const struct evidence *used, struct report_why_lists *built);
