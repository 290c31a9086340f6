/* probe/links/html.h - the references of a page in HTML, XHTML or SVG. */
#pragma once

#include "probe/links/list.h"

void probe_links_html(struct probe_links *l, const char *s, size_t n);
