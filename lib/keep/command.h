/* keep/command.h - a heuristic: the commands in a shell's text (POSIX.1-2017 shell command language, 2.3-2.10; bash's
 * $'', [[ and <<<): on every branch, in substitutions, behind programs that start others (exec, env, xargs, ...). What
 * is computed is left out; a text that is broken names what it names. */
#pragma once

#include "keep/source.h"

/* Keep what the text names: programs of the PATH, files that it reads in (. and source), paths. */
void keep_command_text(struct keep_source *s, const char *text, size_t n);
/* Whether a text without a #! line is a shell's: what stands where commands do are programs of the PATH and builtins,
 * for the most part. */
bool keep_command_is_text(struct keep_source *s, const char *text, size_t n);
/* An argument vector: a program, or a shell with -c and its text. */
void keep_command_argv(struct keep_source *s, const struct strlist *argv);
