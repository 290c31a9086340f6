/* probe/links/css.h - the references of a sheet, or of the declarations of a style attribute. */
#pragma once

#include "probe/links/list.h"

void probe_links_css(struct probe_links *l, const char *s, size_t n);
