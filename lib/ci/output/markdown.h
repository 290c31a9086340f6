/* ci/output/markdown.h - writes a build as a page of Markdown, for a comment on a pull request and for the summary of a
 * job. Always below 60000 bytes (a comment on GitHub takes 65536 characters). */
#pragma once

#include "ci/output/build.h"

/* The start of each page's first line, a hidden comment: "<!-- slim-report:NAME -->". A workflow finds its own comment
 * by it and updates that in place. NAME is the name of the source, without its tag and digest. */
#define CI_MARKDOWN_MARKER "<!-- slim-report:"

void ci_markdown(const struct ci_build *b, struct buf *out);
