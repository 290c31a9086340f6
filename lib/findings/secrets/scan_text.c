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

/* The value that begins at data[at], as a shell reads it: in quotes, or up to a space or an operator. */
static size_t value_at(const char *data, size_t n, size_t *at)
{
	static const char ends[] = " \t\n\r;&|()<>\"'`\\,";
	if (*at < n && (data[*at] == '"' || data[*at] == '\'')) {
		const char quote = data[(*at)++];
		const char *close = memchr(data + *at, quote, n - *at);
		return close ? (size_t)(close - data) - *at : n - *at;
	}
	size_t end = *at;
	while (end < n && data[end] && !strchr(ends, data[end]))
		end++;
	return end - *at;
}

static void try_value(const struct findings_rule *r, const char *data, size_t n, size_t at, findings_hit_fn *found,
		      void *ctx)
{
	const size_t len = value_at(data, n, &at);
	if (is_secret(data + at, len))
		found(ctx, &(struct findings_hit){r, at, at + len});
}

/* A name that ends at data[end], behind which a value begins at data[value]. */
static void try_name(const struct findings_scanner *s, const char *data, size_t n, size_t end, size_t value,
		     bool option, findings_hit_fn *found, void *ctx)
{
	size_t begin = end;
	while (begin && end - begin < NAME_MAX_BYTES && is_name_byte(data[begin - 1]))
		begin--;
	if (begin == end || (begin && data[begin - 1] == '$') || (option && strncmp(data + begin, "--", 2) != 0))
		return;
	const struct findings_rule *r = findings_scanner_named(s, data + begin, end - begin);
	if (r)
		try_value(r, data, n, value, found, ctx);
}

void findings_scan_text(const struct findings_scanner *s, const char *data, size_t n, findings_hit_fn *found, void *ctx)
{
	findings_scan_anchors(s, data, n, found, ctx);
	for (size_t i = 1; i + 1 < n; i++)
		if (data[i] == '=')
			try_name(s, data, n, i, i + 1, false, found, ctx);
		else if (data[i] == ' ' && data[i + 1] != '-')
			try_name(s, data, n, i, i + 1, true, found, ctx);
}

void findings_scan_value(const struct findings_scanner *s, const char *name, size_t len, const char *data, size_t n,
			 findings_hit_fn *found, void *ctx)
{
	const struct findings_rule *r = findings_scanner_named(s, name, len);
	findings_scan_anchors(s, data, n, found, ctx);
	if (r && is_secret(data, n))
		found(ctx, &(struct findings_hit){r, 0, n});
}
