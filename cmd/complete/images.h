/* cmd/complete/images.h - lists the references to images that begin as a word does: the images of the engines on this
 * machine, the tags of OCI layouts, files and directories behind a transport, and the transports themselves. */
#pragma once

#include "base/strlist.h"

/* Appends the references. One that ends with ":" or "/" goes on behind it. An engine that does not answer has none. */
void images_list(const char *word, struct strlist *out);
