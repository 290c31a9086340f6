/* ci/gate/tree.h - finds the paths of the result that match a pattern of --must-keep or --must-drop.
 * A pattern is a path or glob, as in a policy (keep/policy.h). If it matches a directory, it also matches everything
 * below. A pattern without a slash is a name at any depth. A few words stand for common sets: see ci_gate_tree_words.
 */
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
	uint64_t kept, dropped; /* nodes that match; a link to a dropped path counts as dropped */
	struct buf text;        /* the first kept paths with their reasons; if none is kept, the first dropped ones */
};

/* Appends the words, with ", " between them. */
void ci_gate_tree_words(struct buf *out);
/* ERR_INVAL if the pattern is empty, or its braces are not well-formed. */
int ci_gate_tree_check(const char *pattern, struct err *err) MUST_CHECK;
/* must: --must-keep. Then directories count too, not only the files in them, and the text has no reasons. Free the
 * text of *out with buf_done. */
void ci_gate_tree_find(const struct ci_gate_tree *t, const char *pattern, bool must, struct ci_gate_tree_found *out);
