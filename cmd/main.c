#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "command.h"
#include "version.h"

static const struct command *const commands[] = {&command_build,  &command_cache, &command_diff,   &command_inspect,
						 &command_record, &command_trace, &command_verify, &command_why};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int report_failure(const struct err *err, int code)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, err->msg, strlen(err->msg));
	fprintf(stderr, "slim: %s\n", b.len ? b.data : "unknown failure");
	return code;
}

int fail_usage(const struct err *err)
{
	return report_failure(err, EXIT_USAGE);
}

int fail(const struct err *err)
{
	return report_failure(err, EXIT_FAILED);
}

int print(const struct buf *b)
{
	struct err err = {0};
	if (fwrite(b->data ? b->data : "", 1, b->len, stdout) == b->len && fflush(stdout) == 0)
		return EXIT_DONE;
	err_sys(&err, errno, "write to standard output");
	return fail(&err);
}

static void usage(FILE *to)
{
	fprintf(to, "slim makes container images small without breaking them.\n\nUsage: slim VERB [OPTIONS] "
		    "ARGUMENTS\n\nVerbs:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(to, "\n`slim VERB --help` tells more. Exit status: 0 done, 1 failed, 2 wrong usage, 3 not equal to the "
		    "original.\n");
}

static int verb_help(const struct command *c)
{
	printf("Usage: slim %s %s [OPTIONS]\n\n%s.\n\nOptions:\n", c->name, c->args, c->summary);
	option_help(c->rows, c->n_rows);
	printf("  %-34s %s\n", "    --help", "this text");
	return EXIT_DONE;
}

static int run_verb(const struct command *c, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return verb_help(c);
	CLEANUP_FREE void *options = mem_alloc(c->options_size);
	CLEANUP_STRLIST struct strlist args = {0};
	struct err err = {0};
	int code;
	if (c->defaults)
		c->defaults(options);
	if (option_parse(c->rows, c->n_rows, argc, argv, options, &args, &err) < 0) {
		code = fail_usage(&err);
	} else if (args.count > c->max_args) {
		err_set(&err, ERR_INVAL, "%s is one argument too many: slim %s %s", args.items[c->max_args], c->name,
			c->args);
		code = fail_usage(&err);
	} else if (args.count < c->min_args) {
		err_set(&err, ERR_INVAL, "usage: slim %s %s; see slim %s --help", c->name, c->args, c->name);
		code = fail_usage(&err);
	} else {
		code = c->run(options, &args);
	}
	if (c->done)
		c->done(options);
	return code;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("slim %s\n", SLIM_VERSION);
		return EXIT_DONE;
	}
	const char *names[N_COMMANDS];
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return run_verb(commands[i], argc - 1, argv + 1);
		names[i] = commands[i]->name;
	}
	struct err err = {0};
	const char *near = option_nearest(argv[1], names, N_COMMANDS);
	if (near)
		err_set(&err, ERR_INVAL, "unknown verb %s; did you mean %s?", argv[1], near);
	else
		err_set(&err, ERR_INVAL, "unknown verb %s; see slim --help", argv[1]);
	return fail_usage(&err);
}
