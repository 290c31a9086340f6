/* ci/output/text.h - writes untrusted text in the formats of CI systems. Escapes it as for a terminal first
 * (buf_escape): one line, valid UTF-8, no control characters. Then replaces the characters that have a meaning in the
 * format. */
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

/* Cuts text that is longer than max bytes. NULL = no text. */
void ci_text(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules);
/* The same for a line of a log, also guarded (ci/output/guard.h) against the commands of other systems. */
void ci_text_in_log(struct buf *out, const char *s, size_t max, const struct ci_text_rule *rules);
/* The same as code in Markdown, also in a table: without markup, links, and mentions of users or issues. */
void ci_text_code(struct buf *out, const char *s, size_t max);
