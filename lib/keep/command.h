/* keep/command.h - the commands in a shell's text (POSIX.1-2017 shell command language, 2.3-2.10; bash's $'', [[
 * and <<<): on every branch, in substitutions, behind programs that start others (exec, env, xargs, ...).
 * What is computed is left out; a text that is broken names what it names. */
#pragma once

#include "keep/source.h"

/* Keep what the text names: programs of the PATH, files that it reads in (. and source), paths. */
void keep_command_text(struct keep_source *s, const char *text, size_t n);
/* Whether a text without a #! line is a shell's: what stands where commands do are programs of the PATH and builtins,
 * for the most part. */
bool keep_command_is_text(struct keep_source *s, const char *text, size_t n);
/* Keep one program: its path or its name in the configuration's PATH. False if the image has none, or when it is
 * one to build and install with or for a desktop, which no running service calls. */
bool keep_command_name(struct keep_source *s, const char *name);
/* Bytes of the program that a command's first word names; 0 if there is none. */
uint64_t keep_command_size(struct keep_source *s, const char *text);
/* Keep /bin/sh, which system() and popen() run. */
void keep_command_shell(struct keep_source *s);
/* An argument vector: a program, or a shell with -c and its text. */
void keep_command_argv(struct keep_source *s, const struct strlist *argv);
