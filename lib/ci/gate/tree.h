/* ci/gate/tree.h - what a pattern of --must-keep or --must-drop finds in the result.
 * A pattern is a path or glob as of the policy (keep/policy.h): it also stands for all below a directory that it
 * matches. Without a slash it is a name, at any depth. A few words stand for common sets: see ci_gate_tree_words. */
#pragma once

#include "keep/set.h"
#include "packages/packages.h"
#include "trace/trace.h"

struct ci_gate_tree {
	const struct keep_set *keep;
	const struct packages *packages;
	const struct trace *trace; /* that keep was made from */
	bool whole;                /* the result has the layers of the source: everything is kept */
};

struct ci_gate_tree_found {
	uint64_t kept, dropped; /* of the nodes that the pattern matches; a link to what is dropped counts as dropped */
	struct buf text;        /* the first kept paths, each with why it is kept; else the first dropped ones */
};

/* The words, with ", " between them. */
void ci_gate_tree_words(struct buf *out);
/* ERR_INVAL if the pattern is empty, or its braces are not well-formed. */
int ci_gate_tree_check(const char *pattern, struct err *err) MUST_CHECK;
/* must: the result must have it. Directories count then, too, else only what is in them, and the text leaves out why it
 * is kept. *out: buf_done its text. */
void ci_gate_tree_find(const struct ci_gate_tree *t, const char *pattern, bool must, struct ci_gate_tree_found *out);
