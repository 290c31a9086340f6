#include "probe/http/links.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

void probe_links_done(struct probe_links *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->items[i].ref);
		free(l->items[i].fields);
	}
	free(l->items);
	free(l->base);
	*l = (struct probe_links){0};
}

static void take(struct probe_links *l, enum probe_link_kind kind, char *ref, char *fields)
{
	l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
	l->items[l->count++] = (struct probe_link){kind, ref, fields};
}

void probe_links_add(struct probe_links *l, enum probe_link_kind kind, const char *s, size_t n)
{
	while (n && s[0] && strchr(PROBE_LINKS_SPACE, s[0])) {
		s++;
		n--;
	}
	while (n && s[n - 1] && strchr(PROBE_LINKS_SPACE, s[n - 1]))
		n--;
	if (n == 0 || n > LIMIT_LINK || s[0] == '#' || memchr(s, '\0', n) || l->count >= LIMIT_LINKS)
		return;
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		if (!strchr("\t\r\n", s[i]))
			buf_char(&b, s[i]);
	take(l, kind, buf_steal(&b), NULL);
}

void probe_links_add_post(struct probe_links *l, const char *action, char *fields)
{
	if (l->count < LIMIT_LINKS && strlen(action) <= LIMIT_LINK)
		take(l, PROBE_LINK_POST, mem_strdup(action), fields);
	else
		free(fields);
}

bool probe_links_at(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(end - s) >= n && strncasecmp(s, word, n) == 0;
}

const char *probe_links_skip_space(const char *s, const char *end)
{
	while (s < end && *s && strchr(PROBE_LINKS_SPACE, *s))
		s++;
	return s;
}

static const struct {
	const char *type;
	void (*find)(struct probe_links *l, const char *data, size_t n);
} readers[] = {
    {"text/html", probe_links_html},
    {"application/xhtml+xml", probe_links_html},
    {"image/svg+xml", probe_links_html},
    {"text/css", probe_links_css},
    {"text/javascript", probe_links_script},
    {"application/javascript", probe_links_script},
    {"application/x-javascript", probe_links_script},
    {"text/ecmascript", probe_links_script},
    {"application/ecmascript", probe_links_script},
    {"application/manifest+json", probe_links_json},
    {"application/json", probe_links_json},
    {"text/json", probe_links_json},
};

void probe_links_find(const char *content_type, const char *data, size_t n, struct probe_links *out)
{
	size_t type = strcspn(content_type, ";" PROBE_LINKS_SPACE);
	if (n > LIMIT_HTML)
		n = LIMIT_HTML;
	if (n == 0)
		return;
	if (type == 0 && *probe_links_skip_space(data, data + n - 1) == '<')
		probe_links_html(out, data, n);
	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++)
		if (type == strlen(readers[i].type) && strncasecmp(content_type, readers[i].type, type) == 0)
			readers[i].find(out, data, n);
}

/* ---- the header ---- */

/* The value of a parameter, which may be quoted, up to where the next one begins. */
static const char *parameter_end(const char *s)
{
	bool quoted = false;
	for (; *s && (quoted || (*s != ';' && *s != ',')); s++)
		quoted ^= *s == '"';
	return s;
}

static bool has_word(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = s; (p = memmem(p, (size_t)(end - p), word, n)); p += n)
		if ((p == s || strchr(PROBE_LINKS_SPACE "\"=", p[-1])) &&
		    (p + n == end || strchr(PROBE_LINKS_SPACE "\"", p[n])))
			return true;
	return false;
}

/* rel: the parameter with its name. */
static bool kind_of(const char *rel, const char *end, enum probe_link_kind *kind)
{
	static const char *const parts[] = {"preload", "modulepreload", "stylesheet", "prefetch", "icon", "manifest"};
	static const char *const pages[] = {"next", "prev", "alternate", "first", "last"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (has_word(rel, end, parts[i]))
			return *kind = PROBE_LINK_PART, true;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (has_word(rel, end, pages[i]))
			return *kind = PROBE_LINK_PAGE, true;
	return false;
}

void probe_links_find_header(const char *value, struct probe_links *out)
{
	for (const char *s = value; (s = strchr(s, '<'));) {
		const char *ref = ++s, *close = strchr(s, '>');
		enum probe_link_kind kind;
		bool wanted = false;
		if (!close)
			return;
		for (s = close + 1; *s && *s != ',';) {
			s += strspn(s, ";" PROBE_LINKS_SPACE);
			const char *end = parameter_end(s);
			wanted |= strncasecmp(s, "rel", 3) == 0 && kind_of(s, end, &kind);
			s = end > s || *s == ',' || !*s ? end : end + 1;
		}
		if (wanted)
			probe_links_add(out, kind, ref, (size_t)(close - ref));
	}
}
