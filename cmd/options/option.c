#include "cmd/options/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/words.h"
#include "text/secret.h"

const char *option_nearest(const char *word, const char *const *names, size_t n)
{
	return words_nearest(word, names, n);
}

/* Returns row number i of all groups, or NULL after the last. */
static const struct option_row *row_at(const struct option_table *t, size_t i)
{
	for (size_t k = 0; k < t->n; i -= t->parts[k++].group->n)
		if (i < t->parts[k].group->n)
			return &t->parts[k].group->rows[i];
	return NULL;
}

/* Returns the member of the verb's options struct that the row fills. */
static void *member_of(const struct option_table *t, const struct option_row *row, void *options)
{
	size_t k = 0;
	while (row < t->parts[k].group->rows || row >= t->parts[k].group->rows + t->parts[k].group->n)
		k++;
	return (char *)options + t->parts[k].offset + row->offset;
}

const struct option_row *option_find(const struct option_table *t, const char *name, size_t len)
{
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(t, i)); i++)
		if (row->name && strlen(row->name) == len && memcmp(row->name, name, len) == 0)
			return row;
	return NULL;
}

static int unknown(const struct option_table *t, const char *arg, size_t len, struct err *err)
{
	CLEANUP_FREE const char **names = NULL;
	size_t n = 0, cap = 0;
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(t, i)); i++) {
		names = mem_grow(names, n, &cap, sizeof(*names));
		if (row->name)
			names[n++] = row->name;
	}
	CLEANUP_FREE char *word = mem_strndup(arg, len);
	const char *near = option_nearest(word, names, n);
	if (near)
		return err_set(err, ERR_INVAL, "option-unknown", "unknown option --%s; did you mean --%s?", word, near);
	return err_set(err, ERR_INVAL, "option-unknown", "unknown option --%s; see --help", word);
}

static int set_bool(const struct option_row *row, const char *value, bool *out, struct err *err)
{
	if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*out = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*out = false;
	else
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes true or false, not \"%s\"",
			       row->name, value);
	return 0;
}

static int set_choice(const struct option_row *row, const char *value, enum option_choice *out, struct err *err)
{
	bool on;
	int r = set_bool(row, value, &on, err);
	if (r == 0)
		*out = on ? OPTION_YES : OPTION_NO;
	return r;
}

static int set_secret(const struct option_row *row, char *value, char **out, struct err *err)
{
	if (!strchr(value, ':') || *value == ':')
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes %s", row->name, row->value);
	secret_free(*out);
	*out = mem_strdup(value);
	secret_blank(value);
	return 0;
}

void option_blank_variable(char *text)
{
	char *value = strchr(text, '=');
	if (value)
		secret_blank(value + 1);
}

static int set_number(const struct option_row *row, const char *value, unsigned *out, struct err *err)
{
	bool seconds = row->kind == OPTION_SECONDS;
	unsigned long most = seconds ? 86400 : row->kind == OPTION_COUNT ? 100 : 10000;
	char *end;
	errno = 0;
	unsigned long n = strtoul(value, &end, 10);
	if (errno || *end || end == value || *value == '-' || n > most)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s takes a number%s up to %lu, not \"%s\"",
			       row->name, seconds ? " of seconds" : "", most, value);
	*out = (unsigned)n;
	return 0;
}

static int set(const struct option_row *row, char *value, void *member, struct err *err)
{
	switch (row->kind) {
	case OPTION_FLAG:
		if (value)
			return err_set(err, ERR_INVAL, "option-value-unexpected", "--%s takes no value", row->name);
		*(bool *)member = true;
		return 0;
	case OPTION_BOOL:
		return set_bool(row, value, member, err);
	case OPTION_CHOICE:
		return set_choice(row, value, member, err);
	case OPTION_STRING:
		*(const char **)member = value;
		return 0;
	case OPTION_SECRET:
		return set_secret(row, value, member, err);
	case OPTION_REST:
	case OPTION_LIST:
		strlist_add(member, value);
		return 0;
	case OPTION_SECRETS:
		strlist_add(member, value);
		secret_blank(value);
		return 0;
	case OPTION_ENV:
		strlist_add(member, value);
		option_blank_variable(value);
		return 0;
	case OPTION_SECONDS:
	case OPTION_COUNT:
	case OPTION_NUMBER:
		return set_number(row, value, member, err);
	case OPTION_GIVEN: /* it has no name, so it is never given */
		break;
	}
	return 0;
}

bool option_is_bool(const struct option_row *row)
{
	return row->kind == OPTION_BOOL || row->kind == OPTION_CHOICE;
}

bool option_takes_value(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && !option_is_bool(row);
}

bool option_is_list(const struct option_row *row)
{
	return row->kind == OPTION_LIST || row->kind == OPTION_ENV || row->kind == OPTION_SECRETS;
}

static const struct option_row *find_letter(const struct option_table *t, char letter)
{
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(t, i)); i++)
		if (row->letter && row->letter == letter)
			return row;
	return NULL;
}

const struct option_row *option_match(const struct option_table *t, char *arg, char **value)
{
	*value = NULL;
	if (arg[1] == '-') {
		size_t len = strcspn(arg + 2, "=");
		if (arg[2 + len] == '=')
			*value = arg + 2 + len + 1;
		return option_find(t, arg + 2, len);
	}
	const struct option_row *row = find_letter(t, arg[1]);
	if (row && arg[2]) {
		*value = arg + 2;
		return option_takes_value(row) ? row : NULL;
	}
	return row;
}

/* Returns the member that the row of this kind fills, or NULL if there is no such row. */
static void *member_of_kind(const struct option_table *t, enum option_kind kind, void *options)
{
	const struct option_row *row;
	for (size_t i = 0; (row = row_at(t, i)); i++)
		if (row->kind == kind)
			return member_of(t, row, options);
	return NULL;
}

static void add_given(const struct option_table *t, const struct option_row *row, const char *value, void *options)
{
	struct option_given_list *l = member_of_kind(t, OPTION_GIVEN, options);
	if (!l)
		return;
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct option_given){row, value};
}

void option_given_done(struct option_given_list *l)
{
	free(l->items);
	*l = (struct option_given_list){0};
}

/* One argument that begins with "-"; *i moves on when the value is the next one. */
static int parse_one(const struct option_table *t, int argc, char **argv, int *i, void *options, struct err *err)
{
	char *arg = argv[*i], *value;
	const struct option_row *row = option_match(t, arg, &value);
	if (!row && arg[1] == '-')
		return unknown(t, arg + 2, strcspn(arg + 2, "="), err);
	if (!row)
		return err_set(err, ERR_INVAL, "option-unknown", "unknown option %s; see --help", arg);
	if (!value && option_takes_value(row)) {
		if (*i + 1 >= argc)
			return err_set(err, ERR_INVAL, "option-value-missing", "--%s needs a value: %s", row->name,
				       row->value);
		value = argv[++*i];
	}
	add_given(t, row, value, options);
	return set(row, value, member_of(t, row, options), err);
}

/* Returns the list for the words after "--". */
static struct strlist *rest_of(const struct option_table *t, void *options, struct strlist *args)
{
	struct strlist *rest = member_of_kind(t, OPTION_REST, options);
	return rest ? rest : args;
}

int option_parse(const struct option_table *t, int argc, char **argv, void *options, struct strlist *args,
		 struct err *err)
{
	bool only_args = false;
	struct strlist *rest = rest_of(t, options, args);
	for (int i = 1; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (only_args || argv[i][0] != '-' || !argv[i][1]) {
			strlist_add(only_args ? rest : args, argv[i]);
		} else {
			int r = parse_one(t, argc, argv, &i, options, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}
