/* cmd/docker_slim/translate.h - docker-slim's command lines (SlimToolkit's, mint's), run as they are: a const table
 * says of each of their options what becomes of it here, and the arguments are put into ours before they are parsed.
 * The table of slim-docker-slim(7) is this one; a unit test compares them. Their syntax (Go's flag package, urfave/cli
 * 2): --name=value, --name value, --name=true|false or --name alone for booleans; lists are repeated, and most are also
 * split at commas. */
#pragma once

#include "cmd/docker_slim/state.h"

/* The options before the verb: up to argv[*verb], which is argc if there is none. They are kept for
 * docker_slim_take_verb. */
int docker_slim_take_globals(struct docker_slim_state *s, int argc, char **argv, int *verb, struct err *err) MUST_CHECK;
/* The verb's: argv[0] is the verb; ours: its own options. What is neither theirs nor ours stays, for option_parse to
 * refuse. theirs: the verb is their `build`; false = only what docker_slim_take_globals found is put in, as far as the
 * verb has it. */
int docker_slim_take_verb(struct docker_slim_state *s, const struct option_table *ours, bool theirs, int argc,
			  char **argv, struct err *err) MUST_CHECK;
