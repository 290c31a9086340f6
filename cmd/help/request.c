#include "cmd/help/request.h"

#include <string.h>
#include <unistd.h>

#include "cmd/help/page.h"
#include "cmd/verbs/verbs.h"

static int show_verb(const struct command *c, bool all, struct outcome *out)
{
	const struct page_style style = page_style_of(STDOUT_FILENO);
	page_verb(c, all, &style, &out->result);
	return EXIT_DONE;
}

static int take_argument(const char *argument, const char **verb, bool *all, struct err *err)
{
	if (strcmp(argument, "--all") == 0 || strcmp(argument, "--help=all") == 0)
		*all = true;
	else if (argument[0] != '-' && *verb)
		return err_set(err, ERR_INVAL, "argument-unexpected", "unexpected argument %s; usage: slim help VERB",
			       argument);
	else if (argument[0] != '-')
		*verb = argument;
	else if (strcmp(argument, "--help") != 0 && strcmp(argument, "-h") != 0 && strcmp(argument, "--json") != 0)
		return err_set(err, ERR_INVAL, "option-unknown", "unknown option %s; see slim --help", argument);
	return 0;
}

int request_help(int argc, char **argv, struct outcome *out)
{
	const char *verb = NULL;
	bool all = false;
	for (int i = 1; i < argc; i++)
		if (take_argument(argv[i], &verb, &all, &out->err) < 0)
			return EXIT_USAGE;
	if (verb) {
		const struct command *c = verbs_find(verb, &out->err);
		return c ? show_verb(c, all, out) : EXIT_USAGE;
	}
	const struct page_style style = page_style_of(STDOUT_FILENO);
	page_program(&style, &out->result);
	return EXIT_DONE;
}

bool request_in_verb(const struct command *c, int argc, char **argv, struct outcome *out, int *code)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		char *value;
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			*code = show_verb(c, false, out);
			return true;
		}
		if (strncmp(argv[i], "--help=", 7) == 0) {
			const char *what = argv[i] + 7;
			*code = strcmp(what, "all") == 0 ? show_verb(c, true, out) : EXIT_USAGE;
			if (*code == EXIT_USAGE)
				err_set(&out->err, ERR_INVAL, "option-value-invalid", "--help takes all, not \"%s\"",
					what);
			return true;
		}
		const struct option_row *row =
		    argv[i][0] == '-' && argv[i][1] ? option_match(&c->options, argv[i], &value) : NULL;
		if (row && !value && option_takes_value(row))
			i++;
	}
	return false;
}
