/* ci/output/azure.h - what Azure Pipelines reads in a step's log: logging commands. */
#pragma once

#include "ci/output/build.h"

#define CI_AZURE_SUMMARY "slim-summary.md" /* in AGENT_TEMPDIRECTORY */

/* Lines: an issue for each error and warning, at most 10; an output variable for each figure, "image", read as
 * $(STEP.image); and the upload of the summary, an absolute path, NULL = none. */
void ci_azure_commands(const struct ci_build *b, const char *summary, struct buf *out);
