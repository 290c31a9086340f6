/* keep/source/shell_text.h - finds the commands in a shell's text, by a heuristic (POSIX.1-2017 shell command
 * language, 2.3-2.10; bash's $'', [[ and <<<). It looks at every branch, into substitutions, and behind programs that
 * start others (exec, env, xargs, ...). It leaves out computed names. From a broken text it takes the commands that
 * it finds. */
#pragma once

#include "keep/source/script_source.h"

/* Keep what the text names: programs of the PATH, files that it reads in (. and source), paths. */
void keep_shell_text_read(struct keep_script_source *s, const char *text, size_t n);
/* Whether a text without a #! line is a shell's: what stands where commands do are programs of the PATH and builtins,
 * for the most part. */
bool keep_shell_text_is(struct keep_script_source *s, const char *text, size_t n);
/* An argument vector: a program, or a shell with -c and its text. */
void keep_shell_text_argv(struct keep_script_source *s, const struct strlist *argv);
