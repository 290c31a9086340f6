/* dockerfile/quote.h - writes strings of an image, which may hold any bytes, as words of a Dockerfile. Docker's two
 * builders and buildah read them alike. Reference: docs.docker.com/reference/dockerfile.
 * A line break cannot be quoted, so callers check a string with dockerfile_can_say first. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/strlist.h"

/* Returns whether s is UTF-8 without control characters, invisible characters and those that reorder a line. */
bool dockerfile_can_say(const char *s);
/* Returns whether COPY can name the path: dockerfile_can_say, and no builder takes a part of it for a pattern. */
bool dockerfile_can_copy(const char *path);

/* Returns whether a line of a list of paths (list.h) can name the path. */
bool dockerfile_can_list(const char *path);
/* Returns whether builders may mount their own files at the path while a RUN works: /proc, /etc/hosts and others. */
bool dockerfile_is_mounted(const char *path);

/* Appends "VALUE" for ENV, LABEL and other instructions that expand variables. */
void dockerfile_quote(struct buf *b, const char *value);
/* Appends the rest of a line, for WORKDIR and USER. The value may not begin or end with a blank. */
void dockerfile_escape(struct buf *b, const char *value);
/* Appends the words of an instruction that expands variables (COPY, ADD, VOLUME), a blank before each. They become a
 * JSON array if one of them needs quotes. width: columns after which the line continues on the next; 0 = one line. */
void dockerfile_words(struct buf *b, const struct strlist *words, size_t width);
/* Appends a JSON array for CMD, ENTRYPOINT and SHELL, which expand no variables. The words may be any UTF-8. */
void dockerfile_json(struct buf *b, const struct strlist *words);
/* Appends "# TEXT\n", escaped. */
void dockerfile_comment(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
