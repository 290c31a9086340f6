/* report/checks/unproven.h - the risk figure: dropped files that kept files name and no run used (keep/unproven). Sizes
 * in bytes. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"

#define REPORT_UNPROVEN_LISTED 1000 /* files; further ones are only counted */

struct report_unproven {
	uint64_t files, bytes; /* all of them */
	struct report_unproven_file {
		char *path;
		uint64_t bytes;
		unsigned named_by; /* at least so many kept files */
		char *example;     /* a kept file that names it */
		const char
		    *how; /* the example does: "interpreter" "library" "import" "command" "dlopen" "path" "directory" */
	} * items;        /* keep_unproven's order, at most REPORT_UNPROVEN_LISTED; NULL = not known */
	size_t count;
};

/* The member "unproven" of a report. */
json_t *report_unproven_json(const struct report_unproven *u);
/* Appends lines for a person; nothing if the figure is not known. Paths are escaped. */
void report_unproven_text(const struct report_unproven *u, struct buf *out);
void report_unproven_done(struct report_unproven *u);
