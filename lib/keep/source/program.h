/* keep/source/program.h - finds and keeps the programs that a source names. */
#pragma once

#include "keep/source/script_source.h"

/* Finds the program at a path, or by a name in the configuration's PATH: its path goes to path; false if it is not
 * found. */
bool keep_program_find(const struct keep_script_source *s, const char *name, struct buf *path);
/* Keeps one program. False if the image has none, or if it is one to build and install with or for a desktop, which no
 * running service calls. */
bool keep_program_keep(struct keep_script_source *s, const char *name);
/* Keeps the programs of a directory, and the directory, because something runs each of them; not a package manager's
 * own jobs, and none of a directory of the system's programs. */
void keep_program_keep_directory(struct keep_script_source *s, const char *path);
/* Whether a text names a package manager's programs or files by their whole path. */
bool keep_program_names_manager(const char *text, size_t n);
/* The configuration's PATH; NULL = it sets none. */
const char *keep_program_path(const struct keep_set *k);
/* Keeps /bin/sh, which system() and popen() run. */
void keep_program_keep_shell(struct keep_script_source *s);
/* Returns the program that a command's first word names; IMAGE_NONE if it is not found. */
uint32_t keep_program_of_text(const struct keep_script_source *s, const char *text);
