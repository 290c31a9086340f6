/* text/markdown.h - foreign text in Markdown. Spec: CommonMark 0.31, 6.1 (code spans). */
#pragma once

#include "base/buf.h"

/* Appends s as a code span of one line, in which nothing is markup, a link or a mention: escaped as for a terminal
 * (buf_escape), and cut at a character if it has more than max bytes. Empty text gives an empty string in quotes. */
void markdown_code(struct buf *out, const char *s, size_t max);
