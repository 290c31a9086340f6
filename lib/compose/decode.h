/* compose/decode.h - the merged tree as structs, and the checks of names that refer to each other. */
#pragma once

#include "compose/project.h"
#include "compose/read/reading.h"

/* s: of the whole project; s->dir is its working directory. p: zeroed but for name and working_dir; it is released by
 * the caller also on failure. */
int compose_decode(struct compose_scope *s, json_t *tree, struct compose_project *p, struct err *err) MUST_CHECK;
