#include "ci/output/azure.h"

#include <stdlib.h>
#include <string.h>

#include "ci/output/findings.h"
#include "ci/output/text.h"

#define SHOWN 10
#define SHOWN_TEXT 1000

void ci_azure_commands(const struct ci_build *b, const char *summary, struct buf *out)
{
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	ci_findings_make(b, &f);
	for (size_t i = 0; i < f.count && i < SHOWN && f.items[i].level != CI_LEVEL_NOTE; i++) {
		buf_printf(
		    out, "##vso[task.logissue type=%s;code=", f.items[i].level == CI_LEVEL_ERROR ? "error" : "warning");
		ci_text(out, f.items[i].id, SHOWN_TEXT, ci_text_azure_property);
		buf_str(out, "]slim: ");
		ci_text_in_log(out, f.items[i].text, SHOWN_TEXT, ci_text_azure_message);
		buf_char(out, '\n');
	}
	for (int i = 0; i < CI_FIGURES; i++) {
		CLEANUP_FREE char *value = ci_build_figure(b, (enum ci_figure)i);
		buf_printf(out, "##vso[task.setvariable variable=%s;isOutput=true]", ci_figure_names[i]);
		ci_text_in_log(out, value, SIZE_MAX, ci_text_azure_message);
		buf_char(out, '\n');
	}
	if (summary) {
		buf_str(out, "##vso[task.uploadsummary]");
		ci_text(out, summary, SIZE_MAX, ci_text_azure_message);
		buf_char(out, '\n');
	}
}
