/* cmd/docker_slim/layer.h - the compatibility layer: finds out whether a command line is docker-slim's, and adds what
 * docker-slim does by itself. It is docker-slim's if the program is called docker-slim or mint, if the verb is one of
 * theirs (b, slim, profile, xray), if there are options before the verb, or if it has --target. A plain `slim build
 * IMAGE` is outside of the layer: it ignores the variables, and writes no report by itself. */
#pragma once

#include "cmd/docker_slim/variables.h"

/* Returns whether the program's name (argv[0]) is one of theirs. */
bool docker_slim_is_name(const char *program);
/* The verb of docker-slim that the name stands for, if slim does not have a verb of that name. */
enum docker_slim_verb docker_slim_verb_of(const char *name);
/* argv[0] is the verb. The caller has set s->called, s->globals and s->verb. */
bool docker_slim_is_layer(const struct docker_slim_state *s, int argc, char **argv);

/* The rows of the options after the verb. If two have the same name, the first counts. */
#define DOCKER_SLIM_TABLES 2
size_t docker_slim_tables(enum docker_slim_verb verb, struct docker_slim_table out[DOCKER_SLIM_TABLES]);

/* In the layer, translates the variables of options that are not on the command line, global ones first. Outside of it,
 * only notes which variables are set. */
int docker_slim_take_variables(struct docker_slim_state *s, int argc, char **argv, struct err *err) MUST_CHECK;
/* In the layer, adds options for the files that docker-slim writes by itself, such as ./slim.report.json. */
void docker_slim_add_defaults(struct docker_slim_state *s, int argc, char **argv);
