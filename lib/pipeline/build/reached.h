/* pipeline/build/reached.h - finds the files that runs used and that closures reach from those, for --dockerignore-out.
 * The level of the build does not matter. */
#pragma once

#include "pipeline/selection.h"

/* Fills reached, which has room for each node of the index. Files that the verification added, that the user includes
 * or that a reached file names count as reached, too. selection: after the verification. evidence: the selection was
 * made of it. */
int pipeline_reached(const struct pipeline_selection *selection, const struct evidence *evidence, bool *reached,
		     struct err *err) MUST_CHECK;
