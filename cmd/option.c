#include "option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;
	return m < c ? m : c;
}

static size_t distance(const char *a, const char *b)
{
	size_t n = strnlen(b, 63), row[64];
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; *a && i < 64; i++, a++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (*a != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

const char *option_nearest(const char *word, const char *const *names, size_t n)
{
	const char *best = NULL;
	size_t least = strlen(word) / 3 + 2;
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, names[i]);
		if (d < least) {
			least = d;
			best = names[i];
		}
	}
	return best;
}

const struct option_row *option_find(const struct option_row *rows, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].name && strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return &rows[i];
	return NULL;
}

static int unknown(const struct option_row *rows, size_t n, const char *arg, size_t len, struct err *err)
{
	CLEANUP_FREE const char **names = mem_calloc(n, sizeof(*names));
	size_t n_names = 0;
	for (size_t i = 0; i < n; i++)
		if (rows[i].name)
			names[n_names++] = rows[i].name;
	CLEANUP_FREE char *word = mem_strndup(arg, len);
	const char *near = option_nearest(word, names, n_names);
	if (near)
		return err_set(err, ERR_INVAL, "unknown option --%s; did you mean --%s?", word, near);
	return err_set(err, ERR_INVAL, "unknown option --%s; see --help", word);
}

static int set_bool(const struct option_row *row, const char *value, bool *out, struct err *err)
{
	if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*out = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*out = false;
	else
		return err_set(err, ERR_INVAL, "--%s takes true or false, not \"%s\"", row->name, value);
	return 0;
}

static int set(const struct option_row *row, char *value, void *options, struct err *err)
{
	void *at = (char *)options + row->offset;
	switch (row->kind) {
	case OPTION_FLAG:
		if (value)
			return err_set(err, ERR_INVAL, "--%s takes no value", row->name);
		*(bool *)at = true;
		return 0;
	case OPTION_BOOL:
		return set_bool(row, value, at, err);
	case OPTION_STRING:
		*(const char **)at = value;
		return 0;
	case OPTION_SECRET:
		if (!strchr(value, ':') || *value == ':')
			return err_set(err, ERR_INVAL, "--%s takes %s", row->name, row->value);
		secret_free(*(char **)at);
		*(char **)at = mem_strdup(value);
		secret_blank(value);
		return 0;
	case OPTION_REST:
	case OPTION_LIST:
		strlist_add(at, value);
		return 0;
	case OPTION_SECONDS:
	case OPTION_COUNT:
	case OPTION_NUMBER: {
		bool seconds = row->kind == OPTION_SECONDS;
		unsigned long most = seconds ? 86400 : row->kind == OPTION_COUNT ? 100 : 10000;
		char *end;
		errno = 0;
		unsigned long n = strtoul(value, &end, 10);
		if (errno || *end || end == value || *value == '-' || n > most)
			return err_set(err, ERR_INVAL, "--%s takes a number%s up to %lu, not \"%s\"", row->name,
				       seconds ? " of seconds" : "", most, value);
		*(unsigned *)at = (unsigned)n;
		return 0;
	}
	}
	return 0;
}

bool option_takes_value(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_BOOL;
}

const struct option_row *option_match(const struct option_row *rows, size_t n, char *arg, char **value)
{
	const struct option_row *row = NULL;
	*value = NULL;
	if (arg[1] == '-') {
		size_t len = strcspn(arg + 2, "=");
		if (arg[2 + len] == '=')
			*value = arg + 2 + len + 1;
		return option_find(rows, n, arg + 2, len);
	}
	for (size_t k = 0; k < n && !row; k++)
		if (rows[k].letter && rows[k].letter == arg[1])
			row = &rows[k];
	if (row && arg[2]) {
		*value = arg + 2;
		return option_takes_value(row) ? row : NULL;
	}
	return row;
}

/* One argument that begins with "-"; *i moves on when the value is the next one. */
static int parse_one(const struct option_row *rows, size_t n, int argc, char **argv, int *i, void *options,
		     struct err *err)
{
	char *arg = argv[*i], *value;
	const struct option_row *row = option_match(rows, n, arg, &value);
	if (!row && arg[1] == '-')
		return unknown(rows, n, arg + 2, strcspn(arg + 2, "="), err);
	if (!row)
		return err_set(err, ERR_INVAL, "unknown option %s; see --help", arg);
	if (!value && option_takes_value(row)) {
		if (*i + 1 >= argc)
			return err_set(err, ERR_INVAL, "--%s needs a value: %s", row->name, row->value);
		value = argv[++*i];
	}
	return set(row, value, options, err);
}

int option_parse(const struct option_row *rows, size_t n, int argc, char **argv, void *options, struct strlist *args,
		 struct err *err)
{
	bool only_args = false;
	struct strlist *rest = args;
	for (size_t k = 0; k < n; k++)
		if (rows[k].kind == OPTION_REST)
			rest = (struct strlist *)(void *)((char *)options + rows[k].offset);
	for (int i = 1; i < argc; i++) {
		if (!only_args && strcmp(argv[i], "--") == 0) {
			only_args = true;
		} else if (only_args || argv[i][0] != '-' || !argv[i][1]) {
			strlist_add(only_args ? rest : args, argv[i]);
		} else {
			int r = parse_one(rows, n, argc, argv, &i, options, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

void option_help(const struct option_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];
		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", rows[i].letter ? '-' : ' ',
			 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? ", " : "  ",
			 rows[i].name ? rows[i].name : "",
			 rows[i].value ? (rows[i].kind == OPTION_BOOL ? "=" : " ") : "",
			 rows[i].value ? rows[i].value : "");
		printf("  %-34s %s%s\n", left, rows[i].help, rows[i].kind == OPTION_LIST ? " (repeatable)" : "");
	}
}
