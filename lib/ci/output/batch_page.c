#include "ci/output/batch_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ci/output/github.h"
#include "ci/output/junit_suite.h"
#include "ci/output/markdown.h"
#include "ci/output/text.h"
#include "report/step/step.h"

#define SHOWN_TEXT 120     /* bytes of a value */
#define SHOWN_SENTENCE 400 /* of an error */
/* No further row or error is begun once the page has as many bytes. */
#define ROOM_ROWS 40000
#define ROOM 55000

static bool is_passed(const struct ci_batch_image *image)
{
	return strcmp(ci_build_status(&image->build), "passed") == 0;
}

static void add_row(const struct ci_batch_image *image, struct buf *out)
{
	const struct report *r = image->build.report;
	const char *status = ci_build_status(&image->build);
	char before[32] = "", after[32] = "", change[32] = "";
	if (r->source.size_bytes)
		report_step_size(r->source.size_bytes, before);
	if (ci_build_has_result(&image->build)) {
		report_step_size(r->result.size_bytes, after);
		ci_build_change(r->source.size_bytes, r->result.size_bytes, change);
	}
	buf_printf(out, is_passed(image) ? "| %s | %s | %s | %s | %s | " : "| %s | **%s** | %s | %s | %s | ",
		   image->name, status, before, after, change);
	if (r->n_destinations)
		ci_text_code(out, r->destinations[0].pinned ? r->destinations[0].pinned : r->destinations[0].reference,
			     2 * SHOWN_TEXT);
	buf_str(out, " |\n");
}

static void add_errors(const struct ci_batch *b, struct buf *out)
{
	size_t shown = 0, all = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct ci_batch_image *image = &b->images[i];
		if (!image->build.error || !image->build.error->code)
			continue;
		all++;
		if (out->len >= ROOM)
			continue;
		buf_printf(out, "%s- %s: ", shown++ ? "" : "**Errors**\n\n", image->name);
		ci_text_code(out, image->build.error->msg, SHOWN_SENTENCE);
		buf_char(out, '\n');
	}
	if (all > shown)
		buf_printf(out, "- and %zu more\n", all - shown);
}

void ci_batch_markdown(const struct ci_batch *b, struct buf *out)
{
	CLEANUP_BUF struct buf page = {0};
	size_t passed = 0, shown = 0;
	for (size_t i = 0; i < b->count; i++)
		passed += is_passed(&b->images[i]);
	buf_printf(&page, CI_MARKDOWN_MARKER "batch -->\n### slim: %zu of %zu images passed\n\n", passed, b->count);
	buf_str(&page, "| image | | before | after | change | published |\n|---|---|---:|---:|---:|---|\n");
	for (; shown < b->count && page.len < ROOM_ROWS; shown++)
		add_row(&b->images[shown], &page);
	if (b->count > shown)
		buf_printf(&page, "| and %zu more | | | | | |\n", b->count - shown);
	buf_char(&page, '\n');
	add_errors(b, &page);
	buf_append(out, page.data, page.len);
}

void ci_batch_github_summary(const struct ci_batch *b, size_t has, struct buf *out)
{
	CLEANUP_BUF struct buf page = {0};
	ci_batch_markdown(b, &page);
	if (has + page.len + 1 <= CI_GITHUB_SUMMARY_MAX) /* 1: the line break before it */
		buf_append(out, page.data, page.len);
}

void ci_batch_junit(const struct ci_batch *b, struct buf *out)
{
	struct ci_junit_suite all = {.name = "slim"}, s = {.name = "batch"};
	CLEANUP_BUF struct buf suites = {0};
	for (size_t i = 0; i < b->count; i++) {
		const struct ci_batch_image *image = &b->images[i];
		const char *status = ci_build_status(&image->build);
		const struct err *e = image->build.error;
		const bool stopped = strcmp(status, "failed") == 0 || strcmp(status, "stopped") == 0;
		ci_junit_case(&s, image->name, image->ms,
			      !e || !e->code ? NULL
			      : stopped      ? "error"
					     : "failure",
			      e ? e->msg : NULL);
	}
	ci_junit_suite_end(&s, &all, &suites);
	ci_junit_document(&all, &suites, out);
}
