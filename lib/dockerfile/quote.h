/* dockerfile/quote.h - writes strings of an image, which may hold anything, as words of a Dockerfile.
 * Reference: docs.docker.com/reference/dockerfile. A line break cannot be quoted there, so whoever writes a string asks
 * first whether it can be said. The forms are those that docker's two builders and buildah read alike. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

/* Whether it is UTF-8 without control characters and without characters that are invisible or reorder a line. */
bool dockerfile_can_say(const char *s);
/* Whether COPY can name the path: it can be said, and no builder takes a part of it for a pattern. */
bool dockerfile_can_copy(const char *path);

/* "VALUE" for ENV, LABEL and what else expands variables. The value can be said. */
void dockerfile_quote(struct buf *b, const char *value);
/* The rest of a line, for WORKDIR and USER. The value can be said, and does not begin or end with a blank. */
void dockerfile_escape(struct buf *b, const char *value);
/* Words of an instruction that expands variables (COPY, ADD, VOLUME), a blank before each: as they are if none of them
 * needs quotes, else as a JSON array. width: columns after which the line is continued on the next; 0 = it never is.
 * The caller checks before with dockerfile_can_say. */
void dockerfile_words(struct buf *b, const struct strlist *words, size_t width);
/* A JSON array for CMD, ENTRYPOINT, SHELL, which expand nothing. Any UTF-8. */
void dockerfile_json(struct buf *b, const struct strlist *words);
/* "# TEXT\n", escaped. */
void dockerfile_comment(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
