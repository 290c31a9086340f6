/* pipeline/build/reached.h - finds what the runs used and what closures reach from that, whatever the level of the
 * build keeps besides: for --dockerignore-out. */
#pragma once

#include "pipeline/selection.h"

/* Fills reached, which has room for each node of the index. Counts as reached as well: what the verification added,
 * what the user includes, and what a reached file names, although the selection leaves it out. selection: verified;
 * evidence: that it was made of. */
int pipeline_reached(const struct pipeline_selection *selection, const struct evidence *evidence, bool *reached,
		     struct err *err) MUST_CHECK;
