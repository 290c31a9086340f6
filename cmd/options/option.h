/* cmd/options/option.h - one row per option says everything: parsing, help, completion and the man-page check read it.
 * Shape: rows that belong together are a group, which fills a struct of its own. A verb's table lists its groups and
 *   where the struct of each lies in the verb's options struct. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/strlist.h"

enum option_kind {
	OPTION_FLAG,    /* bool, no value */
	OPTION_BOOL,    /* bool, =true|false, alone means true */
	OPTION_CHOICE,  /* enum option_choice, like OPTION_BOOL, but it also shows if the option was given */
	OPTION_STRING,  /* const char *, the last one counts */
	OPTION_SECRET,  /* char *, "user:password", owned by the options; the argument is blanked in the command line */
	OPTION_SECRETS, /* as OPTION_LIST; the argument is blanked in the command line */
	OPTION_LIST,    /* struct strlist, repeatable */
	OPTION_ENV,     /* as OPTION_LIST, of NAME=VALUE; the value is blanked in the command line */
	OPTION_SECONDS, /* unsigned */
	OPTION_COUNT,   /* unsigned, up to 100 */
	OPTION_NUMBER,  /* unsigned, up to 10000 */
	OPTION_REST,    /* struct strlist: what follows "--"; name is NULL */
	OPTION_GIVEN,   /* struct option_given_list: every option of the verb, as given; name is NULL */
};

enum option_choice { OPTION_UNSET, OPTION_NO, OPTION_YES };

struct option_row {
	const char *name;
	char letter; /* 0 = none */
	enum option_kind kind;
	size_t offset;     /* of the member in the group's struct */
	const char *value; /* what the help calls the value; complete/value.h reads it, too */
	const char *help;  /* begins with a verb or a noun, in lower case, and ends without a full stop */
	bool common;       /* is in the short help, too */
	/* For completions: the words that the value may be or begin with, as "one|other", if value does not list them.
	 */
	const char *choices;
};
#define OPTION_COMMON true
#define OPTION_RARE false
/* For choices of --platform: those that public images are mostly made for. */
#define OPTION_PLATFORMS "linux/amd64|linux/arm64|linux/arm/v7|linux/386|linux/ppc64le|linux/riscv64|linux/s390x"

/* The options of a command line in their order. Values are borrowed. */
struct option_given_list {
	struct option_given {
		const struct option_row *row;
		const char *value; /* NULL = none */
	} * items;
	size_t count, cap;
};
void option_given_done(struct option_given_list *l);

struct option_group {
	const char *title; /* the heading in the help */
	const struct option_row *rows;
	size_t n;
};
#define OPTION_GROUP(title, rows)                                                                                      \
	{                                                                                                              \
		title, rows, sizeof(rows) / sizeof((rows)[0])                                                          \
	}

/* A group in a verb's table. A table has each group once at most. */
struct option_part {
	const struct option_group *group;
	size_t offset; /* of the group's struct in the verb's options struct */
};

/* All options of a verb. */
struct option_table {
	const struct option_part *parts;
	size_t n;
};
#define OPTION_TABLE(parts)                                                                                            \
	{                                                                                                              \
		parts, sizeof(parts) / sizeof((parts)[0])                                                              \
	}

/* argv[0] is the verb. Fills options and args (borrowed strings). "--" ends the options; what follows it goes to
 * the row of OPTION_REST, if there is one. ERR_INVAL for an unknown option; the message names the nearest right one. */
int option_parse(const struct option_table *t, int argc, char **argv, void *options, struct strlist *args,
		 struct err *err) MUST_CHECK;

/* Returns the row of arg, which begins with "-", or NULL. *value: the text after "=" or after the letter; NULL if
 * there is no such text. */
const struct option_row *option_match(const struct option_table *t, char *arg, char **value);
/* Returns the row of that long name, which has len bytes, or NULL. */
const struct option_row *option_find(const struct option_table *t, const char *name, size_t len);
bool option_is_bool(const struct option_row *row); /* takes =true and =false */
bool option_takes_value(const struct option_row *row);
bool option_is_list(const struct option_row *row); /* may be given more than once, and all count */

/* Overwrites the value of NAME=VALUE in place. Does nothing if text has no value. */
void option_blank_variable(char *text);

/* Returns the name that is most like word, or NULL if no name is near. */
const char *option_nearest(const char *word, const char *const *names, size_t n);
