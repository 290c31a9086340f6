/* cmd/help/request.h - recognizes a request for help among the arguments, and answers it. */
#pragma once

#include "cmd/command.h"

/* slim help [--all] [VERB]; argv[0] is "help". Returns an exit_code. */
int request_help(int argc, char **argv, struct outcome *out);
/* Whether -h, --help or --help=all is among a verb's arguments, of which argv[0] is the verb. If so, out holds the page
 * (or an error), and *code is the exit_code. The value of another option is not a request. */
bool request_in_verb(const struct command *c, int argc, char **argv, struct outcome *out, int *code);
