/* text/words.h - splits a command that a user typed into words. A JSON array of strings is taken as it stands; other
 * text is split as a shell does, or left to a shell. */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* Appends the strings of a JSON array, or the words of other text: quotes and backslashes count, nothing is expanded.
 * "" has no words. option: the option's name for messages ("cmd"). ERR_INVAL; out may then hold a part. */
int words_parse(const char *text, const char *option, struct strlist *out, struct err *err) MUST_CHECK;

/* Appends the argv of a command: the strings of a JSON array, or SHELL -c TEXT. ERR_INVAL if text begins with "[" and
 * is not such an array, or if the command is empty; out may then hold a part. */
int words_command(const char *text, const char *shell, struct strlist *out, struct err *err) MUST_CHECK;

/* The name that a person probably meant by word: that which differs least, if it differs in few letters; else NULL. */
const char *words_nearest(const char *word, const char *const *names, size_t n);
