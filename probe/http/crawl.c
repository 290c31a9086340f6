#include "probe/http/crawl.h"

#include <ctype.h>
#include <curl/curl.h>
#include <libxml/HTMLparser.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#define SPACE " \t\r\n\f"
/* The parser's time grows with the open elements times the size, and with the square of a tag's attributes. */
#define MAX_DEPTH 1000
#define MAX_TOKEN_BREAKS 10000 /* blanks and quotes in one tag, comment, ... */

void probe_crawl_links_done(struct probe_crawl_links *l)
{
	strlist_done(&l->refs);
	free(l->base);
	*l = (struct probe_crawl_links){0};
}

/* One reference of n bytes, cleaned as browsers do: no space around it, no line break or tab in it. */
static void add(struct probe_crawl_links *l, const char *s, size_t n)
{
	while (n && strchr(SPACE, s[0])) {
		s++;
		n--;
	}
	while (n && strchr(SPACE, s[n - 1]))
		n--;
	if (n == 0 || n > LIMIT_LINK || s[0] == '#' || memchr(s, '\0', n) || l->refs.count >= LIMIT_LINKS)
		return;
	CLEANUP_BUF struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		if (!strchr("\t\r\n", s[i]))
			buf_char(&b, s[i]);
	strlist_take(&l->refs, buf_steal(&b));
}

/* srcset: candidates "URL [descriptor]" with commas between them; a URL may hold commas, not end in one. */
static void add_srcset(struct probe_crawl_links *l, const char *s)
{
	for (s += strspn(s, SPACE ","); *s; s += strspn(s, SPACE ",")) {
		size_t n = strcspn(s, SPACE), used = n;
		while (n && s[n - 1] == ',')
			n--;
		add(l, s, n);
		s += used;
		if (n == used)
			s += strcspn(s, ",");
	}
}

/* The value of a token that may be quoted, up to one of the characters of stop. Returns where it ends. */
static const char *add_token(struct probe_crawl_links *l, const char *s, const char *end, const char *stop)
{
	char quote = s < end && (*s == '"' || *s == '\'') ? *s++ : 0;
	const char *start = s;
	while (s < end && (quote ? *s != quote && *s != '\n' : !memchr(stop, *s, strlen(stop) + 1)))
		s++;
	add(l, start, (size_t)(s - start));
	return s < end && quote && *s == quote ? s + 1 : s;
}

/* meta refresh: "5", "5; url=next", "0;URL='next'". */
static void add_refresh(struct probe_crawl_links *l, const char *s)
{
	s += strspn(s, SPACE);
	s += strspn(s, "0123456789.");
	s += strspn(s, SPACE ";,");
	if (strncasecmp(s, "url", 3) == 0) {
		const char *t = s + 3 + strspn(s + 3, SPACE);
		if (*t == '=')
			s = t + 1 + strspn(t + 1, SPACE);
	}
	add_token(l, s, s + strlen(s), "");
}

static const char *skip_space(const char *s, const char *end)
{
	while (s < end && strchr(SPACE, *s) && *s)
		s++;
	return s;
}

/* Whether word stands at s, in any case. */
static bool at(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(end - s) >= n && strncasecmp(s, word, n) == 0;
}

/* A sheet, or the declarations of a style attribute. */
static void css(struct probe_crawl_links *l, const char *s, size_t n)
{
	for (const char *end = s + n; s < end;) {
		if (at(s, end, "/*")) {
			const char *close = memmem(s + 2, (size_t)(end - s - 2), "*/", 2);
			s = close ? close + 2 : end;
		} else if (at(s, end, "url(")) {
			s = add_token(l, skip_space(s + 4, end), end, ")" SPACE);
		} else if (at(s, end, "@import")) {
			s = skip_space(s + 7, end);
			if (s < end && (*s == '"' || *s == '\''))
				s = add_token(l, s, end, "");
		} else if (*s == '"' || *s == '\'') {
			char quote = *s++;
			while (s < end && *s != quote && *s != '\n')
				s += *s == '\\' && s + 1 < end ? 2 : 1;
			s += s < end;
		} else {
			s++;
		}
	}
}

/* What the parser reads, and what its events build up. */
struct page {
	struct probe_crawl_links *out;
	const char *data; /* n bytes not yet given to the parser */
	size_t n;
	unsigned breaks; /* given since the last event */
	htmlParserCtxtPtr parser;
	unsigned depth;
	bool in_style;
	struct buf style;
};

static const char *attribute(const xmlChar **atts, const char *name)
{
	for (; atts && atts[0]; atts += 2)
		if (strcasecmp((const char *)atts[0], name) == 0)
			return (const char *)atts[1];
	return NULL;
}

/* Attributes that hold a URL wherever they stand, and those that do on one element only. */
static void element_attributes(struct probe_crawl_links *l, const char *name, const xmlChar **atts)
{
	static const struct {
		const char *attribute, *element; /* element NULL = any */
	} urls[] = {
	    {"href", NULL},   {"src", NULL},        {"xlink:href", NULL},
	    {"poster", NULL}, {"background", NULL}, {"data", "object"},
	};
	for (; atts && atts[0]; atts += 2) {
		const char *key = (const char *)atts[0], *value = (const char *)atts[1];
		if (!value)
			continue;
		for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++)
			if (strcmp(key, urls[i].attribute) == 0 &&
			    (!urls[i].element || strcmp(name, urls[i].element) == 0))
				add(l, value, strlen(value));
		if (strcmp(key, "srcset") == 0 || strcmp(key, "imagesrcset") == 0)
			add_srcset(l, value);
		else if (strcmp(key, "style") == 0)
			css(l, value, strlen(value));
	}
}

static void on_start(void *ctx, const xmlChar *element, const xmlChar **atts)
{
	struct page *p = ctx;
	struct probe_crawl_links *l = p->out;
	const char *name = (const char *)element, *v;
	p->breaks = 0;
	if (++p->depth > MAX_DEPTH || l->refs.count >= LIMIT_LINKS) {
		xmlStopParser(p->parser);
		return;
	}
	p->in_style = strcmp(name, "style") == 0;
	if (strcmp(name, "base") == 0) {
		v = attribute(atts, "href");
		if (v && !l->base && strlen(v) <= LIMIT_LINK)
			l->base = mem_strdup(v);
		return;
	}
	element_attributes(l, name, atts);
	if (strcmp(name, "form") == 0) {
		const char *method = attribute(atts, "method");
		v = attribute(atts, "action");
		if (v && (!method || (strcasecmp(method, "post") != 0 && strcasecmp(method, "dialog") != 0)))
			add(l, v, strlen(v));
	} else if (strcmp(name, "meta") == 0) {
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
	if (p->in_style && p->style.len)
		css(p->out, p->style.data, p->style.len);
	p->style.len = 0;
	p->in_style = false;
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct page *p = ctx;
	p->breaks = 0;
	if (p->in_style)
		buf_append(&p->style, text, (size_t)n);
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

static void html(struct probe_crawl_links *l, const char *data, size_t n)
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
	if (p.in_style && p.style.len)
		css(l, p.style.data, p.style.len); /* cut off within it */
	htmlFreeParserCtxt(p.parser);
	buf_done(&p.style);
}

void probe_crawl_links_find(const char *content_type, const char *data, size_t n, struct probe_crawl_links *out)
{
	size_t type = strcspn(content_type, ";" SPACE);
	if (n > LIMIT_HTML)
		n = LIMIT_HTML;
	if (n == 0)
		return;
	static const char *const markup[] = {"text/html", "application/xhtml+xml", "image/svg+xml"};
	bool is_markup = type == 0 && *skip_space(data, data + n - 1) == '<';
	for (size_t i = 0; i < sizeof(markup) / sizeof(*markup); i++)
		is_markup |= type == strlen(markup[i]) && strncasecmp(content_type, markup[i], type) == 0;
	if (is_markup)
		html(out, data, n);
	else if (type == 8 && strncasecmp(content_type, "text/css", 8) == 0)
		css(out, data, n);
}

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void free_part(char **part)
{
	curl_free(*part);
}

/* Whether both have the same part; a port that is left out is the scheme's own. */
static bool same(CURLU *a, CURLU *b, CURLUPart what)
{
	CLEANUP(free_part) char *x = NULL;
	CLEANUP(free_part) char *y = NULL;
	return curl_url_get(a, what, &x, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       curl_url_get(b, what, &y, CURLU_DEFAULT_PORT) == CURLUE_OK && strcasecmp(x, y) == 0;
}

char *probe_crawl_resolve(const char *page, const char *base, const char *ref)
{
	const unsigned flags = CURLU_URLENCODE | CURLU_ALLOW_SPACE;
	CLEANUP(free_url) CURLU *from = curl_url();
	if (!from || curl_url_set(from, CURLUPART_URL, page, 0) != CURLUE_OK)
		return NULL;
	CLEANUP(free_url) CURLU *to = curl_url_dup(from);
	CLEANUP(free_part) char *path = NULL;
	CLEANUP(free_part) char *query = NULL;
	if (!to)
		return NULL;
	if (base && curl_url_set(to, CURLUPART_URL, base, flags) != CURLUE_OK)
		return NULL;
	if (curl_url_set(to, CURLUPART_URL, ref, flags) != CURLUE_OK || !same(from, to, CURLUPART_SCHEME) ||
	    !same(from, to, CURLUPART_HOST) || !same(from, to, CURLUPART_PORT) ||
	    curl_url_get(to, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return NULL;
	if (curl_url_get(to, CURLUPART_QUERY, &query, 0) == CURLUE_OK && *query)
		return mem_printf("%s?%s", path, query);
	return mem_strdup(path);
}
