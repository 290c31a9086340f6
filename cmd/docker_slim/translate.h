/* cmd/docker_slim/translate.h - translates command lines of docker-slim (SlimToolkit, mint), so that they run
 * unchanged. A const table has a row for each of their options. The arguments are translated before they are parsed. A
 * unit test compares the tables in slim-docker-slim(7) with the rows. Their syntax is that of Go's flag package and
 * urfave/cli 2: --name=value, --name value; --name=true, --name=false or
 * --name alone for booleans. Lists are repeated, and most are also split at commas. */
#pragma once

#include "cmd/docker_slim/state.h"

/* Takes the options before the verb, and keeps them for docker_slim_take_verb. *verb: the verb's index in argv; argc if
 * the verb is missing. */
int docker_slim_take_globals(struct docker_slim_state *s, int argc, char **argv, int *verb, struct err *err) MUST_CHECK;
/* Takes the options after the verb, argv[0]. ours: its options in slim. An option that is in neither table stays, so
 * that option_parse refuses it. verb: the verb of docker-slim; for DOCKER_SLIM_NO_VERB only global options are added,
 * if the verb has them. In the compatibility layer (layer.h) the variables count, too. */
int docker_slim_take_verb(struct docker_slim_state *s, const struct option_table *ours, enum docker_slim_verb verb,
			  int argc, char **argv, struct err *err) MUST_CHECK;
