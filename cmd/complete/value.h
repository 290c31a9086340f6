/* cmd/complete/value.h - reads the names that the help gives to values and arguments ("FILE", "on|off", "SRC:PATH").
 * A word in capitals names the kind of the value. A word in lower case, between "|", may be typed.
 *   FILE, REPORT, SRC, DEVICE: a file of this machine    DIR: a directory of this machine
 *   REF, IMAGE, SOURCE, ORIGINAL, SLIM: an image         BOOL: true or false    SYSTEM: a CI system
 *
 * Other words (PATH, NAME, PORT, ...) have no candidates: PATH is a path in the image or container. */
#pragma once

#include <stdbool.h>

#include "base/strlist.h"

struct value_kind {
	bool files, directories, images;
	struct strlist choices; /* "on", "off"; one that ends with ":" or "=" can be continued */
};

/* text: the name of a value; more: further choices, "one|other" (NULL = none). */
void value_kind_read(const char *text, const char *more, struct value_kind *out);
void value_kind_done(struct value_kind *k);
#define CLEANUP_VALUE_KIND CLEANUP(value_kind_done)
