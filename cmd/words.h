/* cmd/words.h - a command as a user types it: a JSON array of strings, or words as a shell splits them
 * (quotes and backslashes; nothing is expanded). */
#pragma once

#include "base/err.h"
#include "base/strlist.h"

/* option: its name, for the message. "" gives an empty list. */
int words_parse(const char *text, const char *option, struct strlist *out, struct err *err) MUST_CHECK;
