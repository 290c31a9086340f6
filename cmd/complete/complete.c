#include "cmd/complete/complete.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/complete/images.h"
#include "cmd/complete/scripts.h"
#include "cmd/complete/value.h"
#include "cmd/verbs/verbs.h"
#include "os/fd.h"
#include "text/secret.h"

#define SHOWN 70 /* bytes of a description */

/* The verbs that are not in the table. */
static const struct own_verb {
	const char *name, *summary, *arguments;
} own_verbs[] = {
    {"completion", "Print the completion script of a shell", "bash|zsh|fish"},
    {"help", "Show the verbs, or the options of a verb", NULL},
    {"version", "Print the version", ""},
};
#define OWN (sizeof(own_verbs) / sizeof(own_verbs[0]))

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ---- lines ---- */

/* A terminal would not show it as it is. */
static bool is_unprintable(const char *text)
{
	CLEANUP_BUF struct buf shown = {0};
	buf_escape(&shown, text, strlen(text));
	return !shown.len || strcmp(shown.data, text) != 0;
}

/* before: what of the word stands before the part that candidate completes ("--format="). */
static void add(const char *before, const char *candidate, const char *description, struct buf *out)
{
	if (is_unprintable(candidate))
		return;
	buf_printf(out, "%s%s", before, candidate);
	if (description) {
		const size_t len = strlen(description), cut = strcspn(description, ";(");
		const size_t n = cut > 10 && cut < len ? cut : len;
		buf_printf(out, "\t%.*s", (int)(n < SHOWN ? n : SHOWN), description);
		while (out->data[out->len - 1] == ' ')
			out->data[--out->len] = '\0';
	}
	buf_char(out, '\n');
}

static void add_matching(const char *before, const struct strlist *candidates, const char *word, struct buf *out)
{
	for (size_t i = 0; i < candidates->count; i++)
		if (begins(candidates->items[i], word))
			add(before, candidates->items[i], NULL, out);
}

/* ---- values and arguments ---- */

static void add_kind(const struct value_kind *kind, const char *before, const char *word, struct buf *out)
{
	CLEANUP_STRLIST struct strlist images = {0};
	add_matching(before, &kind->choices, word, out);
	if (kind->images)
		images_list(word, &images);
	add_matching(before, &images, word, out);
	if (kind->files)
		buf_str(out, ":files\n");
	else if (kind->directories)
		buf_str(out, ":directories\n");
}

static void add_value(const struct option_row *row, const char *before, const char *word, struct buf *out)
{
	CLEANUP_VALUE_KIND struct value_kind kind = {0};
	if (row->value)
		value_kind_read(row->value, row->choices, &kind);
	add_kind(&kind, before, word, out);
}

/* The word number n of a form of the arguments, of len bytes; one that ends with "..." is repeated until the words
 * behind it. NULL = the form has fewer. */
static const char *word_of_form(const char *form, size_t n, size_t *len)
{
	const char *last = NULL, *end = strstr(form, " | ");
	size_t length = end ? (size_t)(end - form) : strlen(form);
	for (size_t i = 0, at = 0; at < length; i++, at += strspn(form + at, " ")) {
		const char *word = form + at;
		*len = strcspn(word, " ");
		at += *len;
		if (i == n)
			return word;
		last = *len > 3 && memchr(word, '.', *len) ? word : last;
	}
	*len = last ? strcspn(last, " ") : 0;
	return last;
}

/* Whether the arguments before the one being typed fit the words of the form that are to be typed as they are. */
static bool fits(const char *form, const struct strlist *arguments)
{
	for (size_t i = 0; i < arguments->count; i++) {
		size_t len;
		const char *word = word_of_form(form, i, &len);
		if (!word)
			return false;
		if (*word >= 'a' && *word <= 'z' &&
		    (strlen(arguments->items[i]) != len || memcmp(word, arguments->items[i], len) != 0))
			return false;
	}
	return true;
}

/* arguments: those before word. */
static void add_argument(const struct command *c, const struct strlist *arguments, const char *word, struct buf *out)
{
	CLEANUP_VALUE_KIND struct value_kind all = {0};
	for (const char *form = c->args; form; form = strstr(form, " | ") ? strstr(form, " | ") + 3 : NULL) {
		size_t len;
		const char *name = fits(form, arguments) ? word_of_form(form, arguments->count, &len) : NULL;
		if (!name || *name == '-')
			continue;
		CLEANUP_FREE char *text = mem_strndup(name, len);
		value_kind_read(text, NULL, &all);
	}
	add_kind(&all, "", word, out);
}

/* ---- options ---- */

static void add_options(const struct option_table *t, const char *word, struct buf *out)
{
	for (size_t k = 0; k < t->n; k++) {
		const struct option_group *g = t->parts[k].group;
		for (size_t i = 0; i < g->n; i++) {
			CLEANUP_FREE char *name = g->rows[i].name ? mem_printf("--%s", g->rows[i].name) : NULL;
			if (name && begins(name, word))
				add("", name, g->rows[i].help, out);
		}
	}
	if (begins("--help", word))
		add("", "--help", "show the common options", out);
	if (begins("--help=all", word) && begins(word, "--help"))
		add("", "--help=all", "show all options", out);
}

/* word: "--name=value", of which the value is being typed. Returns false if it is something else. */
static bool add_inline_value(const struct option_table *t, const char *word, struct buf *out)
{
	const char *equals = strchr(word, '=');
	if (!begins(word, "--") || !equals)
		return false;
	const struct option_row *row = option_find(t, word + 2, (size_t)(equals - word - 2));
	CLEANUP_FREE char *before = mem_strndup(word, (size_t)(equals - word) + 1);
	if (row)
		add_value(row, before, equals + 1, out);
	else if (begins("--help=all", word))
		add("", "--help=all", "show all options", out);
	return true;
}

static void complete_verb(const struct command *c, const struct strlist *words, struct buf *out)
{
	CLEANUP_STRLIST struct strlist arguments = {0};
	const char *word = words->items[words->count - 1];
	const struct option_row *awaits = NULL; /* the option whose value comes next */
	for (size_t i = 1; i + 1 < words->count; i++) {
		char *value;
		if (awaits) {
			awaits = NULL;
		} else if (strcmp(words->items[i], "--") == 0) {
			return; /* a command of the container */
		} else if (words->items[i][0] == '-' && words->items[i][1]) {
			const struct option_row *row = option_match(&c->options, words->items[i], &value);
			awaits = row && !value && option_takes_value(row) ? row : NULL;
		} else {
			strlist_add(&arguments, words->items[i]);
		}
	}
	if (awaits)
		add_value(awaits, "", word, out);
	else if (*word != '-')
		add_argument(c, &arguments, word, out);
	else if (!add_inline_value(&c->options, word, out))
		add_options(&c->options, word, out);
}

/* ---- verbs ---- */

static void add_verbs(const char *word, bool own, struct buf *out)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (begins(verbs_table[i]->name, word))
			add("", verbs_table[i]->name, verbs_table[i]->summary, out);
	for (size_t i = 0; own && i < OWN; i++)
		if (begins(own_verbs[i].name, word))
			add("", own_verbs[i].name, own_verbs[i].summary, out);
}

void complete_words(const struct strlist *words, struct buf *out)
{
	if (!words->count)
		return;
	const char *verb = words->items[0], *word = words->items[words->count - 1];
	if (words->count == 1) {
		add_verbs(word, true, out);
		if (*word == '-') {
			if (begins("--help", word))
				add("", "--help", "show the verbs", out);
			if (begins("--version", word))
				add("", "--version", "print the version", out);
		}
		return;
	}
	const struct command *c = verbs_find(verb, NULL);
	if (c)
		complete_verb(c, words, out);
	else if (strcmp(verb, "help") == 0 && words->count == 2)
		add_verbs(word, false, out);
	for (size_t i = 0; !c && i < OWN; i++) {
		CLEANUP_VALUE_KIND struct value_kind kind = {0};
		if (strcmp(verb, own_verbs[i].name) != 0 || words->count != 2 || !own_verbs[i].arguments)
			continue;
		value_kind_read(own_verbs[i].arguments, NULL, &kind);
		add_kind(&kind, "", word, out);
	}
}

/* ---- the hidden verb, and the scripts ---- */

int complete_run(struct outcome *out)
{
	CLEANUP_SECRET_BUF struct buf text = {0};
	CLEANUP_STRLIST struct strlist words = {0};
	if (fd_read_all(STDIN_FILENO, LIMIT_BATCH_ARGUMENTS, "the words", &text, &out->err) < 0)
		return EXIT_FAILED;
	for (size_t i = 0; i < text.len; i += strlen(text.data + i) + 1)
		strlist_add(&words, text.data + i);
	complete_words(&words, &out->result);
	for (size_t i = 0; i < words.count; i++)
		secret_blank(words.items[i]);
	return EXIT_DONE;
}

int complete_script(int argc, char **argv, struct outcome *out)
{
	const char *shell = NULL;
	for (int i = 1; i < argc; i++)
		shell = strcmp(argv[i], "--json") == 0 ? shell : argv[i];
	for (const struct complete_script_text *s = complete_scripts; shell && s->shell; s++)
		if (strcmp(shell, s->shell) == 0) {
			buf_str(&out->result, s->text);
			return EXIT_DONE;
		}
	if (shell)
		err_set(&out->err, ERR_INVAL, "argument-unknown",
			"slim has completions for bash, zsh and fish, not for %s", shell);
	else
		err_set(&out->err, ERR_INVAL, "argument-missing",
			"no shell is named; usage: slim completion bash|zsh|fish");
	return EXIT_USAGE;
}
