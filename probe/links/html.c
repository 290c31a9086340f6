#include "probe/links/html.h"

#include <ctype.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "probe/links/css.h"
#include "probe/links/form.h"
#include "probe/links/json.h"
#include "probe/links/script.h"

#define SPACE PROBE_LINKS_SPACE
/* The parser's time grows with the open elements times the size, and with the square of a tag's attributes. */
#define MAX_DEPTH 1000
#define MAX_TOKEN_BREAKS 10000 /* blanks and quotes in one tag, comment, ... */

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

/* What the parser reads, and what its events build up. */
struct page {
	struct probe_links *out;
	const char *data; /* n bytes not yet given to the parser */
	size_t n;
	unsigned breaks; /* given since the last event */
	htmlParserCtxtPtr parser;
	unsigned depth;
	void (*find)(struct probe_links *l, const char *data,
		     size_t n); /* in the text of this element; NULL = nobody */
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

/* Who reads the text of a script element; data blocks nobody does. */
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

static void on_start(void *ctx, const xmlChar *element, const xmlChar **atts)
{
	struct page *p = ctx;
	struct probe_links *l = p->out;
	const char *name = (const char *)element, *v;
	p->breaks = 0;
	if (++p->depth > MAX_DEPTH || l->count >= LIMIT_LINKS) {
		xmlStopParser(p->parser);
		return;
	}
	read_text(p);
	if (strcmp(name, "style") == 0)
		p->find = probe_links_css;
	else if (strcmp(name, "script") == 0)
		p->find = script_reader(attribute(atts, "type"));
	if (strcmp(name, "base") == 0) {
		v = attribute(atts, "href");
		if (v && !l->base && strlen(v) <= LIMIT_LINK)
			l->base = mem_strdup(v);
		return;
	}
	element_attributes(l, name, atts);
	probe_form_element(&p->form, l, name, attribute, atts);
	if (strcmp(name, "meta") == 0) {
		const char *kind = attribute(atts, "http-equiv");
		v = attribute(atts, "content");
		if (kind && v && strcasecmp(kind, "refresh") == 0)
			add_refresh(l, v);
	}
}

static void on_end(void *ctx, const xmlChar *element)
{
	struct page *p = ctx;
	p->breaks = 0;
	p->depth -= p->depth > 0;
	read_text(p);
	probe_form_element_end(&p->form, p->out, (const char *)element);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct page *p = ctx;
	p->breaks = 0;
	if (p->find)
		buf_append(&p->text, text, (size_t)n);
	else
		probe_form_text(&p->form, (const char *)text, (size_t)n);
}

static void on_comment(void *ctx, const xmlChar *text)
{
	((struct page *)ctx)->breaks = 0;
}

/* The page ends where one token grows beyond all measure. */
static int read_page(void *ctx, char *out, int size)
{
	struct page *p = ctx;
	int n = 0;
	for (; n < size && (size_t)n < p->n && p->breaks <= MAX_TOKEN_BREAKS; n++) {
		out[n] = p->data[n];
		p->breaks += out[n] == '"' || out[n] == '\'' || isspace((unsigned char)out[n]);
	}
	p->data += n;
	p->n -= (size_t)n;
	return n;
}

void probe_links_html(struct probe_links *l, const char *data, size_t n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, xmlInitParser);
	htmlSAXHandler sax = {
	    .startElement = on_start,
	    .endElement = on_end,
	    .characters = on_text,
	    .cdataBlock = on_text,
	    .ignorableWhitespace = on_text,
	    .comment = on_comment,
	    .initialized = 1,
	};
	struct page p = {.out = l, .data = data, .n = n, .parser = htmlNewParserCtxt()};
	if (!p.parser)
		abort(); /* out of memory */
	*p.parser->sax = sax;
	p.parser->userData = &p;
	/* Always as UTF-8, whatever the page says: URLs are ASCII, and no converter meets outside bytes. */
	xmlDocPtr none = htmlCtxtReadIO(p.parser, read_page, NULL, &p, NULL, "UTF-8",
					HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
					    HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	xmlFreeDoc(none);
	read_text(&p); /* cut off within it */
	probe_form_done(&p.form, l);
	htmlFreeParserCtxt(p.parser);
	buf_done(&p.text);
}
