#include "probe/links/page.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"

#define MAX_DEPTH 1000
#define MAX_TOKEN_BREAKS 10000 /* blanks and quotes in one tag, comment, ... */

struct state {
	const struct probe_page *page;
	const char *data; /* n bytes not yet given to the parser */
	size_t n;
	unsigned breaks; /* given since the last event */
	unsigned depth;
	htmlParserCtxtPtr parser;
};

const char *probe_page_attribute(const xmlChar **attributes, const char *name)
{
	for (; attributes && attributes[0]; attributes += 2)
		if (strcasecmp((const char *)attributes[0], name) == 0)
			return (const char *)attributes[1];
	return NULL;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	struct state *s = ctx;
	s->breaks = 0;
	if (++s->depth > MAX_DEPTH || !s->page->start(s->page->ctx, (const char *)name, attributes))
		xmlStopParser(s->parser);
}

static void on_end(void *ctx, const xmlChar *name)
{
	struct state *s = ctx;
	s->breaks = 0;
	s->depth -= s->depth > 0;
	if (s->page->end)
		s->page->end(s->page->ctx, (const char *)name);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct state *s = ctx;
	s->breaks = 0;
	if (s->page->text)
		s->page->text(s->page->ctx, (const char *)text, (size_t)n);
}

static void on_comment(void *ctx, const xmlChar *text)
{
	((struct state *)ctx)->breaks = 0;
}

/* The page ends where one token grows beyond all measure. */
static int on_read(void *ctx, char *out, int size)
{
	struct state *s = ctx;
	int n = 0;
	for (; n < size && (size_t)n < s->n && s->breaks <= MAX_TOKEN_BREAKS; n++) {
		out[n] = s->data[n];
		s->breaks += out[n] == '"' || out[n] == '\'' || isspace((unsigned char)out[n]);
	}
	s->data += n;
	s->n -= (size_t)n;
	return n;
}

void probe_page_read(const struct probe_page *page, const char *data, size_t n)
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
	struct state s = {
	    .page = page, .data = data, .n = n < LIMIT_HTML ? n : LIMIT_HTML, .parser = htmlNewParserCtxt()};
	if (!s.parser)
		abort(); /* out of memory */
	*s.parser->sax = sax;
	s.parser->userData = &s;
	/* Always as UTF-8, whatever the page says: no converter meets outside bytes. */
	xmlDocPtr none = htmlCtxtReadIO(s.parser, on_read, NULL, &s, NULL, "UTF-8",
					HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
					    HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	xmlFreeDoc(none);
	htmlFreeParserCtxt(s.parser);
}
