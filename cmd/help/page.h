/* cmd/help/page.h - makes the pages of slim --help and slim VERB --help from the tables of verbs and options. */
#pragma once

#include "base/buf.h"
#include "cmd/command.h"

/* The layout of a page. */
struct page_style {
	unsigned width; /* columns */
	bool bold;      /* headings and names of options stand out */
};

/* For what fd is: a terminal's own width, from 60 to 100 columns, and bold text; else 80 columns and plain text. */
struct page_style page_style_of(int fd);

/* The program's own page: its verbs. */
void page_program(const struct page_style *style, struct buf *out);
/* A verb's page: usage, options by group, examples. all: every option; else those that are common, unless the verb has
 * only few options. */
void page_verb(const struct command *c, bool all, const struct page_style *style, struct buf *out);
