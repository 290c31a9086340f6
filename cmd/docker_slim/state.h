/* cmd/docker_slim/state.h - the state of translating docker-slim's command line, and the type of the rows that
 * translate its options. */
#pragma once

#include "cmd/options/option.h"

/* The verb of docker-slim that the options belong to. */
enum docker_slim_verb {
	DOCKER_SLIM_NO_VERB, /* only slim has the verb, or docker-slim has other options for it */
	DOCKER_SLIM_BUILD,
	DOCKER_SLIM_PROFILE, /* record */
	DOCKER_SLIM_XRAY,    /* inspect */
};

enum docker_slim_value {
	DOCKER_SLIM_BOOL,
	DOCKER_SLIM_ONE,
	DOCKER_SLIM_EACH, /* repeatable; a comma is part of the value */
	DOCKER_SLIM_MANY, /* repeatable; split at the commas that are not in braces */
};

enum docker_slim_fate {
	DOCKER_SLIM_SAME,    /* an option of ours has the name and does the same */
	DOCKER_SLIM_OTHER,   /* another one does it: to */
	DOCKER_SLIM_NOTHING, /* accepted, with a line that explains why it changes nothing: note */
	DOCKER_SLIM_REFUSED, /* an error that says what to do instead: note; for a boolean only if it is true */
};

struct docker_slim_state;
struct docker_slim_row {
	const char *name;
	enum docker_slim_value value;
	enum docker_slim_fate fate;
	/* Our options, a blank between two; %s is the value. "--option", NAME=%s for the environment, or %s alone for
	 * an argument. For a boolean: if it is true. */
	const char *to;
	const char *note;
	const char *off;         /* as to, for a boolean that is false; NULL = nothing */
	const char *off_refused; /* the error if a boolean is false; NULL = it may be */
	/* Used instead of to if the value must be read. shown: the manual's text for it. NULL = to is used. */
	int (*translate)(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			 struct err *err);
	const char *shown;
};

/* --dockerfile and what belongs to it. */
struct docker_slim_fat {
	char *dockerfile, *context;
	char *tag;               /* of the image; NULL = not given */
	char *name;              /* of the image, with its tag */
	const char *builder;     /* "docker", "podman" or "buildah"; NULL = no image is built */
	struct strlist options;  /* of the builder */
	bool remove, show, made; /* show: the builder's output */
};

/* The arguments for slim; all zero at first. */
struct docker_slim_state {
	bool called;  /* the program was called by one of docker-slim's names */
	bool globals; /* there were options before the verb */
	/* The command line is docker-slim's: the variables count, and slim writes docker-slim's report. */
	bool layer;
	bool reported;        /* --report was among the options before the verb, or its variable is set */
	const char *variable; /* the value's source; NULL = an option on the command line */
	enum docker_slim_verb verb;
	const struct option_table *ours; /* of the verb */
	char **argv;                     /* argv[0] is the verb */
	int argc;
	size_t cap;
	struct strlist given;     /* names of the options before the verb */
	struct strlist owned;     /* arguments that do not come from the command line */
	struct strlist notes;     /* a line for each option that changes nothing */
	struct strlist overrides; /* --image-overrides: options of the run that also change the result */
	char *target;             /* in owned: the argument that an option gave; NULL = no option did */
	char *account, *secret;   /* of the registry; wiped */
	struct docker_slim_fat fat;
};

/* Add an argument. _push borrows it, _add takes it over. */
void docker_slim_push(struct docker_slim_state *s, char *argument);
void docker_slim_add(struct docker_slim_state *s, char *argument);
void docker_slim_done(struct docker_slim_state *s);
#define CLEANUP_DOCKER_SLIM CLEANUP(docker_slim_done)
