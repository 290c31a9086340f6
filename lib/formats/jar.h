/* formats/jar.h - reads the members of a jar, in their order. A broken jar ends early, never with an error.
 * Spec: JAR file specification. Lifetime: _open, any number of the others, archive_read_free. */
#pragma once

#include <archive.h>
#include <stddef.h>

#include "base/buf.h"

/* NULL if fd is not a jar. Reads from its beginning; borrows fd. */
struct archive *jar_open(int fd);
/* The next member's name, which lives as long as the next call; NULL at the end. */
const char *jar_next(struct archive *jar);
/* The first max bytes of the member at hand, in place of what is in out. */
void jar_read(struct archive *jar, size_t max, struct buf *out);
