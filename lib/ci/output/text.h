/* ci/output/text.h - text from outside in the formats that CI systems read. It is escaped as for a terminal first
 * (buf_escape): one line, valid UTF-8, no control characters. Then what has a meaning in the format is replaced. */
#pragma once

#include "base/buf.h"

/* The last rule has c 0. */
struct ci_text_rule {
	char c;
	const char *as;
};
extern const struct ci_text_rule ci_text_xml[];             /* between tags, and in quotes */
extern const struct ci_text_rule ci_text_label[];           /* OpenMetrics: in quotes */
extern const struct ci_text_rule ci_text_github_message[];  /* of a workflow command */
extern const struct ci_text_rule ci_text_github_property[]; /* the same, before the message */
extern const struct ci_text_rule ci_text_azure_message[];   /* of a logging command */
extern const struct ci_text_rule ci_text_azure_property[];

/* NULL = nothing. What is longer than max bytes is cut. */
void ci_text(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules);
/* The same in a line of a log, which other systems may read: guarded (ci/output/guard.h), too. */
void ci_text_in_log(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules);
/* As code in Markdown, also in a table: nothing in it is markup, a link, or the mention of a user or an issue. */
void ci_text_code(struct buf *out, const char *s, size_t max);
