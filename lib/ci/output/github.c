#include "ci/output/github.h"

#include <stdlib.h>
#include <string.h>

#include "ci/output/findings.h"
#include "ci/output/markdown.h"
#include "ci/output/text.h"

#define SHOWN_TEXT 1000

static const char *const commands[] = {
    [CI_LEVEL_ERROR] = "error", [CI_LEVEL_WARNING] = "warning", [CI_LEVEL_NOTE] = "notice"};

void ci_github_annotations(const struct ci_build *b, struct buf *out)
{
	CLEANUP_CI_FINDINGS struct ci_findings f = {0};
	ci_findings_make(b, &f);
	const size_t shown = f.count > CI_GITHUB_ANNOTATIONS ? CI_GITHUB_ANNOTATIONS - 1 : f.count;
	for (size_t i = 0; i < shown; i++) {
		buf_printf(out, "::%s title=slim%%3A ", commands[f.items[i].level]);
		ci_text(out, f.items[i].id, SHOWN_TEXT, ci_text_github_property);
		buf_str(out, "::");
		ci_text_in_log(out, f.items[i].text, SHOWN_TEXT, ci_text_github_message);
		buf_char(out, '\n');
	}
	if (f.count > shown)
		buf_printf(out,
			   "::%s title=slim::%zu more findings are in the summary and in the files of slim's outputs\n",
			   commands[f.items[shown].level], f.count - shown);
}

void ci_github_output(const char *name, const char *line, struct buf *out)
{
	CLEANUP_BUF struct buf end = {0};
	buf_str(&end, "slim_end");
	while (strstr(line, end.data))
		buf_char(&end, '_');
	buf_printf(out, "%s<<%s\n%s\n%s\n", name, end.data, line, end.data);
}

void ci_github_figure(const char *name, const struct ci_build *b, enum ci_figure which, struct buf *out)
{
	CLEANUP_FREE char *value = ci_build_figure(b, which);
	CLEANUP_BUF struct buf line = {0};
	buf_escape(&line, value, strlen(value));
	ci_github_output(name, line.len ? line.data : "", out);
}

void ci_github_outputs(const struct ci_build *b, struct buf *out)
{
	for (int i = 0; i < CI_FIGURES; i++)
		if (ci_verb_has_figure(b->verb, (enum ci_figure)i))
			ci_github_figure(ci_figure_names[i], b, (enum ci_figure)i, out);
}

void ci_github_summary(const struct ci_build *b, size_t has, struct buf *out)
{
	CLEANUP_BUF struct buf page = {0};
	ci_markdown(b, &page);
	if (has + page.len + 1 <= CI_GITHUB_SUMMARY_MAX) /* 1: the line break before it */
		buf_append(out, page.data, page.len);
}
