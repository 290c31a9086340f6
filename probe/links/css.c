#include "probe/links/css.h"

#include <string.h>
#include <strings.h>

/* The value of a token that may be quoted, up to one of the characters of stop. Returns where it ends. */
static const char *add_token(struct probe_links *l, const char *s, const char *end, const char *stop)
{
	char quote = s < end && (*s == '"' || *s == '\'') ? *s++ : 0;
	const char *start = s;
	while (s < end && (quote ? *s != quote && *s != '\n' : !memchr(stop, *s, strlen(stop) + 1)))
		s++;
	probe_links_add(l, PROBE_LINK_PART, start, (size_t)(s - start));
	return s < end && quote && *s == quote ? s + 1 : s;
}

static const char *skip_string(const char *s, const char *end)
{
	char quote = *s++;
	while (s < end && *s != quote && *s != '\n')
		s += *s == '\\' && s + 1 < end ? 2 : 1;
	return s + (s < end);
}

/* Add the strings of image-set("a.png" 1x, url(b.png) 2x), but not that of type("image/avif"). */
static const char *add_image_set(struct probe_links *l, const char *s, const char *end)
{
	unsigned depth = 1;
	for (s++; s < end && depth && *s != ';' && *s != '}';)
		if (probe_links_at(s, end, "url(")) {
			s = add_token(l, probe_links_skip_space(s + 4, end), end, ")" PROBE_LINKS_SPACE);
			depth++;
		} else if (*s == '"' || *s == '\'') {
			s = depth == 1 ? add_token(l, s, end, "") : skip_string(s, end);
		} else {
			depth += *s == '(';
			depth -= *s == ')';
			s++;
		}
	return s;
}

void probe_links_css(struct probe_links *l, const char *s, size_t n)
{
	static const char image_set[] = "image-set(";
	for (const char *end = s + n; s < end;) {
		if (probe_links_at(s, end, "/*")) {
			const char *close = memmem(s + 2, (size_t)(end - s - 2), "*/", 2);
			s = close ? close + 2 : end;
		} else if (probe_links_at(s, end, "url(")) {
			s = add_token(l, probe_links_skip_space(s + 4, end), end, ")" PROBE_LINKS_SPACE);
		} else if (probe_links_at(s, end, image_set)) {
			s = add_image_set(l, s + sizeof(image_set) - 2, end);
		} else if (probe_links_at(s, end, "@import")) {
			s = probe_links_skip_space(s + 7, end);
			if (s < end && (*s == '"' || *s == '\''))
				s = add_token(l, s, end, "");
		} else if (*s == '"' || *s == '\'') {
			s = skip_string(s, end);
		} else {
			s++;
		}
	}
}
