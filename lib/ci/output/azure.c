#include "ci/output/azure.h"

#include <stdlib.h>
#include <string.h>

#include "ci/output/findings.h"
#include "ci/output/guard.h"
#include "ci/output/text.h"

#define SHOWN 10
#define SHOWN_TEXT 1000

static void begin_variable(const char *name, struct buf *out)
{
	buf_printf(out, "##vso[task.setvariable variable=%s;isOutput=true]", name);
}

void ci_azure_figure(const char *name, const struct ci_build *b, enum ci_figure which, struct buf *out)
{
	CLEANUP_FREE char *value = ci_build_figure(b, which);
	begin_variable(name, out);
	ci_text_in_log(out, value, SIZE_MAX, ci_text_azure_message);
	buf_char(out, '\n');
}

void ci_azure_json(const char *name, const struct buf *json, struct buf *out)
{
	CLEANUP_BUF struct buf line = {0};
	for (size_t i = 0; i < json->len; i++)
		if (json->data[i] == '%')
			buf_str(&line, "%AZP25");
		else
			buf_char(&line, json->data[i]);
	begin_variable(name, out);
	ci_guard(line.data, line.len, true, out);
	buf_char(out, '\n');
}

void ci_azure_summary(const char *path, struct buf *out)
{
	if (!path)
		return;
	buf_str(out, "##vso[task.uploadsummary]");
	ci_text(out, path, SIZE_MAX, ci_text_azure_message);
	buf_char(out, '\n');
}

void ci_azure_issues(const struct ci_build *b, struct buf *out)
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
}

void ci_azure_commands(const struct ci_build *b, const char *summary, struct buf *out)
{
	ci_azure_issues(b, out);
	for (int i = 0; i < CI_FIGURES; i++)
		if (ci_verb_has_figure(b->verb, (enum ci_figure)i))
			ci_azure_figure(ci_figure_names[i], b, (enum ci_figure)i, out);
	ci_azure_summary(summary, out);
}
