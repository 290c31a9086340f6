/* cmd/docker_slim/state.h - the state of translating docker-slim's command line, and the type of the rows that
 * translate its options. */
#pragma once

#include "cmd/options/option.h"

/* Which of docker-slim's verbs the options are of. */
enum docker_slim_verb {
	DOCKER_SLIM_NO_VERB, /* one of ours alone: docker-slim has other options for it, or none */
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
	DOCKER_SLIM_NOTHING, /* taken, with a line that says why it changes nothing: note */
	DOCKER_SLIM_REFUSED, /* an error that says what to do instead: note; a boolean only when it is true */
};

struct docker_slim_state;
struct docker_slim_row {
	const char *name;
	enum docker_slim_value value;
	enum docker_slim_fate fate;
	/* Ours, a blank between two; %s is the value. "--option", NAME=%s for the environment, or %s alone for an
	 * argument. Of a boolean: when it is true. */
	const char *to;
	const char *note;
	const char *off;         /* of a boolean that is false: what it becomes, as to; NULL = nothing */
	const char *off_refused; /* it can't be false: the error; NULL = it can */
	/* Instead of to, where the value must be read; shown says in the manual what to would. NULL = to. */
	int (*translate)(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			 struct err *err);
	const char *shown;
};

/* --dockerfile and what belongs to it. */
struct docker_slim_fat {
	char *dockerfile, *context;
	char *tag;               /* of the image; NULL = none was given */
	char *name;              /* of the image, with its tag */
	const char *builder;     /* "docker", "podman" or "buildah"; NULL = nothing is built */
	struct strlist options;  /* of the builder */
	bool remove, show, made; /* show: what the builder prints */
};

/* The arguments for slim; all zero at first. */
struct docker_slim_state {
	bool called;  /* the program was called by a name of docker-slim's */
	bool globals; /* there were options before the verb */
	/* The command line is docker-slim's: its variables count, and its report is written. */
	bool layer;
	bool reported;        /* --report was among the options before the verb, or its variable is set */
	const char *variable; /* whose value is translated; NULL = it is an option of the command line */
	enum docker_slim_verb verb;
	const struct option_table *ours; /* of the verb */
	char **argv;                     /* argv[0] is the verb */
	int argc;
	size_t cap;
	struct strlist given;     /* names of the options before the verb */
	struct strlist owned;     /* what argv borrows beside the command line */
	struct strlist notes;     /* a line for each option that changes nothing */
	struct strlist overrides; /* --image-overrides: what of the run goes into the result */
	char *target;             /* of owned: the argument that another option stands for; NULL = none */
	char *account, *secret;   /* of the registry; wiped */
	struct docker_slim_fat fat;
};

/* Adds an argument: _push borrows it, _add takes it over. */
void docker_slim_push(struct docker_slim_state *s, char *argument);
void docker_slim_add(struct docker_slim_state *s, char *argument);
void docker_slim_done(struct docker_slim_state *s);
#define CLEANUP_DOCKER_SLIM CLEANUP(docker_slim_done)
