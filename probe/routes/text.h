/* probe/routes/text.h - finds routes in the text of a file. Private to probe/routes. */
#pragma once

#include "probe/routes/route.h"

/* name: of the file, whose ending tells the language. Sources are read string by string; configurations, pages and all
 * other texts word by word. */
void routes_text_read(struct routes_finds *f, const char *name, const char *text, size_t n);
