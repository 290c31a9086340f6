/* report/checks/gates.h - the gates of a build: limits that the user set, such as --max-size, and whether the result
 * meets them. ci/gate judges; this file holds, prints and exports the gates. All zero: no gate was evaluated. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct report_gates {
	struct report_gate {
		const char *name; /* of its option: "max-size"; static */
		char *limit;      /* as given: "60MB", a pattern; NULL = a flag */
		char *figure;     /* of the result: "72.1 MB", "/bin/sh, kept by ..." */
		bool passed;
	} * items;
	size_t count;
	const char *published; /* "result", "original" (--on-fail keep-original), NULL = nothing */
};

/* Copies limit (NULL = a flag) and takes figure over. */
void report_gates_add(struct report_gates *g, const char *name, const char *limit, char *figure, bool passed);
size_t report_gates_failed(const struct report_gates *g);
/* True if the original was published in place of the result. */
bool report_gates_kept_original(const struct report_gates *g);
/* {"passed", "published", "list": [{"name", "limit", "figure", "passed"}]}; passed is null if no gate was evaluated. */
json_t *report_gates_json(const struct report_gates *g);
/* Appends a line for each gate, in columns. */
void report_gates_text(const struct report_gates *g, struct buf *out);
/* Appends an indented line for each gate that failed. */
void report_gates_page(const struct report_gates *g, struct buf *out);
void report_gates_done(struct report_gates *g);
