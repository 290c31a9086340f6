#include "cmd/batch/summary.h"

#include <stdio.h>
#include <string.h>

#include "cmd/outcome.h"
#include "report/step/step.h"
#include "text/json.h"

#define SHOWN_REFERENCE 100 /* bytes */
#define SHOWN_MESSAGE 400
#define SHOWN_NAMES 10 /* of images that failed */

/* From the best to the worst. */
static const struct {
	int status;
	const char *word;
} states[] = {
    {EXIT_DONE, "done"},     {EXIT_GATE, "gate not met"},  {EXIT_DIFFERS, "not proven"},
    {EXIT_FAILED, "failed"}, {EXIT_USAGE, "wrong option"},
};
#define N_STATES (sizeof(states) / sizeof(states[0]))

static size_t rank(int status)
{
	for (size_t i = 0; i < N_STATES; i++)
		if (states[i].status == status)
			return i;
	return rank(EXIT_FAILED);
}

/* The original was published in place of the result (--on-fail keep-original). */
static bool is_original(const struct batch_result *r)
{
	const char *what = json_string_value(json_object_get(json_object_get(r->report, "gates"), "published"));
	return what && strcmp(what, "original") == 0;
}

static const char *state_word(const struct batch_result *r)
{
	const char *code = json_string_value(json_object_get(r->error, "code"));
	if (!r->started)
		return "not started";
	if (is_original(r))
		return "ORIGINAL";
	return code && strcmp(code, "cancelled") == 0 ? "stopped" : states[rank(r->status)].word;
}

int batch_summary_status(const struct batch_results *r)
{
	size_t worst = rank(r->after);
	for (size_t i = 0; i < r->count; i++)
		if (rank(r->items[i].status) > worst)
			worst = rank(r->items[i].status);
	return states[worst].status;
}

/* ---- text ---- */

static uint64_t member(const json_t *report, const char *image, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(json_object_get(report, image), name));
	return n > 0 ? (uint64_t)n : 0;
}

static void add_image(const struct batch_result *r, int width, struct buf *out)
{
	const uint64_t before = member(r->report, "source", "size_bytes"),
		       after = member(r->report, "result", "size_bytes");
	const json_t *to = json_array_get(json_object_get(r->report, "destinations"), 0);
	char a[32] = "", b[32] = "", change[32] = "";
	if (before)
		report_step_size(before, a);
	if (after)
		report_step_size(after, b);
	if (before && after)
		snprintf(change, sizeof(change), "%+.1f %%", ((double)after - (double)before) * 100 / (double)before);
	buf_printf(out, "%-*s  %-12s %10s %10s %9s %8.1f s  ", width, r->name, state_word(r), a, b, change,
		   (double)r->ms / 1e3);
	report_step_text(out, json_string_value(json_object_get(to, "reference")), SHOWN_REFERENCE);
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_char(out, '\n');
}

static void add_failure(const struct batch_result *r, struct buf *out)
{
	const char *message = json_string_value(json_object_get(r->error, "message"));
	if (!message || strcmp(state_word(r), "stopped") == 0)
		return;
	buf_printf(out, "%s: ", r->name);
	report_step_text(out, message, SHOWN_MESSAGE);
	buf_char(out, '\n');
}

static size_t count_state(const struct batch_results *r, const char *word)
{
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		n += strcmp(state_word(&r->items[i]), word) == 0;
	return n;
}

static void add_count(const struct batch_results *r, const char *word, struct buf *out)
{
	size_t n = count_state(r, word);
	if (n)
		buf_printf(out, ", %zu %s", n, word);
}

void batch_summary_text(const struct batch_results *r, struct buf *out)
{
	size_t width = strlen("image");
	uint64_t before = 0, after = 0;
	char a[32], b[32];
	for (size_t i = 0; i < r->count; i++)
		if (strlen(r->items[i].name) > width)
			width = strlen(r->items[i].name);
	buf_printf(out, "%-*s  %-12s %10s %10s %9s %10s  %s\n", (int)width, "image", "", "before", "after", "", "time",
		   "result");
	for (size_t i = 0; i < r->count; i++) {
		const struct batch_result *one = &r->items[i];
		add_image(one, (int)width, out);
		if (strcmp(state_word(one), "done") == 0) {
			before += member(one->report, "source", "size_bytes");
			after += member(one->report, "result", "size_bytes");
		}
	}
	buf_printf(out, "%zu image%s", r->count, r->count == 1 ? "" : "s");
	for (size_t i = 0; i < N_STATES; i++)
		add_count(r, states[i].word, out);
	add_count(r, "ORIGINAL", out);
	add_count(r, "stopped", out);
	add_count(r, "not started", out);
	if (count_state(r, "done") > 1)
		buf_printf(out, "; those done together %s -> %s", report_step_size(before, a),
			   report_step_size(after, b));
	buf_printf(out, "; %.1f s\n", (double)r->ms / 1e3);
	for (size_t i = 0; i < r->count; i++)
		add_failure(&r->items[i], out);
}

/* ---- JSON ---- */

static json_t *or_null(json_t *v)
{
	return v ? json_incref(v) : json_null();
}

void batch_summary_json(const struct batch_results *r, struct buf *out)
{
	json_auto_t *root = json_object();
	json_t *reports = json_array();
	for (size_t i = 0; i < r->count; i++) {
		const struct batch_result *one = &r->items[i];
		json_t *v = json_object();
		json_object_set_new(v, "name", json_string(one->name));
		json_object_set_new(v, "image", json_bytes(one->source, strlen(one->source)));
		json_object_set_new(v, "state", json_string(state_word(one)));
		json_object_set_new(v, "status", one->started ? json_integer(one->status) : json_null());
		json_object_set_new(v, "ms", json_integer((json_int_t)one->ms));
		json_object_set_new(v, "report", or_null(one->report));
		json_object_set_new(v, "error", or_null(one->error));
		json_array_append_new(reports, v);
	}
	json_object_set_new(root, "schema", json_string("slim.reports/v1"));
	json_object_set_new(root, "status", json_integer(batch_summary_status(r)));
	json_object_set_new(root, "ms", json_integer((json_int_t)r->ms));
	json_object_set_new(root, "reports", reports);
	if (r->stack)
		json_object_set(root, "stack", r->stack);
	json_write_pretty(root, out);
}

int batch_summary_error(const struct batch_results *r, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	size_t n = 0;
	for (size_t i = 0; i < r->count; i++)
		if (r->items[i].status != EXIT_DONE && n++ < SHOWN_NAMES)
			buf_printf(&names, "%s%s", n > 1 ? ", " : "", r->items[i].name);
	if (!n)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "batch-incomplete", "%zu of %zu images %s not done: %s%s", n, r->count,
		       n == 1 ? "is" : "are", names.data, n > SHOWN_NAMES ? ", ..." : "");
}
