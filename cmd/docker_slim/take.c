#include "cmd/docker_slim/take.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/secret.h"

/* Accepts what Go's strconv.ParseBool does. */
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
	CLEANUP_FREE char *line = mem_printf("%s%s changes nothing here: %s", s->variable ? "" : "--",
					     s->variable ? s->variable : row->name, row->note);
	if (!strlist_has(&s->notes, line))
		strlist_add(&s->notes, line);
}

static int refuse(const struct docker_slim_state *s, const struct docker_slim_row *row, const char *why,
		  struct err *err)
{
	return err_set(err, ERR_INVAL, "option-unsupported", "%s%s can't be done here: %s; see slim-docker-slim(7)",
		       s->variable ? "" : "--", s->variable ? s->variable : row->name, why);
}

/* Returns whether --image-overrides names the option. */
static bool is_overridden(const struct docker_slim_state *s, const struct docker_slim_row *row)
{
	return strlist_has(&s->overrides, row->name) || strlist_has(&s->overrides, "all");
}

/* Adds an option that both programs have. */
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
		return refuse(s, row, row->off_refused, err);
	if (on && row->fate == DOCKER_SLIM_REFUSED)
		return refuse(s, row, row->note, err);
	if (!on && row->off) {
		add_words(s, row->off, "");
	} else if (row->fate == DOCKER_SLIM_NOTHING) {
		note(s, row);
	} else if (row->translate) {
		return on ? row->translate(s, row, "", err) : 0;
	} else if (row->fate == DOCKER_SLIM_OTHER && on) {
		add_words(s, row->to, "");
	} else if (row->fate == DOCKER_SLIM_SAME) {
		const struct option_row *same = option_find(s->ours, row->name, strlen(row->name));
		if (on || (same && option_is_bool(same)))
			docker_slim_add(s, mem_printf("--%s%s", row->name, on ? "" : "=false"));
	}
	return 0;
}

/* The length up to the next comma outside of braces. */
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
		return refuse(s, row, row->note, err);
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

int docker_slim_take_value(struct docker_slim_state *s, const struct docker_slim_row *row, char *value, struct err *err)
{
	int r = translate(s, row, value, err);
	if (value && strcmp(row->name, "registry-secret") == 0)
		secret_blank(value);
	if (value && strcmp(row->name, "env") == 0)
		option_blank_variable(value);
	const bool named = r == 0 || !s->variable || strncmp(err->msg, s->variable, strlen(s->variable)) == 0;
	return named ? r : err_wrap(err, "%s", s->variable);
}
