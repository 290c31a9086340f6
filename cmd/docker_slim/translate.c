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
static void add_word(struct docker_slim *c, const char *word, size_t len, const char *value)
{
	const char *hole = memmem(word, len, "%s", 2);
	char *text =
	    hole ? mem_printf("%.*s%s%.*s", (int)(hole - word), word, value, (int)(word + len - hole - 2), hole + 2)
		 : mem_strndup(word, len);
	size_t name = strcspn(text, "=");
	if (word == hole) {
		c->target = text;
		strlist_take(&c->owned, text);
		return;
	}
	if (strncmp(text, "--", 2) == 0 || !text[name]) {
		docker_slim_add(c, text);
		return;
	}
	text[name] = '\0';
	setenv(text, text + name + 1, 1);
	free(text);
}

static void add_words(struct docker_slim *c, const char *to, const char *value)
{
	for (size_t len; to && *to; to += len + strspn(to + len, " ")) {
		len = strcspn(to, " ");
		add_word(c, to, len, value);
	}
}

static void note(struct docker_slim *c, const struct docker_slim_row *row)
{
	CLEANUP_FREE char *line = mem_printf("--%s changes nothing here: %s", row->name, row->note);
	if (!strlist_has(&c->notes, line))
		strlist_add(&c->notes, line);
}

static int refuse(const struct docker_slim_row *row, const char *why, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-unsupported", "--%s can't be done here: %s; see slim-docker-slim(7)",
		       row->name, why);
}

/* --image-overrides names it. */
static bool is_overridden(const struct docker_slim *c, const struct docker_slim_row *row)
{
	return strlist_has(&c->overrides, row->name) || strlist_has(&c->overrides, "all");
}

/* An option that both have. */
static void add_same(struct docker_slim *c, const struct docker_slim_row *row, const char *value)
{
	docker_slim_add(c, mem_printf("--%s=%s", row->name, value));
	if (is_overridden(c, row)) {
		CLEANUP_FREE char *name = mem_printf("new-%s", row->name);
		if (option_find(c->ours, name, strlen(name)))
			docker_slim_add(c, mem_printf("--%s=%s", name, value));
	}
}

static int translate_one(struct docker_slim *c, const struct docker_slim_row *row, const char *value, struct err *err)
{
	if (row->translate)
		return row->translate(c, row, value, err);
	if (row->fate == DOCKER_SLIM_SAME)
		add_same(c, row, value);
	else
		add_words(c, row->to, value);
	return 0;
}

static int translate_bool(struct docker_slim *c, const struct docker_slim_row *row, const char *value, struct err *err)
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
		add_words(c, row->off, "");
	} else if (row->fate == DOCKER_SLIM_NOTHING) {
		note(c, row);
	} else if (row->fate == DOCKER_SLIM_OTHER && on) {
		add_words(c, row->to, "");
	} else if (row->fate == DOCKER_SLIM_SAME) {
		const struct option_row *same = option_find(c->ours, row->name, strlen(row->name));
		if (on || (same && same->kind == OPTION_BOOL))
			docker_slim_add(c, mem_printf("--%s%s", row->name, on ? "" : "=false"));
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

static int translate(struct docker_slim *c, const struct docker_slim_row *row, const char *value, struct err *err)
{
	if (row->value == DOCKER_SLIM_BOOL)
		return translate_bool(c, row, value, err);
	if (row->fate == DOCKER_SLIM_REFUSED)
		return refuse(row, row->note, err);
	if (row->fate == DOCKER_SLIM_NOTHING) {
		if (strcmp(row->name, "label") == 0 && is_overridden(c, row))
			docker_slim_add(c, mem_printf("--new-label=%s", value));
		else
			note(c, row);
		return 0;
	}
	if (row->value != DOCKER_SLIM_MANY)
		return translate_one(c, row, value, err);
	for (size_t len; *value; value += len + (value[len] == ',')) {
		len = part_length(value);
		CLEANUP_FREE char *part = mem_strndup(value, len);
		int r = *part ? translate_one(c, row, part, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* The option argv[*i]; *i moves on when the value is the next one. */
static int take(struct docker_slim *c, const struct docker_slim_row *row, int argc, char **argv, int *i,
		struct err *err)
{
	char *value = strchr(argv[*i], '=');
	if (value)
		value++;
	else if (row->value != DOCKER_SLIM_BOOL && *i + 1 >= argc)
		return err_set(err, ERR_INVAL, "option-value-missing", "--%s needs a value", row->name);
	else if (row->value != DOCKER_SLIM_BOOL)
		value = argv[++*i];
	int r = translate(c, row, value, err);
	if (value && strcmp(row->name, "registry-secret") == 0)
		secret_blank(value);
	return r;
}

int docker_slim_globals(struct docker_slim *c, int argc, char **argv, int *verb, struct err *err)
{
	int i = 1, r = 0;
	for (; r == 0 && i < argc && argv[i][0] == '-'; i++) {
		const char *name = argv[i] + (argv[i][1] == '-' ? 2 : 1);
		const struct docker_slim_row *row =
		    find(docker_slim_global_rows, docker_slim_n_global_rows, name, strcspn(name, "="));
		if (!row)
			return err_set(err, ERR_INVAL, "option-unknown",
				       "unknown option %s before the verb; see slim --help", argv[i]);
		r = take(c, row, argc, argv, &i, err);
	}
	*verb = i;
	return r;
}

/* --image-overrides counts for the options before it, too. */
static void find_overrides(struct docker_slim *c, int argc, char **argv)
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
			strlist_take(&c->overrides, mem_strndup(value, len));
		}
	}
}

/* What is before the verb becomes options of the verb, if it has them. */
static void take_globals(struct docker_slim *c, char **argv, int argc)
{
	for (int i = 0; i < argc; i++) {
		char *value;
		if (option_match(c->ours, argv[i], &value))
			docker_slim_push(c, argv[i]);
		else
			strlist_take(&c->notes, mem_printf("%.*s changes nothing for this verb",
							   (int)strcspn(argv[i], "="), argv[i]));
	}
}

/* The arguments that are no options, before the options: behind one that lacks its value they would be that. Of them
 * only the target counts, as with theirs. */
static void insert_arguments(struct docker_slim *c, char **arguments, size_t n)
{
	CLEANUP_FREE char **options = c->argv;
	int n_options = c->argc;
	c->argv = NULL;
	c->argc = 0;
	c->cap = 0;
	docker_slim_push(c, options[0]);
	if (c->target)
		docker_slim_push(c, c->target);
	for (size_t i = 0; i < n; i++)
		if (!c->target)
			docker_slim_push(c, arguments[i]);
		else if (strcmp(arguments[i], c->target) != 0)
			strlist_take(&c->notes, mem_printf("%s is not used: --target names the image", arguments[i]));
	for (int i = 1; i < n_options; i++)
		docker_slim_push(c, options[i]);
}

/* One option, or one that may not be; *i moves on when the value is the next argument. */
static int take_any(struct docker_slim *c, bool theirs, int argc, char **argv, int *i, struct err *err)
{
	const char *name = argv[*i] + 2;
	const struct docker_slim_row *row = NULL;
	if (theirs && strncmp(argv[*i], "--", 2) == 0)
		row = find(compat_build_rows, compat_n_build_rows, name, strcspn(name, "="));
	if (row)
		return take(c, row, argc, argv, i, err);
	char *value;
	const struct option_row *option = option_match(c->ours, argv[*i], &value);
	docker_slim_push(c, argv[*i]);
	if (option && option_takes_value(option) && !value && *i + 1 < argc)
		docker_slim_push(c, argv[++*i]);
	return 0;
}

int docker_slim_verb(struct docker_slim *c, const struct option_table *ours, bool theirs, int argc, char **argv,
		     struct err *err)
{
	CLEANUP_FREE char **before = c->argv, **arguments = mem_calloc((size_t)argc, sizeof(*arguments));
	int n_before = c->argc, i = 1, r = 0;
	size_t n_arguments = 0;
	c->argv = NULL;
	c->argc = 0;
	c->cap = 0;
	c->ours = ours;
	docker_slim_push(c, argv[0]);
	take_globals(c, before, n_before);
	if (theirs)
		find_overrides(c, argc, argv);
	for (; r == 0 && i < argc && strcmp(argv[i], "--") != 0; i++)
		if (argv[i][0] == '-' && argv[i][1])
			r = take_any(c, theirs, argc, argv, &i, err);
		else
			arguments[n_arguments++] = argv[i];
	if (r < 0)
		return r;
	insert_arguments(c, arguments, n_arguments);
	for (; i < argc; i++)
		docker_slim_push(c, argv[i]);
	if (!c->account != !c->secret)
		return err_set(err, ERR_INVAL, "option-needs-partner", "--registry-%s needs --registry-%s",
			       c->account ? "account" : "secret", c->account ? "secret" : "account");
	return 0;
}
