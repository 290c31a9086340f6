/* cmd/docker_slim/translate.h - translates docker-slim's command lines (SlimToolkit's, mint's) into slim's, so that
 * they run unchanged. A const table has a row for each of their options; the arguments are translated before they are
 * parsed. A unit test compares the table of slim-docker-slim(7) with it.
 * Their syntax (Go's flag package, urfave/cli
 * 2): --name=value, --name value, --name=true|false or --name alone for booleans; lists are repeated, and most are also
 * split at commas. */
#pragma once

#include "cmd/docker_slim/state.h"

/* The options before the verb: up to argv[*verb], which is argc if there is none. They are kept for
 * docker_slim_take_verb. */
int docker_slim_take_globals(struct docker_slim_state *s, int argc, char **argv, int *verb, struct err *err) MUST_CHECK;
/* The options behind the verb. argv[0] is the verb; ours: its own options. An option that is neither theirs nor ours
 * stays, and option_parse refuses it. verb: theirs that it stands for; none = only the global options are added, as far
 * as the verb has them. In the compatibility layer (layer.h) the variables count, too. */
int docker_slim_take_verb(struct docker_slim_state *s, const struct option_table *ours, enum docker_slim_verb verb,
			  int argc, char **argv, struct err *err) MUST_CHECK;
