#include "words.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"

static int from_json(const char *text, const char *option, struct strlist *out, struct err *err)
{
	json_auto_t *v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_array(v))
		return err_set(err, ERR_INVAL, "--%s: not a JSON array of strings: %s", option, text);
	size_t i;
	json_t *word;
	json_array_foreach (v, i, word) {
		if (!json_is_string(word))
			return err_set(err, ERR_INVAL, "--%s: not a JSON array of strings: %s", option, text);
		strlist_add(out, json_string_value(word));
	}
	return 0;
}

int words_parse(const char *text, const char *option, struct strlist *out, struct err *err)
{
	const char *p = text + strspn(text, " \t\n");
	if (*p == '[')
		return from_json(p, option, out, err);
	while (*p) {
		CLEANUP_BUF struct buf word = {0};
		char quote = 0;
		for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
			if (quote ? *p == quote : (*p == '\'' || *p == '"'))
				quote = quote ? 0 : *p;
			else if (*p == '\\' && p[1] && (!quote || (quote == '"' && strchr("\"\\$`", p[1]))))
				buf_char(&word, *++p);
			else
				buf_char(&word, *p);
		}
		if (quote)
			return err_set(err, ERR_INVAL, "--%s: the quote %c is not closed: %s", option, quote, text);
		strlist_take(out, buf_steal(&word));
		p += strspn(p, " \t\n");
	}
	return 0;
}
