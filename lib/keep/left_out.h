/* keep/left_out.h - tells what limits left out although something asked for it (keep_leave_out, keep_tree_within). */
#pragma once

#include "base/notes.h"
#include "base/strlist.h"
#include "keep/set.h"

/* keep_leave_out of all that these paths lead to: the directory that holds them all if there is little else in it, else
 * each. */
void keep_leave_out_paths(struct keep_set *k, const struct strlist *paths, struct keep_limit limit,
			  struct keep_reason why);

/* Adds a note for each directory and file of which much is missing, the biggest first; one in another that is told is
 * not. Documentation, headers, tests and the like are not missing. After all closures. */
void keep_left_out_tell(const struct keep_set *k, struct notes *notes);
