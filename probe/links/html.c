#include "probe/links/html.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "probe/links/css.h"
#include "probe/links/form.h"
#include "probe/links/json.h"
#include "probe/links/page.h"
#include "probe/links/script.h"

#define SPACE PROBE_LINKS_SPACE

/* srcset: candidates "URL [descriptor]" with commas between them; a URL may hold commas, not end in one. */
static void add_srcset(struct probe_links *l, const char *s)
{
	for (s += strspn(s, SPACE ","); *s; s += strspn(s, SPACE ",")) {
		size_t n = strcspn(s, SPACE), used = n;
		while (n && s[n - 1] == ',')
			n--;
		probe_links_add(l, PROBE_LINK_PART, s, n);
		s += used;
		if (n == used)
			s += strcspn(s, ",");
	}
}

/* meta refresh: "5", "5; url=next", "0;URL='next'". */
static void add_refresh(struct probe_links *l, const char *s)
{
	s += strspn(s, SPACE);
	s += strspn(s, "0123456789.");
	s += strspn(s, SPACE ";,");
	if (strncasecmp(s, "url", 3) == 0) {
		const char *t = s + 3 + strspn(s + 3, SPACE);
		if (*t == '=')
			s = t + 1 + strspn(t + 1, SPACE);
	}
	const char quote = *s == '"' || *s == '\'' ? *s++ : '\0';
	const char *end = quote ? strchr(s, quote) : NULL;
	probe_links_add(l, PROBE_LINK_PAGE, s, end ? (size_t)(end - s) : strlen(s));
}

/* What the elements of a page build up. */
struct page {
	struct probe_links *out;
	/* reads the text of this element; NULL = nobody */
	void (*find)(struct probe_links *l, const char *data, size_t n);
	struct buf text;
	struct probe_form form;
};

static const char *attribute(const void *ctx, const char *name)
{
	const xmlChar *const *atts = ctx;
	for (; atts && atts[0]; atts += 2)
		if (strcasecmp((const char *)atts[0], name) == 0)
			return atts[1] ? (const char *)atts[1] : "";
	return NULL;
}

/* Attributes that hold a URL wherever they stand, and those that do on one element only. */
static void element_attributes(struct probe_links *l, const char *name, const xmlChar **atts)
{
	static const struct {
		const char *attribute, *element; /* element NULL = any */
	} urls[] = {
	    {"href", NULL},   {"src", NULL},        {"xlink:href", NULL}, {"data-src", NULL},
	    {"poster", NULL}, {"background", NULL}, {"data", "object"},
	};
	bool goes = strcmp(name, "a") == 0 || strcmp(name, "area") == 0;
	for (; atts && atts[0]; atts += 2) {
		const char *key = (const char *)atts[0], *value = (const char *)atts[1];
		if (!value)
			continue;
		for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
			if (strcmp(key, urls[i].attribute) == 0 &&
			    (!urls[i].element || strcmp(name, urls[i].element) == 0))
				probe_links_add(l, goes ? PROBE_LINK_PAGE : PROBE_LINK_PART, value, strlen(value));
		if (strcmp(key, "srcset") == 0 || strcmp(key, "imagesrcset") == 0 || strcmp(key, "data-srcset") == 0)
			add_srcset(l, value);
		else if (strcmp(key, "style") == 0)
			probe_links_css(l, value, strlen(value));
	}
}

/* Choose the reader for the text of a script element; data blocks have no reader. */
static void (*script_reader(const char *type))(struct probe_links *, const char *, size_t)
{
	if (!type || !*type || strcasecmp(type, "module") == 0 || strcasestr(type, "javascript"))
		return probe_links_script;
	return strcasecmp(type, "importmap") == 0 ? probe_links_json : NULL;
}

static void read_text(struct page *p)
{
	if (p->find && p->text.len)
		p->find(p->out, p->text.data, p->text.len);
	p->text.len = 0;
	p->find = NULL;
}

static bool on_start(void *ctx, const char *name, const xmlChar **atts)
{
	struct page *p = ctx;
	struct probe_links *l = p->out;
	const char *v;
	if (l->count >= LIMIT_LINKS)
		return false;
	read_text(p);
	if (strcmp(name, "style") == 0)
		p->find = probe_links_css;
	else if (strcmp(name, "script") == 0)
		p->find = script_reader(attribute(atts, "type"));
	if (strcmp(name, "base") == 0) {
		v = attribute(atts, "href");
		if (v && !l->base && strlen(v) <= LIMIT_LINK)
			l->base = mem_strdup(v);
		return true;
	}
	element_attributes(l, name, atts);
	probe_form_element(&p->form, l, name, attribute, atts);
	if (strcmp(name, "meta") == 0) {
		const char *kind = attribute(atts, "http-equiv");
		v = attribute(atts, "content");
		if (kind && v && strcasecmp(kind, "refresh") == 0)
			add_refresh(l, v);
	}
	return true;
}

static void on_end(void *ctx, const char *name)
{
	struct page *p = ctx;
	read_text(p);
	probe_form_element_end(&p->form, p->out, name);
}

static void on_text(void *ctx, const char *text, size_t n)
{
	struct page *p = ctx;
	if (p->find)
		buf_append(&p->text, text, n);
	else
		probe_form_text(&p->form, text, n);
}

void probe_links_html(struct probe_links *l, const char *data, size_t n)
{
	struct page p = {.out = l};
	const struct probe_page page = {on_start, on_end, on_text, &p};
	probe_page_read(&page, data, n);
	read_text(&p); /* cut off within it */
	probe_form_done(&p.form, l);
	buf_done(&p.text);
}
