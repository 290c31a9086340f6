#include "text/words.h"

#include <string.h>

#include "base/buf.h"
#include "text/json.h"

/* The text of an array; NULL = it is something else. */
static const char *find_array(const char *text)
{
	const char *p = text + strspn(text, " \t\r\n");
	return *p == '[' ? p : NULL;
}

static int take_array(const char *text, struct strlist *out, struct err *err)
{
	json_error_t e;
	json_auto_t *array = json_loads(text, JSON_REJECT_DUPLICATES, &e);
	if (!array)
		return err_set(err, ERR_INVAL, "probe-command-malformed",
			       "a command that begins with \"[\" is a JSON array of strings: %s", e.text);
	size_t i;
	json_t *word;
	json_array_foreach (array, i, word) {
		if (!json_is_string(word))
			return err_set(err, ERR_INVAL, "probe-command-malformed",
				       "item %zu of the command's JSON array is not a string", i + 1);
		strlist_add(out, json_string_value(word));
	}
	return 0;
}

/* The word at *at, which goes on behind it. Returns its open quote, 0 = none. */
static char take_word(const char **at, struct strlist *out)
{
	CLEANUP_BUF struct buf word = {0};
	const char *p = *at;
	char quote = 0;
	for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
		if (quote ? *p == quote : (*p == '\'' || *p == '"'))
			quote = quote ? 0 : *p;
		else if (*p == '\\' && p[1] && (!quote || (quote == '"' && strchr("\"\\$`", p[1]))))
			buf_char(&word, *++p);
		else
			buf_char(&word, *p);
	}
	*at = p;
	strlist_take(out, buf_steal(&word));
	return quote;
}

int words_parse(const char *text, const char *option, struct strlist *out, struct err *err)
{
	const char *array = find_array(text);
	if (array && take_array(array, out, NULL) == 0)
		return 0;
	if (array)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--%s: not a JSON array of strings: %s", option,
			       array);
	for (const char *p = text; *(p += strspn(p, " \t\n"));) {
		char quote = take_word(&p, out);
		if (quote)
			return err_set(err, ERR_INVAL, "option-value-invalid", "--%s: the quote %c is not closed: %s",
				       option, quote, text);
	}
	return 0;
}

int words_command(const char *text, const char *shell, struct strlist *out, struct err *err)
{
	const char *array = find_array(text);
	size_t before = out->count;
	int r = array ? take_array(array, out, err) : 0;
	if (r < 0)
		return r;
	if (array ? out->count == before || !out->items[before][0] : !text[strspn(text, " \t\r\n")])
		return err_set(err, ERR_INVAL, "probe-command-malformed", "the command is empty");
	if (array)
		return 0;
	strlist_add(out, shell);
	strlist_add(out, "-c");
	strlist_add(out, text);
	return 0;
}

/* ---- the nearest ---- */

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

const char *words_nearest(const char *word, const char *const *names, size_t n)
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
