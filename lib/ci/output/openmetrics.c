#include "ci/output/openmetrics.h"

#include <inttypes.h>
#include <string.h>

#include "ci/output/text.h"
#include "report/step/step.h"

#define NAME_MAX_SHOWN 500 /* bytes of a label's value from outside */

/* unit: the last part of the name; NULL = none. */
static void family(struct buf *out, const char *name, const char *unit, const char *help)
{
	buf_printf(out, "# TYPE %s gauge\n", name);
	if (unit)
		buf_printf(out, "# UNIT %s %s\n", name, unit);
	buf_printf(out, "# HELP %s %s\n", name, help);
}

static void sample(struct buf *out, const char *name, const char *label, const char *value, uint64_t n)
{
	buf_printf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, n);
}

static void add_images(const struct ci_build *b, struct buf *out)
{
	const struct report_image *images[] = {&b->report->source, &b->report->result};
	static const char *const names[] = {"original", "result"};
	const size_t n = ci_build_has_result(b) ? 2 : 1;
	family(out, "slim_image_size_bytes", "bytes", "Content of the unpacked layers.");
	for (size_t i = 0; i < n; i++)
		sample(out, "slim_image_size_bytes", "image", names[i], images[i]->size_bytes);
	family(out, "slim_image_compressed_bytes", "bytes", "Size of the layers as they are stored.");
	for (size_t i = 0; i < n; i++)
		if (images[i]->compressed_bytes)
			sample(out, "slim_image_compressed_bytes", "image", names[i], images[i]->compressed_bytes);
	family(out, "slim_image_files", NULL, "Regular files.");
	for (size_t i = 0; i < n; i++)
		sample(out, "slim_image_files", "image", names[i], images[i]->files);
}

static void add_stages(const struct report *r, struct buf *out)
{
	family(out, "slim_stage_seconds", "seconds", "How long each stage took.");
	for (size_t i = 0; i < r->n_stages; i++)
		buf_printf(out, "slim_stage_seconds{stage=\"%s\"} %" PRIu64 ".%03u\n", r->stages[i].name,
			   r->stages[i].ms / 1000, (unsigned)(r->stages[i].ms % 1000));
}

static void add_steps(const struct report *r, struct buf *out)
{
	uint64_t failed = 0, all = 0;
	for (size_t i = 0; i < r->runs.count; i++)
		for (size_t j = 0; j < r->runs.items[i].steps.count; j++, all++)
			failed += report_step_is_failed(&r->runs.items[i].steps.steps[j]);
	family(out, "slim_steps", NULL, "Requests and commands that drove the original.");
	sample(out, "slim_steps", "outcome", "done", all - failed);
	sample(out, "slim_steps", "outcome", "failed", failed);
}

static void add_checks(const struct report *r, struct buf *out)
{
	const size_t failed = report_gates_failed(&r->gates);
	family(out, "slim_verify_differences", NULL, "Answers of the result that differ from the original's.");
	if (r->verify.done)
		buf_printf(out, "slim_verify_differences %zu\n", r->verify.n_differences);
	family(out, "slim_gates", NULL, "Limits that the result meets, and limits that it does not meet.");
	sample(out, "slim_gates", "outcome", "passed", r->gates.count - failed);
	sample(out, "slim_gates", "outcome", "failed", failed);
}

void ci_openmetrics(const struct ci_build *b, struct buf *out)
{
	const struct report *r = b->report;
	buf_str(out, "# TYPE slim_source info\n# HELP slim_source The original image.\n");
	buf_str(out, "slim_source_info{reference=\"");
	ci_text(out, r->source.reference, NAME_MAX_SHOWN, ci_text_label);
	buf_str(out, "\"} 1\n");
	add_images(b, out);
	add_stages(r, out);
	add_steps(r, out);
	add_checks(r, out);
	family(out, "slim_passed", NULL, "1 if the build, verification or recording passed.");
	buf_printf(out, "slim_passed %d\n# EOF\n", strcmp(ci_build_status(b), "passed") == 0);
}
