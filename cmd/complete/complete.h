/* cmd/complete/complete.h - answers the shells: the words that may stand at a place of slim's command line.
 * The scripts of the shells (scripts.h) call `slim __complete`, and write the words up to the cursor to its standard
 * input, each followed by a NUL. They read a line for each candidate: the word, then a tab and its description. A last
 * line ":files" or ":directories" asks the shell to add the paths that it finds. So the scripts do not know verbs or
 * options. */
#pragma once

#include "base/strlist.h"
#include "cmd/outcome.h"

#define COMPLETE_VERB "__complete" /* does not appear in the help */

/* Appends the candidates. words: those after the program's name; the last one is being typed, and may be empty. */
void complete_words(const struct strlist *words, struct buf *out);
/* `slim __complete`: returns an exit_code. */
int complete_run(struct outcome *out);
/* `slim completion SHELL`: prints the script. argv[0] is "completion". Returns an exit_code. */
int complete_script(int argc, char **argv, struct outcome *out);
