/* keep/data/format.h - a format of data with commands in it. There are few kinds of syntax: a command in a column, one
 * behind a key, and blocks of a shell's text. Readers take a text that they may write into, without NUL bytes, in
 * which lines that end with a backslash are joined. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

struct keep_data_commands {
	struct strlist texts;    /* commands as a shell reads them */
	struct strlist programs; /* names and paths of programs */
	struct strlist files;    /* files and directories that it reads in */
	struct strlist places;   /* directories whose programs are all run */
	struct buf search;       /* directories that it looks in first, as in PATH; may be empty */
};

void keep_data_commands_done(struct keep_data_commands *c);
#define CLEANUP_KEEP_DATA_COMMANDS CLEANUP(keep_data_commands_done)

struct keep_data_format;
typedef void keep_data_read_fn(char *text, const struct keep_data_format *f, struct keep_data_commands *out);

struct keep_data_format {
	const char *paths; /* globs, separated by blanks; see glob_match_end */
	keep_data_read_fn *read;
	unsigned columns;     /* before the command */
	bool shifts;          /* the command may begin a word later */
	bool used;            /* only if a run read the file: it names what few images have a use for */
	const char *search;   /* as keep_data_commands.search; NULL = none */
	const char *programs; /* that run each command */
};

keep_data_read_fn keep_data_read_cron;      /* five times, columns, a command; NAME=VALUE */
keep_data_read_fn keep_data_read_columns;   /* columns, a command; NAME=VALUE */
keep_data_read_fn keep_data_read_colons;    /* the same, separated by colons */
keep_data_read_fn keep_data_read_keys;      /* KEY = COMMAND, KEY: COMMAND, KEY COMMAND */
keep_data_read_fn keep_data_read_pipes;     /* what is behind | */
keep_data_read_fn keep_data_read_mailcap;   /* TYPE; COMMAND; KEY=COMMAND */
keep_data_read_fn keep_data_read_udev;      /* RUN+="COMMAND" anywhere in a line */
keep_data_read_fn keep_data_read_logrotate; /* postrotate ... endscript */
keep_data_read_fn keep_data_read_words;     /* execline: any word may be a program */

/* The next line of *rest without blanks around it; NULL at the end. Comments and empty lines are left out. */
char *keep_data_line(char **rest);
/* Without blanks around it, in place. */
char *keep_data_trim(char *s);
/* Cuts a word off *rest: up to a blank; "" at the end. */
char *keep_data_word(char **rest);
/* Adds the directories of a PATH to those that are looked in. */
void keep_data_search(struct keep_data_commands *out, const char *path);
/* Adds one command, without the marks that some put before it (-@+!:|). */
void keep_data_add(struct keep_data_commands *out, const char *command);
