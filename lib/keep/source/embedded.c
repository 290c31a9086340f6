#include "keep/source/embedded.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

#define MAX_DELIMITER 64

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One word of a command from p on: in quotes, or up to a blank or an operator. Sets where its text is and returns what
 * is behind it. */
static const char *word_at(const char *p, const char *end, const char **word, size_t *n)
{
	char quote = *p == '\'' || *p == '"' ? *p : '\0';
	*word = quote ? ++p : p;
	while (p < end && (quote ? *p != quote : !strchr(" \t\n;|&()<>", *p)))
		p += *p == '\\' && quote == '"' && p + 1 < end ? 2 : 1;
	*n = (size_t)(p - *word);
	return p < end && quote ? p + 1 : p;
}

/* In double quotes the shell takes backslashes away. */
static void give_source(const struct keep_embedded *e, const char *word, size_t n)
{
	CLEANUP_BUF struct buf text = {0};
	for (size_t i = 0; i < n; i++) {
		if (word[-1] == '"' && word[i] == '\\' && i + 1 < n && strchr("\"\\$`", word[i + 1]))
			i++;
		buf_char(&text, word[i]);
	}
	if (text.len)
		e->source(e->ctx, text.data, text.len);
}

/* The here-document whose delimiter stands at p. */
static void give_document(const struct keep_embedded *e, const char *p, const char *end)
{
	const char *name, *line;
	size_t n;
	p += p < end && *p == '-';
	while (p < end && is_blank(*p))
		p++;
	if (p == end)
		return;
	(void)word_at(p, end, &name, &n);
	line = memchr(p, '\n', (size_t)(end - p));
	if (!n || n > MAX_DELIMITER || !line)
		return;
	const char *start = ++line;
	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;
		stop = stop ? stop : end;
		while (at < stop && *at == '\t')
			at++;
		if ((size_t)(stop - at) == n && memcmp(at, name, n) == 0)
			break;
		line = stop + (stop < end);
	}
	if (line > start)
		e->source(e->ctx, start, (size_t)(line - start));
}

/* The arguments of one command, up to its end: the first source or module is what it runs. */
static void arguments(const struct keep_embedded *e, const char *p, const char *end)
{
	bool given = false;
	while (p < end && !strchr("\n;|&)", *p)) {
		const char *word;
		size_t n;
		if (end - p > 2 && p[0] == '<' && p[1] == '<' && p[2] != '<') {
			if (!given)
				give_document(e, p + 2, end);
			return;
		}
		if (is_blank(*p) || strchr("<>(", *p) || (*p == '\\' && p + 1 < end && p[1] == '\n')) {
			p += *p == '\\' ? 2 : 1;
			continue;
		}
		p = word_at(p, end, &word, &n);
		bool option = n > 1 && word[0] == '-' && word[1] != '-', source = option && word[n - 1] == e->option,
		     module = option && e->module && word[n - 1] == 'm';
		while ((source || module) && p < end && is_blank(*p))
			p++;
		if (given || !(source || module) || p == end)
			continue;
		p = word_at(p, end, &word, &n);
		given = true;
		if (source)
			give_source(e, word, n);
		else
			e->module(e->ctx, word, n);
	}
}

void keep_embedded_find(const struct keep_embedded *e, const char *text, size_t n)
{
	const char *end = text + n;
	size_t len = strlen(e->interpreter);
	for (const char *p = text; (p = memmem(p, (size_t)(end - p), e->interpreter, len));) {
		bool starts = p == text || strchr(" \t\n;|&(`/\"'", p[-1]);
		for (p += len; p < end && (isalnum((unsigned char)*p) || *p == '.'); p++)
			;
		if (starts && p < end && is_blank(*p))
			arguments(e, p, end);
	}
}
