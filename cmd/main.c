#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/mem.h"
#include "command.h"
#include "compat.h"
#include "version.h"

static const struct command *const commands[] = {&command_build,  &command_cache, &command_diff,   &command_inspect,
						 &command_record, &command_trace, &command_verify, &command_why};
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

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
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "Usage: slim %s %s [OPTIONS]\n\n%s.\n", c->name, c->args, c->summary);
	option_help(&c->options, &b);
	buf_printf(&b, "\n  %-34s %s\n", "    --help", "this text");
	if (c->docker_slim)
		buf_str(&b, "\nThe options of docker-slim build are taken, too, see slim-docker-slim(7).\n");
	return print(&b);
}

static void tell_notes(const struct compat *c)
{
	for (int i = 1; i < c->argc; i++)
		if (strcmp(c->argv[i], "--quiet") == 0 || strcmp(c->argv[i], "-q") == 0)
			return;
	for (size_t i = 0; i < c->notes.count; i++) {
		CLEANUP_BUF struct buf b = {0};
		buf_escape(&b, c->notes.items[i], strlen(c->notes.items[i]));
		fprintf(stderr, "slim: %s\n", b.data);
	}
}

static int run_parsed(const struct command *c, struct compat *given, void *options)
{
	CLEANUP_STRLIST struct strlist args = {0};
	struct err err = {0};
	if (option_parse(&c->options, given->argc, given->argv, options, &args, &err) < 0)
		return fail_usage(&err);
	if (args.count > c->max_args) {
		err_set(&err, ERR_INVAL, "%s is one argument too many: slim %s %s", args.items[c->max_args], c->name,
			c->args);
		return fail_usage(&err);
	}
	if (args.count < c->min_args) {
		err_set(&err, ERR_INVAL, "usage: slim %s %s; see slim %s --help", c->name, c->args, c->name);
		return fail_usage(&err);
	}
	tell_notes(given);
	return c->run(options, &args);
}

static int run_verb(const struct command *c, struct compat *given, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return verb_help(c);
	struct err err = {0};
	if (compat_verb(given, &c->options, c->docker_slim, argc, argv, &err) < 0)
		return fail_usage(&err);
	CLEANUP_FREE void *options = mem_alloc(c->options_size);
	if (c->defaults)
		c->defaults(options);
	int code = run_parsed(c, given, options);
	if (c->done)
		c->done(options);
	return code;
}

/* Their names for it: docker-slim's `b`, mint's `slim`. */
static bool is_build(const struct command *c, const char *name)
{
	return c->docker_slim && (strcmp(name, "b") == 0 || strcmp(name, "slim") == 0);
}

/* A core dump would hold the credentials for registries. Only the soft limit: what is run may raise it again. */
static void no_core_dump(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	no_core_dump();
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("slim %s\n", SLIM_VERSION);
		return EXIT_DONE;
	}
	CLEANUP_COMPAT struct compat given = {0};
	struct err err = {0};
	int verb;
	if (compat_globals(&given, argc, argv, &verb, &err) < 0)
		return fail_usage(&err);
	if (verb >= argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	const char *names[N_COMMANDS];
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strcmp(commands[i]->name, argv[verb]) == 0 || is_build(commands[i], argv[verb]))
			return run_verb(commands[i], &given, argc - verb, argv + verb);
		names[i] = commands[i]->name;
	}
	const char *near = option_nearest(argv[verb], names, N_COMMANDS);
	if (near)
		err_set(&err, ERR_INVAL, "unknown verb %s; did you mean %s?", argv[verb], near);
	else
		err_set(&err, ERR_INVAL, "unknown verb %s; see slim --help", argv[verb]);
	return fail_usage(&err);
}
