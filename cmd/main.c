#include <locale.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/batch/child.h"
#include "cmd/command.h"
#include "cmd/complete/complete.h"
#include "cmd/docker_slim/fat_image.h"
#include "cmd/docker_slim/layer.h"
#include "cmd/docker_slim/translate.h"
#include "cmd/help/page.h"
#include "cmd/help/request.h"
#include "cmd/interrupt.h"
#include "cmd/streams.h"
#include "cmd/verbs/verbs.h"
#include "runtime/nodev.h"
#include "text/secret.h"
#include "version.h"

/* One call of the program. */
struct invocation {
	const struct command *command; /* NULL = not known yet */
	enum docker_slim_verb theirs;  /* the verb of docker-slim's that the command line names */
	void *options;
	struct docker_slim_state given;
	struct strlist arguments; /* arguments from standard input */
	struct outcome outcome;
};

static void tell_notes(const struct docker_slim_state *s)
{
	for (int i = 1; i < s->argc; i++)
		if (strcmp(s->argv[i], "--quiet") == 0 || strcmp(s->argv[i], "-q") == 0)
			return;
	for (size_t i = 0; i < s->notes.count; i++) {
		CLEANUP_BUF struct buf b = {0};
		buf_escape(&b, s->notes.items[i], strlen(s->notes.items[i]));
		fprintf(stderr, "slim: %s\n", b.data);
	}
}

static int check_args(const struct command *c, const struct strlist *args, struct err *err)
{
	if (args->count > c->max_args)
		return err_set(err, ERR_INVAL, "argument-unexpected", "unexpected argument %s; usage: slim %s %s",
			       args->items[c->max_args], c->name, c->args);
	if (args->count < c->min_args)
		return err_set(err, ERR_INVAL, "argument-missing",
			       "an argument is missing; usage: slim %s %s; see slim %s --help", c->name, c->args,
			       c->name);
	return 0;
}

static bool wants_json(int argc, char *const *argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int run_verb(struct invocation *v, int argc, char **argv)
{
	const struct command *c = v->command;
	struct outcome *out = &v->outcome;
	CLEANUP_STRLIST struct strlist args = {0};
	int code;
	if (request_in_verb(c, argc, argv, out, &code))
		return code;
	if (docker_slim_take_verb(&v->given, &c->options, v->theirs, argc, argv, &out->err) < 0)
		return EXIT_USAGE;
	out->json = out->json || wants_json(v->given.argc, v->given.argv); /* an option of docker-slim may mean it */
	v->options = mem_alloc(c->options_size);
	if (c->defaults)
		c->defaults(v->options);
	if (option_parse(&c->options, v->given.argc, v->given.argv, v->options, &args, &out->err) < 0 ||
	    check_args(c, &args, &out->err) < 0)
		return EXIT_USAGE;
	tell_notes(&v->given);
	if (docker_slim_fat_build(&v->given, &out->err) < 0)
		return EXIT_FAILED;
	code = c->run(v->options, &args, out);
	docker_slim_fat_remove(&v->given);
	return code;
}

/* A core dump would hold the credentials for registries. This lowers only the soft limit: a program that slim runs may
 * raise it again. */
static void no_core_dump(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_CORE, &limit) == 0) {
		limit.rlim_cur = 0;
		(void)setrlimit(RLIMIT_CORE, &limit);
	}
}

/* Finds the verb by slim's or docker-slim's name. theirs: the verb of docker-slim's that name stands for. */
static const struct command *command_of(const char *name, enum docker_slim_verb theirs, struct err *err)
{
	static const struct command *const stand_in[] = {[DOCKER_SLIM_BUILD] = &command_build,
							 [DOCKER_SLIM_PROFILE] = &command_record,
							 [DOCKER_SLIM_XRAY] = &command_inspect};
	return theirs != DOCKER_SLIM_NO_VERB ? stand_in[theirs] : verbs_find(name, err);
}

/* Too few arguments: the program's page goes to stderr. */
static int usage(struct outcome *out)
{
	const struct page_style style = page_style_of(STDERR_FILENO);
	page_program(&style, &out->page);
	return EXIT_USAGE;
}

/* The verbs that are about slim itself. Returns -1 if argv[1] is another one, else an exit_code. */
static int invoke_own(int argc, char **argv, struct outcome *out)
{
	const char *verb = argv[1];
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 || strcmp(verb, "help") == 0 ||
	    strcmp(verb, "--help=all") == 0)
		return request_help(argc - 1, argv + 1, out);
	if (strcmp(verb, "--version") == 0 || strcmp(verb, "version") == 0) {
		buf_printf(&out->result, "slim %s\n", SLIM_VERSION);
		return EXIT_DONE;
	}
	if (strcmp(verb, "completion") == 0)
		return complete_script(argc - 1, argv + 1, out);
	return strcmp(verb, COMPLETE_VERB) == 0 ? complete_run(out) : -1;
}

/* Returns an exit_code. */
static int invoke(struct invocation *v, int argc, char **argv)
{
	struct outcome *out = &v->outcome;
	int verb;
	out->json = wants_json(argc, argv);
	if (argc < 2)
		return usage(out);
	int code = invoke_own(argc, argv, out);
	if (code >= 0)
		return code;
	if (docker_slim_take_globals(&v->given, argc, argv, &verb, &out->err) < 0)
		return EXIT_USAGE;
	if (verb >= argc)
		return usage(out);
	v->given.called = docker_slim_is_name(argv[0]);
	v->theirs = docker_slim_verb_of(argv[verb]);
	v->command = command_of(argv[verb], v->theirs, &out->err);
	if (!v->command)
		return EXIT_USAGE;
	if (v->theirs == DOCKER_SLIM_NO_VERB)
		v->theirs = v->command->docker_slim;
	return run_verb(v, argc - verb, argv + verb);
}

/* Called by an OCI runtime in a container's mount namespace. */
static int hook(const char *rootfs, bool read_only)
{
	struct err err = {0};
	if (runtime_nodev_apply(rootfs, read_only, &err) == 0)
		return EXIT_DONE;
	fprintf(stderr, "slim: %s\n", err.msg);
	return EXIT_FAILED;
}

/* After a large block was freed, malloc takes even larger ones from its heap, and a growing buffer leaves holes
 * there. */
static void map_large_blocks(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 2 << 20);
}

/* The build of one image of a batch, whose arguments come from standard input. */
static int invoke_child(struct invocation *v)
{
	struct strlist *argv = &v->arguments;
	if (batch_child_arguments(argv, &v->outcome.err) < 0)
		return EXIT_FAILED;
	return invoke(v, (int)argv->count, argv->items);
}

static void wipe(struct strlist *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		secret_blank(arguments->items[i]);
	strlist_done(arguments);
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], RUNTIME_NODEV_HOOK) == 0)
		return hook(argv[2], argc > 3 && strcmp(argv[3], RUNTIME_NODEV_READ_ONLY) == 0);
	const bool is_child = argc == 3 && strcmp(argv[1], BATCH_CHILD) == 0;
	struct invocation v = {0};
	setlocale(LC_CTYPE, "C.UTF-8");
	map_large_blocks();
	no_core_dump();
	interrupt_undo_inherited();
	bool ready = streams_open(&v.outcome.err) == 0;
	int code = !ready ? EXIT_FAILED : is_child ? invoke_child(&v) : invoke(&v, argc, argv);
	code = outcome_show(&v.outcome, code);
	if (v.options && v.command->done)
		v.command->done(v.options);
	free(v.options);
	docker_slim_done(&v.given);
	outcome_done(&v.outcome);
	wipe(&v.arguments);
	return code;
}
