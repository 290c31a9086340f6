/* ci/output/markdown.h - a build as a page of Markdown: the body of a comment on a pull request, and the summary of a
 * job. Below 60000 bytes, whatever the build found (a comment of GitHub takes 65536 characters). */
#pragma once

#include "ci/output/build.h"

/* The first line of every page begins with this, a comment that is not shown: "<!-- slim-report:NAME -->". A workflow
 * finds its comment by it and updates it in place. NAME is that of the source, without its tag and digest. */
#define CI_MARKDOWN_MARKER "<!-- slim-report:"

void ci_markdown(const struct ci_build *b, struct buf *out);
