/* ci/output/azure.h - logging commands, which Azure Pipelines reads in a step's log. */
#pragma once

#include "ci/output/build.h"

#define CI_AZURE_SUMMARY "slim-summary.md" /* in AGENT_TEMPDIRECTORY */

/* An issue for each error and warning, at most 10. */
void ci_azure_issues(const struct ci_build *b, struct buf *out);
/* An output variable, which later steps read as $(STEP.NAME): a figure, or a JSON document in one line. */
void ci_azure_figure(const char *name, const struct ci_build *b, enum ci_figure which, struct buf *out);
void ci_azure_json(const char *name, const struct buf *json, struct buf *out);
/* The upload of the summary at path, which is absolute; NULL = none. */
void ci_azure_summary(const char *path, struct buf *out);
/* All of these: the issues, a variable for each figure, the summary. */
void ci_azure_commands(const struct ci_build *b, const char *summary, struct buf *out);
