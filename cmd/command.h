/* cmd/command.h - the verbs. One file per verb; its row is in main.c's table. Only cmd/ prints or exits. */
#pragma once

#include "base/buf.h"
#include "option.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DIFFERS = 3, /* built, but not equal to the original */
	EXIT_GATE = 4,    /* a gate such as --max-size is not met */
};

struct command {
	const char *name, *args, *summary;
	struct option_table options;
	size_t options_size;             /* of the verb's options struct, which starts all zero */
	void (*defaults)(void *options); /* may be NULL */
	void (*done)(void *options);     /* frees its lists; may be NULL */
	size_t min_args, max_args;
	bool docker_slim; /* takes the options of docker-slim's verb of this name, too, see compat.h */
	int (*run)(void *options, const struct strlist *args); /* an exit_code */
};

extern const struct command command_build, command_cache, command_diff, command_inspect, command_record, command_trace,
    command_verify, command_why;

/* "slim: message" on stderr, escaped; returns EXIT_USAGE for ERR_INVAL while the command line is read, else
 * EXIT_FAILED. */
int fail_usage(const struct err *err);
int fail(const struct err *err);
/* A verb's result to standard output; an exit_code. */
int print(const struct buf *b);
