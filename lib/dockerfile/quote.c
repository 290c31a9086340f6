#include "dockerfile/quote.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/json.h"

bool dockerfile_can_say(const char *s)
{
	for (size_t n = strlen(s), len; n; s += len, n -= len)
		if ((len = buf_printable(s, n)) == 0)
			return false;
	return true;
}

/* Builders differ in how they escape a pattern's characters, and "<<" may begin a here-document. */
bool dockerfile_can_copy(const char *path)
{
	return dockerfile_can_say(path) && !strpbrk(path, "*?[]\\<");
}

/* tar takes a line that begins with a dash for an option, and a backslash for an escape. */
bool dockerfile_can_list(const char *path)
{
	path += *path == '/';
	return *path && *path != '-' && *path != ' ' && dockerfile_can_say(path) && !strchr(path, '\\');
}

bool dockerfile_is_mounted(const char *path)
{
	static const char *const mounted[] = {"/proc",         "/sys",
					      "/dev",          "/etc/hosts",
					      "/etc/hostname", "/etc/resolv.conf",
					      "/run/secrets",  "/run/.containerenv",
					      "/.dockerenv"};
	for (size_t i = 0; i < sizeof(mounted) / sizeof(mounted[0]); i++) {
		size_t n = strlen(mounted[i]);
		if (strncmp(path, mounted[i], n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	return false;
}

static void add_escaped(struct buf *b, const char *s, const char *special)
{
	for (; *s; s++) {
		if (strchr(special, *s))
			buf_char(b, '\\');
		buf_char(b, *s);
	}
}

void dockerfile_escape(struct buf *b, const char *value)
{
	add_escaped(b, value, "\\\"'$");
}

void dockerfile_quote(struct buf *b, const char *value)
{
	buf_char(b, '"');
	add_escaped(b, value, "\\\"$");
	buf_char(b, '"');
}

static bool is_plain(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+@%,:=~*-";
	return *word && word[0] != '-' && word[strspn(word, plain)] == '\0';
}

static void add_json(struct buf *b, const char *word)
{
	json_auto_t *v = json_bytes(word, strlen(word));
	char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	buf_str(b, text);
	free(text);
}

/* Appends a blank, or a line break if the word would go beyond the width. */
static void add_space(struct buf *b, size_t word, size_t width)
{
	size_t column = 0;
	while (column < b->len && b->data[b->len - column - 1] != '\n')
		column++;
	buf_str(b, width && column + word + strlen(" , \\") > width ? " \\\n    " : " ");
}

void dockerfile_words(struct buf *b, const struct strlist *words, size_t width)
{
	bool plain = true;
	for (size_t i = 0; i < words->count; i++)
		plain &= is_plain(words->items[i]);
	for (size_t i = 0; i < words->count; i++) {
		CLEANUP_BUF struct buf word = {0}, escaped = {0};
		if (plain) {
			buf_str(&word, words->items[i]);
		} else {
			buf_str(&word, i ? "" : "[");
			dockerfile_escape(&escaped, words->items[i]);
			add_json(&word, escaped.data ? escaped.data : "");
			buf_str(&word, i + 1 < words->count ? "," : "]");
		}
		add_space(b, word.len, width);
		buf_append(b, word.data, word.len);
	}
}

void dockerfile_json(struct buf *b, const struct strlist *words)
{
	buf_char(b, '[');
	for (size_t i = 0; i < words->count; i++) {
		if (i)
			buf_str(b, ", ");
		add_json(b, words->items[i]);
	}
	buf_char(b, ']');
}

void dockerfile_comment(struct buf *b, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list args;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	buf_str(b, "# ");
	buf_escape(b, mem_must(text), strlen(text));
	buf_char(b, '\n');
}
