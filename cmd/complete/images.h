/* cmd/complete/images.h - lists the references to images that begin with a word. They are the images of the engines
 * on this machine, the tags of OCI layouts, files and directories after a transport, and the transports. */
#pragma once

#include "base/strlist.h"

/* Appends the references. A reference that ends with ":" or "/" can be continued. An engine that does not answer has
 * none. */
void images_list(const char *word, struct strlist *out);
