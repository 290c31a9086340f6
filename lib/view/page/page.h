/* view/page/page.h - what a verb found, as one HTML page that needs no network and no further file.
 * Shape: page.html with the style and the script in it, and the data: JSON, gzip, base64 in a script element that is
 * not a program. The script shows each string as text, and the page's policy (Content-Security-Policy) lets nothing
 * else run. Strings from an image are in the data alone. */
#pragma once

#include "view/page/data.h"

/* The whole page. ERR_LIMIT if the data are larger than a page can hold. */
int view_page_write(const struct view_page *p, buf_sink *sink, void *ctx, struct err *err) MUST_CHECK;
