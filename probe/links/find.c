#include "probe/links/find.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "probe/links/css.h"
#include "probe/links/html.h"
#include "probe/links/json.h"
#include "probe/links/script.h"

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
