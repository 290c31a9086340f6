/* keep/data/commands.h - finds the commands in data: in files that name programs which a daemon or a tool starts later
 * (crontabs, units, mail aliases, ...). A table says by a file's path how it is read.
 * Pure: text in, commands out. The texts are hostile: what does not parse names nothing. */
#pragma once

#include "base/strset.h"
#include "keep/data/format.h"

/* Returns how to read a file of that path; NULL = its format is not known. head: its first n bytes, for scripts. */
const struct keep_data_format *keep_data_format_of(const char *path, const char *head, size_t n);
/* Whether a file of that path is a program's configuration. */
bool keep_data_is_configuration(const char *path);

/* Adds the commands of a text in that format. */
void keep_data_commands_read(const struct keep_data_format *f, const char *text, size_t n,
			     struct keep_data_commands *out);
/* The same of any configuration: what stands behind the words that most use for a command. */
void keep_data_commands_read_any(const char *text, size_t n, struct keep_data_commands *out);
/* Adds the commands of a package.json that npm start and the words of the image's command lead to. */
void keep_data_scripts_read(const char *text, size_t n, const struct strlist *command, struct keep_data_commands *out);
/* Adds the absolute paths that the text names outside of comments. */
void keep_data_paths(const char *text, size_t n, struct strset *out);
