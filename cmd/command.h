/* cmd/command.h - the verbs. One file per verb; verbs/verbs.c has the table. Only cmd/ prints or exits. */
#pragma once

#include "cmd/docker_slim/state.h"
#include "cmd/options/option.h"
#include "cmd/outcome.h"

struct command {
	/* args: what the help and the completions show of the arguments. " | " separates its forms; a word in lower
	 * case is to be typed, and complete/value.h reads the others. */
	const char *name, *args, *summary;
	const char *const *examples; /* pairs: what it does, and the command; NULL at the end */
	struct option_table options;
	size_t options_size;             /* of the verb's options struct, which starts all zero */
	void (*defaults)(void *options); /* may be NULL */
	void (*done)(void *options);     /* frees its lists; may be NULL */
	size_t min_args, max_args;
	/* Also takes the options of this verb of docker-slim's (docker_slim/translate.h), whatever it is called by. */
	enum docker_slim_verb docker_slim;
	/* Returns an exit_code; fills out. */
	int (*run)(void *options, const struct strlist *args, struct outcome *out);
};

extern const struct command command_build, command_cache, command_diff, command_explore, command_init, command_inspect,
    command_probe, command_record, command_trace, command_verify, command_why;
