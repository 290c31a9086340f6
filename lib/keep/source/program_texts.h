/* keep/source/program_texts.h - finds commands in compiled code: texts that are the name of a program, or a shell's. A
 * wrong guess costs a small program; what one file brings is capped. */
#pragma once

#include "keep/source/script_source.h"

/* The programs of the PATH, by name, without interpreters. */
struct keep_programs {
	struct strset names;
};

struct keep_programs *keep_programs_new(struct keep_set *k);
void keep_programs_free(void *p);

/* Whether a program of that name runs sources, which say themselves what they start. */
bool keep_programs_is_interpreter(const char *name);
/* Whether a whole text is a program's name, a program's absolute path, or a command for a shell. near: programs are
 * started at this place of the source; elsewhere the text counts only if it has a pipe, && or the like. */
bool keep_programs_is_command(const struct keep_programs *p, const char *text, size_t n, bool near);
/* Names behind a directory that is put in: "\"%s/xkbcomp\" -w %d". */
void keep_programs_behind_directories(const struct keep_programs *p, const char *data, size_t n, struct strset *found);
/* The commands in texts without bounds: behind | ; and && and before options, in what is printable, and those. found:
 * names. */
void keep_programs_in(const struct keep_programs *p, const char *data, size_t n, struct strset *found);
/* Keep what the texts name and, if there are any, /bin/sh. */
void keep_programs_keep(struct keep_script_source *s, const struct strset *texts);
