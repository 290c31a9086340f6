#include "cmd/docker_slim/layer.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/docker_slim/rows.h"
#include "cmd/docker_slim/take.h"
#include "os/output_file.h"

#define REPORT "slim.report.json"
#define TRACE "slim.trace.json"

static bool is_among(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

bool docker_slim_is_name(const char *program)
{
	static const char *const names[] = {"docker-slim", "mint", "dslim", NULL};
	const char *slash = strrchr(program, '/');
	return is_among(slash ? slash + 1 : program, names);
}

enum docker_slim_verb docker_slim_verb_of(const char *name)
{
	static const char *const build[] = {"b", "slim", NULL}, *const profile[] = {"p", "profile", NULL},
				 *const xray[] = {"x", "xray", NULL};
	return is_among(name, build)     ? DOCKER_SLIM_BUILD
	       : is_among(name, profile) ? DOCKER_SLIM_PROFILE
	       : is_among(name, xray)    ? DOCKER_SLIM_XRAY
					 : DOCKER_SLIM_NO_VERB;
}

size_t docker_slim_tables(enum docker_slim_verb verb, struct docker_slim_table out[DOCKER_SLIM_TABLES])
{
	size_t n = 0;
	if (verb == DOCKER_SLIM_XRAY)
		out[n++] = (struct docker_slim_table){docker_slim_xray_rows, docker_slim_n_xray_rows};
	if (verb != DOCKER_SLIM_NO_VERB)
		out[n++] = (struct docker_slim_table){docker_slim_build_rows, docker_slim_n_build_rows};
	return n;
}

/* --NAME, --NAME=VALUE. */
static bool is_option(const char *argument, const char *name)
{
	const size_t len = strlen(name);
	return strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, name, len) == 0 &&
	       (!argument[2 + len] || argument[2 + len] == '=');
}

/* Returns whether the next argument is the value of this one. */
static bool takes_next(const struct docker_slim_state *s, char *argument)
{
	struct docker_slim_table tables[DOCKER_SLIM_TABLES];
	char *value;
	const struct option_row *ours = option_match(s->ours, argument, &value);
	const size_t n = docker_slim_tables(s->verb, tables);
	for (size_t t = 0; t < n; t++)
		for (size_t i = 0; i < tables[t].n; i++)
			if (is_option(argument, tables[t].rows[i].name))
				return tables[t].rows[i].value != DOCKER_SLIM_BOOL && !strchr(argument, '=');
	return ours && option_takes_value(ours) && !value;
}

/* Finds the option by any of its names. */
static bool has_option(const struct docker_slim_state *s, int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		char *value;
		const struct option_row *ours =
		    argv[i][0] == '-' && argv[i][1] ? option_match(s->ours, argv[i], &value) : NULL;
		if (is_option(argv[i], name) || (ours && ours->name && strcmp(ours->name, name) == 0))
			return true;
		i += argv[i][0] == '-' && argv[i][1] && takes_next(s, argv[i]);
	}
	return false;
}

bool docker_slim_is_layer(const struct docker_slim_state *s, int argc, char **argv)
{
	return s->verb != DOCKER_SLIM_NO_VERB &&
	       (s->called || s->globals || docker_slim_verb_of(argv[0]) || has_option(s, argc, argv, "target"));
}

/* Leaves out options that are on the command line, which wins. */
static int take_table(struct docker_slim_state *s, const struct docker_slim_table *t, int argc, char **argv,
		      struct err *err)
{
	char name[64];
	int r = 0;
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		char *value = docker_slim_variable(&t->rows[i], name);
		if (!value || strlist_has(&s->given, t->rows[i].name) || has_option(s, argc, argv, t->rows[i].name))
			continue;
		s->variable = name;
		r = docker_slim_take_value(s, &t->rows[i], value, err);
		s->variable = NULL;
	}
	return r;
}

int docker_slim_take_variables(struct docker_slim_state *s, int argc, char **argv, struct err *err)
{
	struct docker_slim_table tables[1 + DOCKER_SLIM_TABLES] = {
	    {docker_slim_global_rows, docker_slim_n_global_rows}};
	int r = 0;
	if (s->verb == DOCKER_SLIM_NO_VERB)
		return 0;
	const size_t n = 1 + docker_slim_tables(s->verb, tables + 1);
	docker_slim_variables_note(s, tables, n, s->layer);
	for (size_t i = 0; s->layer && r == 0 && i < n; i++)
		r = take_table(s, &tables[i], argc, argv, err);
	return r;
}

static bool verb_has(const struct docker_slim_state *s, const char *name)
{
	return option_find(s->ours, name, strlen(name));
}

void docker_slim_add_defaults(struct docker_slim_state *s, int argc, char **argv)
{
	struct err err = {0};
	if (!s->layer || !verb_has(s, "report-format"))
		return;
	if (s->verb == DOCKER_SLIM_PROFILE && !has_option(s, argc, argv, "output")) {
		docker_slim_add(s, mem_strdup("--output=" TRACE));
		strlist_add(&s->notes,
			    "the recording goes to " TRACE ": slim build --trace " TRACE " IMAGE builds from it");
	}
	const bool ours = has_option(s, argc, argv, "report");
	if (!ours && !s->reported) {
		if (output_file_check(REPORT, &err) < 0) {
			strlist_take(&s->notes, mem_printf("no report is written: %s", err.msg));
			return;
		}
		docker_slim_add(s, mem_strdup("--report=" REPORT));
	}
	if (!ours && !has_option(s, argc, argv, "report-format"))
		docker_slim_add(s, mem_strdup("--report-format=docker-slim"));
}
