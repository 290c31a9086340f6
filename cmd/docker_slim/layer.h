/* cmd/docker_slim/layer.h - the compatibility layer: whether a command line is docker-slim's, and what that brings
 * along. It is one if the program is called docker-slim or mint, if its verb is one of theirs (b, slim, profile, xray),
 * if there are options before the verb, or if it has --target. A plain `slim build IMAGE` is not: nothing of its
 * environment changes it, and it writes no report by itself. */
#pragma once

#include "cmd/docker_slim/variables.h"

/* Whether the program's name (argv[0]) is one of theirs. */
bool docker_slim_is_name(const char *program);
/* Whether docker-slim has a verb of that name and ours has not: the verb that it stands for. */
enum docker_slim_verb docker_slim_verb_of(const char *name);
/* argv[0] is the verb. s->called, s->globals and s->verb are set. */
bool docker_slim_is_layer(const struct docker_slim_state *s, int argc, char **argv);

/* The rows of the options behind the verb; of two with a name the first counts. */
#define DOCKER_SLIM_TABLES 2
size_t docker_slim_tables(enum docker_slim_verb verb, struct docker_slim_table out[DOCKER_SLIM_TABLES]);

/* In the layer: translates the variables of options that the command line has not, global ones first. Else it only
 * notes which are set. */
int docker_slim_take_variables(struct docker_slim_state *s, int argc, char **argv, struct err *err) MUST_CHECK;
/* In the layer: the files that docker-slim writes by itself, ./slim.report.json first of all. */
void docker_slim_add_defaults(struct docker_slim_state *s, int argc, char **argv);
