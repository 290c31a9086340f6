#include "cmd/docker_slim/translate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/docker_slim/fat_image.h"
#include "cmd/docker_slim/layer.h"
#include "cmd/docker_slim/rows.h"
#include "cmd/docker_slim/take.h"

static const struct docker_slim_row *find(const struct docker_slim_row *rows, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

/* Takes the option argv[*i]. Increments *i if its value is the next argument. */
static int take(struct docker_slim_state *s, const struct docker_slim_row *row, int argc, char **argv, int *i,
		struct err *err)
{
	char *value = strchr(argv[*i], '=');
	if (value)
		value++;
	else if (row->value != DOCKER_SLIM_BOOL && *i + 1 >= argc)
		return err_set(err, ERR_INVAL, "option-value-missing", "--%s needs a value", row->name);
	else if (row->value != DOCKER_SLIM_BOOL)
		value = argv[++*i];
	return docker_slim_take_value(s, row, value, err);
}

int docker_slim_take_globals(struct docker_slim_state *s, int argc, char **argv, int *verb, struct err *err)
{
	int i = 1, r = 0;
	for (; r == 0 && i < argc && argv[i][0] == '-'; i++) {
		const char *name = argv[i] + (argv[i][1] == '-' ? 2 : 1);
		const struct docker_slim_row *row =
		    find(docker_slim_global_rows, docker_slim_n_global_rows, name, strcspn(name, "="));
		if (!row)
			return err_set(err, ERR_INVAL, "option-unknown",
				       "unknown option %s before the verb; see slim --help", argv[i]);
		strlist_add(&s->given, row->name);
		r = take(s, row, argc, argv, &i, err);
	}
	s->globals = i > 1;
	*verb = i;
	return r;
}

static void add_overrides(struct docker_slim_state *s, const char *value)
{
	for (size_t len; value && *value; value += len + (value[len] == ',')) {
		len = strcspn(value, ",");
		strlist_take(&s->overrides, mem_strndup(value, len));
	}
}

/* Reads --image-overrides before all other options, because it also counts for those before it. */
static void find_overrides(struct docker_slim_state *s, int argc, char **argv)
{
	static const char name[] = "--image-overrides";
	const struct docker_slim_row *row =
	    find(docker_slim_build_rows, docker_slim_n_build_rows, name + 2, sizeof(name) - 3);
	char variable[64];
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;
		if (strcmp(argv[i], name) == 0 && i + 1 < argc)
			value = argv[i + 1];
		else if (strncmp(argv[i], name, sizeof(name) - 1) == 0 && argv[i][sizeof(name) - 1] == '=')
			value = argv[i] + sizeof(name);
		add_overrides(s, value);
	}
	if (s->layer && !s->overrides.count)
		add_overrides(s, docker_slim_variable(row, variable));
}

/* Makes the options before the verb options of the verb, if it has them. */
static void pass_globals(struct docker_slim_state *s, char **argv, int argc)
{
	for (int i = 0; i < argc; i++) {
		char *value;
		if (option_match(s->ours, argv[i], &value))
			docker_slim_push(s, argv[i]);
		else
			strlist_take(&s->notes, mem_printf("%.*s changes nothing for this verb",
							   (int)strcspn(argv[i], "="), argv[i]));
	}
}

/* Puts the other arguments before the options: after an option that lacks its value they would become the value. If an
 * option gave the target, they do not count, as in docker-slim. */
static void insert_arguments(struct docker_slim_state *s, char **arguments, size_t n)
{
	CLEANUP_FREE char **options = s->argv;
	int n_options = s->argc;
	s->argv = NULL;
	s->argc = 0;
	s->cap = 0;
	docker_slim_push(s, options[0]);
	if (s->target)
		docker_slim_push(s, s->target);
	for (size_t i = 0; i < n; i++)
		if (!s->target)
			docker_slim_push(s, arguments[i]);
		else if (strcmp(arguments[i], s->target) != 0)
			strlist_take(&s->notes, mem_printf("%s is not used: --target names the image", arguments[i]));
	for (int i = 1; i < n_options; i++)
		docker_slim_push(s, options[i]);
}

static const struct docker_slim_row *find_of_verb(const struct docker_slim_state *s, const char *name)
{
	struct docker_slim_table tables[DOCKER_SLIM_TABLES];
	const struct docker_slim_row *row = NULL;
	const size_t n = docker_slim_tables(s->verb, tables);
	for (size_t i = 0; !row && i < n; i++)
		row = find(tables[i].rows, tables[i].n, name, strcspn(name, "="));
	return row;
}

/* Takes one option, which may be unknown. Increments *i if its value is the next argument. */
static int take_any(struct docker_slim_state *s, int argc, char **argv, int *i, struct err *err)
{
	const struct docker_slim_row *row = NULL;
	if (strncmp(argv[*i], "--", 2) == 0)
		row = find_of_verb(s, argv[*i] + 2);
	if (row)
		return take(s, row, argc, argv, i, err);
	char *value;
	const struct option_row *option = option_match(s->ours, argv[*i], &value);
	docker_slim_push(s, argv[*i]);
	if (option && option_takes_value(option) && !value && *i + 1 < argc)
		docker_slim_push(s, argv[++*i]);
	return 0;
}

/* Finds out what must be known before the options after the verb are taken. */
static int begin_verb(struct docker_slim_state *s, int argc, char **argv, struct err *err)
{
	CLEANUP_FREE char **before = s->argv;
	int n_before = s->argc;
	s->argv = NULL;
	s->argc = 0;
	s->cap = 0;
	docker_slim_push(s, argv[0]);
	pass_globals(s, before, n_before);
	s->layer = docker_slim_is_layer(s, argc, argv);
	if (s->verb != DOCKER_SLIM_NO_VERB)
		find_overrides(s, argc, argv);
	return docker_slim_take_variables(s, argc, argv, err);
}

int docker_slim_take_verb(struct docker_slim_state *s, const struct option_table *ours, enum docker_slim_verb verb,
			  int argc, char **argv, struct err *err)
{
	CLEANUP_FREE char **arguments = mem_calloc((size_t)argc, sizeof(*arguments));
	size_t n_arguments = 0;
	int i = 1;
	s->ours = ours;
	s->verb = verb;
	int r = begin_verb(s, argc, argv, err);
	const char *of_variable = s->target;
	for (; r == 0 && i < argc && strcmp(argv[i], "--") != 0; i++)
		if (argv[i][0] == '-' && argv[i][1])
			r = take_any(s, argc, argv, &i, err);
		else
			arguments[n_arguments++] = argv[i];
	if (n_arguments && s->target == of_variable)
		s->target = NULL; /* the command line wins */
	if (r < 0 || (r = docker_slim_fat_plan(s, n_arguments ? arguments[0] : NULL, err)) < 0)
		return r;
	insert_arguments(s, arguments, s->fat.builder ? 0 : n_arguments);
	docker_slim_add_defaults(s, argc, argv);
	for (; i < argc; i++)
		docker_slim_push(s, argv[i]);
	if (!s->account != !s->secret)
		return err_set(err, ERR_INVAL, "option-needs-partner", "--registry-%s needs --registry-%s",
			       s->account ? "account" : "secret", s->account ? "secret" : "account");
	return 0;
}
