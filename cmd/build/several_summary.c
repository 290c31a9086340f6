#include "cmd/build/several_summary.h"

#include <string.h>

#include "cmd/outcome.h"
#include "report/report_error.h"
#include "report/step/step.h"
#include "report/terminal/next.h"
#include "text/json.h"

#define SHOWN_WHY 400 /* bytes */

static void add_block(const struct pipeline_platform_result *result, struct buf *out)
{
	buf_printf(out, "%-12s", "platform");
	report_step_text(out, result->name, OCI_PLATFORM_TEXT);
	if (result->state == PIPELINE_PLATFORM_KEPT) {
		buf_str(out, ", kept as it is: ");
		report_step_text(out, result->why, SHOWN_WHY);
	}
	buf_str(out, result->state == PIPELINE_PLATFORM_NOT_STARTED ? ", not started\n" : "\n");
	if (result->state == PIPELINE_PLATFORM_BUILT || result->state == PIPELINE_PLATFORM_FAILED)
		report_text_brief(&result->report, out);
}

static void add_fitted(const struct report *r, const struct report_terminal *terminal, const struct buf *text,
		       struct buf *out)
{
	if (terminal && text->len)
		report_terminal_fit(r, terminal, text->data, out);
	else
		buf_append(out, text->data, text->len);
}

void build_several_text(const struct build_several_outcome *o, const struct report_terminal *terminal, struct buf *out)
{
	const struct report *first = &o->results->items[0].report;
	CLEANUP_BUF struct buf end = {0};
	for (size_t i = 0; i < o->results->count; i++) {
		CLEANUP_BUF struct buf block = {0};
		add_block(&o->results->items[i], &block);
		add_fitted(&o->results->items[i].report, terminal, &block, out);
	}
	report_text_destinations(first, &end);
	if (terminal)
		report_terminal_next(first, terminal->report_file, terminal->page, &end);
	add_fitted(first, terminal, &end, out);
}

/* ---- JSON ---- */

static const char *state_word(const struct pipeline_platform_result *result, int status)
{
	switch (result->state) {
	case PIPELINE_PLATFORM_NOT_STARTED:
		return "not started";
	case PIPELINE_PLATFORM_KEPT:
		return "kept";
	case PIPELINE_PLATFORM_BUILT:
		return "done";
	case PIPELINE_PLATFORM_FAILED:
		break;
	}
	return status == EXIT_GATE ? "gate not met" : status == EXIT_DIFFERS ? "not proven" : "failed";
}

static json_t *make_report(const struct report *r)
{
	CLEANUP_BUF struct buf text = {0};
	report_json(r, false, &text);
	json_t *v = json_loadb(text.data, text.len, 0, NULL);
	return v ? v : json_null();
}

static json_t *make_item(const struct build_several_outcome *o, const struct pipeline_platform_result *result)
{
	const bool failed = result->state == PIPELINE_PLATFORM_FAILED;
	const bool built = failed || result->state == PIPELINE_PLATFORM_BUILT;
	json_t *v = json_object();
	json_object_set_new(v, "name", json_bytes(result->name, strlen(result->name)));
	json_object_set_new(v, "image", json_bytes(o->source, strlen(o->source)));
	json_object_set_new(v, "state", json_string(state_word(result, o->status)));
	json_object_set_new(v, "status", built ? json_integer(failed ? o->status : EXIT_DONE) : json_null());
	json_object_set_new(v, "ms", json_integer((json_int_t)result->ms));
	json_object_set_new(v, "report", built ? make_report(&result->report) : json_null());
	json_object_set_new(v, "error", failed && o->error ? report_error_member(o->error) : json_null());
	if (result->why)
		json_object_set_new(v, "why", json_bytes(result->why, strlen(result->why)));
	return v;
}

void build_several_json(const struct build_several_outcome *o, struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *reports = json_array();
	for (size_t i = 0; i < o->results->count; i++)
		json_array_append_new(reports, make_item(o, &o->results->items[i]));
	json_object_set_new(root, "schema", json_string("slim.reports/v1"));
	json_object_set_new(root, "status", json_integer(o->status));
	json_object_set_new(root, "ms", json_integer((json_int_t)o->ms));
	json_object_set_new(root, "reports", reports);
	json_write_pretty(root, out);
}
