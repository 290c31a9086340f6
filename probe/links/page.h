/* probe/links/page.h - reads a page of HTML of any origin, as a stream of elements. Built on libxml2, in bounded
 * time: its own time grows with the depth of elements times the size, and with the square of a tag's attributes. A
 * malformed page is read as far as it makes sense; it is never an error. */
#pragma once

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stddef.h>

struct probe_page {
	/* Names are in lower case; attributes are a list of names and values, NULL = empty. False: enough was read. */
	bool (*start)(void *ctx, const char *name, const xmlChar **attributes);
	void (*end)(void *ctx, const char *name);            /* may be NULL */
	void (*text)(void *ctx, const char *text, size_t n); /* may be NULL */
	void *ctx;
};

/* The first LIMIT_HTML of n bytes. */
void probe_page_read(const struct probe_page *page, const char *data, size_t n);
/* The value of an attribute; NULL = it is absent or empty. */
const char *probe_page_attribute(const xmlChar **attributes, const char *name);
