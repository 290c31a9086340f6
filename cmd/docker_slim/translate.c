#include "cmd/docker_slim/translate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/docker_slim/rows.h"
#include "text/secret.h"

static const struct docker_slim_row *find(const struct docker_slim_row *rows, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

/* As Go's strconv.ParseBool. */
static int parse_bool(const char *name, const char *value, bool *out, struct err *err)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*out = strcmp(value, yes[i]) == 0;
			return 0;
		}
	return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes true or false, not \"%s\"", name, value);
}

/* One word of a row's `to`, with the value in it. */
static void add_word(struct docker_slim_state *s, const char *word, size_t len, const char *value)
{
	const char *hole = memmem(word, len, "%s", 2);
	char *text =
	    hole ? mem_printf("%.*s%s%.*s", (int)(hole - word), word, value, (int)(word + len - hole - 2), hole + 2)
		 : mem_strndup(word, len);
	size_t name = strcspn(text, "=");
	if (word == hole) {
		s->target = text;
		strlist_take(&s->owned, text);
		return;
	}
	if (strncmp(text, "--", 2) == 0 || !text[name]) {
		docker_slim_add(s, text);
		return;
	}
	text[name] = '\0';
	setenv(text, text + name + 1, 1);
	free(text);
}

static void add_words(struct docker_slim_state *s, const char *to, const char *value)
{
	for (size_t len; to && *to; to += len + strspn(to + len, " ")) {
		len = strcspn(to, " ");
		add_word(s, to, len, value);
	}
}

static void note(struct docker_slim_state *s, const struct docker_slim_row *row)
{
	CLEANUP_FREE char *line = mem_printf("--%s changes nothing here: %s", row->name, row->note);
	if (!strlist_has(&s->notes, line))
		strlist_add(&s->notes, line);
}

static int refuse(const struct docker_slim_row *row, const char *why, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-unsupported", "--%s can't be done here: %s; see slim-docker-slim(7)",
		       row->name, why);
}

/* --image-overrides names it. */
static bool is_overridden(const struct docker_slim_state *s, const struct docker_slim_row *row)
{
	return strlist_has(&s->overrides, row->name) || strlist_has(&s->overrides, "all");
}

/* An option that both have. */
static void add_same(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value)
{
	docker_slim_add(s, mem_printf("--%s=%s", row->name, value));
	if (is_overridden(s, row)) {
		CLEANUP_FREE char *name = mem_printf("new-%s", row->name);
		if (option_find(s->ours, name, strlen(name)))
			docker_slim_add(s, mem_printf("--%s=%s", name, value));
	}
}

static int translate_one(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			 struct err *err)
{
	if (row->translate)
		return row->translate(s, row, value, err);
	if (row->fate == DOCKER_SLIM_SAME)
		add_same(s, row, value);
	else
		add_words(s, row->to, value);
	return 0;
}

static int translate_bool(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value,
			  struct err *err)
{
	bool on = true;
	int r = value ? parse_bool(row->name, value, &on, err) : 0;
	if (r < 0)
		return r;
	if (!on && row->off_refused)
		return refuse(row, row->off_refused, err);
	if (on && row->fate == DOCKER_SLIM_REFUSED)
		return refuse(row, row->note, err);
	if (!on && row->off) {
		add_words(s, row->off, "");
	} else if (row->fate == DOCKER_SLIM_NOTHING) {
		note(s, row);
	} else if (row->fate == DOCKER_SLIM_OTHER && on) {
		add_words(s, row->to, "");
	} else if (row->fate == DOCKER_SLIM_SAME) {
		const struct option_row *same = option_find(s->ours, row->name, strlen(row->name));
		if (on || (same && option_is_bool(same)))
			docker_slim_add(s, mem_printf("--%s%s", row->name, on ? "" : "=false"));
	}
	return 0;
}

/* Up to the next comma that is in no braces. */
static size_t part_length(const char *s)
{
	int depth = 0;
	size_t n = 0;
	for (; s[n] && (s[n] != ',' || depth > 0); n++)
		depth += s[n] == '{' ? 1 : s[n] == '}' && depth > 0 ? -1 : 0;
	return n;
}

static int translate(struct docker_slim_state *s, const struct docker_slim_row *row, const char *value, struct err *err)
{
	if (row->value == DOCKER_SLIM_BOOL)
		return translate_bool(s, row, value, err);
	if (row->fate == DOCKER_SLIM_REFUSED)
		return refuse(row, row->note, err);
	if (row->fate == DOCKER_SLIM_NOTHING) {
		if (strcmp(row->name, "label") == 0 && is_overridden(s, row))
			docker_slim_add(s, mem_printf("--new-label=%s", value));
		else
			note(s, row);
		return 0;
	}
	if (row->value != DOCKER_SLIM_MANY)
		return translate_one(s, row, value, err);
	for (size_t len; *value; value += len + (value[len] == ',')) {
		len = part_length(value);
		CLEANUP_FREE char *part = mem_strndup(value, len);
		int r = *part ? translate_one(s, row, part, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* The option argv[*i]; *i moves on when the value is the next one. */
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
	int r = translate(s, row, value, err);
	if (value && strcmp(row->name, "registry-secret") == 0)
		secret_blank(value);
	if (value && strcmp(row->name, "env") == 0)
		option_blank_variable(value);
	return r;
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
		r = take(s, row, argc, argv, &i, err);
	}
	*verb = i;
	return r;
}

/* --image-overrides counts for the options before it, too. */
static void find_overrides(struct docker_slim_state *s, int argc, char **argv)
{
	static const char name[] = "--image-overrides";
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;
		if (strcmp(argv[i], name) == 0 && i + 1 < argc)
			value = argv[i + 1];
		else if (strncmp(argv[i], name, sizeof(name) - 1) == 0 && argv[i][sizeof(name) - 1] == '=')
			value = argv[i] + sizeof(name);
		for (size_t len; value && *value; value += len + (value[len] == ',')) {
			len = strcspn(value, ",");
			strlist_take(&s->overrides, mem_strndup(value, len));
		}
	}
}

/* What is before the verb becomes options of the verb, if it has them. */
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

/* The arguments that are no options, before the options: behind one that lacks its value they would be that. Of them
 * only the target counts, as with theirs. */
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

/* One option, or one that may not be; *i moves on when the value is the next argument. */
static int take_any(struct docker_slim_state *s, bool theirs, int argc, char **argv, int *i, struct err *err)
{
	const char *name = argv[*i] + 2;
	const struct docker_slim_row *row = NULL;
	if (theirs && strncmp(argv[*i], "--", 2) == 0)
		row = find(docker_slim_build_rows, docker_slim_n_build_rows, name, strcspn(name, "="));
	if (row)
		return take(s, row, argc, argv, i, err);
	char *value;
	const struct option_row *option = option_match(s->ours, argv[*i], &value);
	docker_slim_push(s, argv[*i]);
	if (option && option_takes_value(option) && !value && *i + 1 < argc)
		docker_slim_push(s, argv[++*i]);
	return 0;
}

int docker_slim_take_verb(struct docker_slim_state *s, const struct option_table *ours, bool theirs, int argc,
			  char **argv, struct err *err)
{
	CLEANUP_FREE char **before = s->argv, **arguments = mem_calloc((size_t)argc, sizeof(*arguments));
	int n_before = s->argc, i = 1, r = 0;
	size_t n_arguments = 0;
	s->argv = NULL;
	s->argc = 0;
	s->cap = 0;
	s->ours = ours;
	docker_slim_push(s, argv[0]);
	pass_globals(s, before, n_before);
	if (theirs)
		find_overrides(s, argc, argv);
	for (; r == 0 && i < argc && strcmp(argv[i], "--") != 0; i++)
		if (argv[i][0] == '-' && argv[i][1])
			r = take_any(s, theirs, argc, argv, &i, err);
		else
			arguments[n_arguments++] = argv[i];
	if (r < 0)
		return r;
	insert_arguments(s, arguments, n_arguments);
	for (; i < argc; i++)
		docker_slim_push(s, argv[i]);
	if (!s->account != !s->secret)
		return err_set(err, ERR_INVAL, "option-needs-partner", "--registry-%s needs --registry-%s",
			       s->account ? "account" : "secret", s->account ? "secret" : "account");
	return 0;
}
