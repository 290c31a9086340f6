#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "findings/secrets/placeholder.h"
#include "findings/secrets/scan.h"

#define NAME_MAX_BYTES 256
#define SHORTEST 3 /* bytes of a value */

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.-", c));
}

static bool is_word(const char *value, size_t n)
{
	static const char *const words[] = {"true", "false", "yes", "no", "none", "null", "nil", "undefined", "stdin"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && strncasecmp(words[i], value, n) == 0)
			return true;
	return false;
}

/* Not a file's name, a variable, a word of a language, or an example. */
static bool is_secret(const char *value, size_t n)
{
	return n >= SHORTEST && !strchr("/$%@", value[0]) && !is_word(value, n) && !findings_is_placeholder(value, n);
}

/* Where the scan of a text is. */
struct scanning {
	const struct findings_scanner *s;
	const char *data;
	size_t n;
	findings_hit_fn *found;
	void *ctx;
	size_t end;    /* of the last value without quotes: of all that begin in it, too */
	size_t hidden; /* end of the last such value that was a secret */
};

/* The length of the value that begins at data[*at], as a shell reads it: up to a space or an operator. */
static size_t plain_value(struct scanning *w, size_t at)
{
	static const char ends[] = " \t\n\r;&|()<>\"'`\\,";
	if (w->end < at)
		for (w->end = at; w->end < w->n && w->data[w->end] && !strchr(ends, w->data[w->end]);)
			w->end++;
	return w->end - at;
}

/* The same in quotes: up to the other one. */
static size_t quoted_value(const struct scanning *w, size_t at)
{
	const char *close = memchr(w->data + at, w->data[at - 1], w->n - at);
	return close ? (size_t)(close - w->data) - at : w->n - at;
}

static void try_value(struct scanning *w, const struct findings_rule *r, size_t at)
{
	const bool quoted = at < w->n && (w->data[at] == '"' || w->data[at] == '\'');
	const size_t len = quoted ? quoted_value(w, ++at) : plain_value(w, at);
	if (!is_secret(w->data + at, len))
		return;
	if (!quoted)
		w->hidden = at + len;
	w->found(w->ctx, &(struct findings_hit){r, at, at + len});
}

/* A name that ends at data[end], behind which a value begins at data[end + 1]. */
static void try_name(struct scanning *w, size_t end, bool option)
{
	const char *data = w->data;
	size_t begin = end;
	if (end + 1 < w->hidden) /* the value is a part of one that was found */
		return;
	while (begin && end - begin < NAME_MAX_BYTES && is_name_byte(data[begin - 1]))
		begin--;
	if (begin == end || (begin && data[begin - 1] == '$') || (option && strncmp(data + begin, "--", 2) != 0))
		return;
	const struct findings_rule *r = findings_scanner_named(w->s, data + begin, end - begin);
	if (r)
		try_value(w, r, end + 1);
}

void findings_scan_text(const struct findings_scanner *s, const char *data, size_t n, findings_hit_fn *found, void *ctx)
{
	struct scanning w = {.s = s, .data = data, .n = n, .found = found, .ctx = ctx};
	findings_scan_anchors(s, data, n, found, ctx);
	for (size_t i = 1; i + 1 < n; i++)
		if (data[i] == '=' || (data[i] == ' ' && data[i + 1] != '-'))
			try_name(&w, i, data[i] == ' ');
}

void findings_scan_value(const struct findings_scanner *s, const char *name, size_t len, const char *data, size_t n,
			 findings_hit_fn *found, void *ctx)
{
	const struct findings_rule *r = findings_scanner_named(s, name, len);
	findings_scan_anchors(s, data, n, found, ctx);
	if (r && is_secret(data, n))
		found(ctx, &(struct findings_hit){r, 0, n});
}
