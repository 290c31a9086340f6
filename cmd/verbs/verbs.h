/* cmd/verbs/verbs.h - the table of verbs: one file per verb, one row each. */
#pragma once

#include "cmd/command.h"

/* In alphabetical order. */
extern const struct command *const verbs_table[];
extern const size_t verbs_count;

/* The verb of that name, or NULL: the error names the nearest one. */
const struct command *verbs_find(const char *name, struct err *err);
