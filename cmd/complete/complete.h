/* cmd/complete/complete.h - answers the shells: what may stand at a place of slim's command line.
 * The scripts of the shells (scripts.h) call `slim __complete`, give it the words up to the cursor on standard input,
 * each followed by a NUL, and read a line for each candidate: the word, and behind a tab what it is. A last line
 * ":files" or ":directories" asks the shell to add those that it finds itself. So the scripts know nothing of verbs and
 * options. */
#pragma once

#include "base/strlist.h"
#include "cmd/outcome.h"

#define COMPLETE_VERB "__complete" /* does not appear in the help */

/* The candidates. words: those behind the program's name; the last one is being typed, and may be empty. */
void complete_words(const struct strlist *words, struct buf *out);
/* `slim __complete`: an exit_code. */
int complete_run(struct outcome *out);
/* `slim completion SHELL`: prints the script. argv[0] is "completion". An exit_code. */
int complete_script(int argc, char **argv, struct outcome *out);
