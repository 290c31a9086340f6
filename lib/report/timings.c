#include "report/timings.h"

#include <string.h>

#include "text/json.h"

/* Whether b is to be named beside a: the outermost step of those that ran beside it. */
static bool is_named(const struct timings_step *steps, size_t a, size_t b)
{
	const size_t whole = steps[b].part_of;
	return timings_beside(steps, a, b) && (whole == TIMINGS_NONE || !timings_beside(steps, a, whole));
}

static void add_seconds(uint64_t us, struct buf *out)
{
	buf_printf(out, "%9.3f", (double)us / 1e6);
}

static void add_line(const struct timings_step *steps, size_t count, size_t i, struct buf *out)
{
	const struct timings_step *s = &steps[i];
	const char *before = "; beside ";
	add_seconds(s->from, out);
	add_seconds(s->to - s->from, out);
	buf_printf(out, "  %*s", (int)(2 * s->depth), "");
	buf_escape(out, s->name, strlen(s->name));
	if (s->waits_for)
		buf_printf(out, ": waits for %s", s->waits_for);
	for (size_t k = 0; k < count; k++) {
		if (!is_named(steps, i, k))
			continue;
		buf_str(out, before);
		buf_escape(out, steps[k].name, strlen(steps[k].name));
		before = ", ";
	}
	buf_char(out, '\n');
}

void report_timings_text(struct timings *t, struct buf *out)
{
	size_t count;
	struct timings_step *steps = timings_steps(t, &count);
	buf_str(out, "  began at     took  step (seconds)\n");
	for (size_t i = 0; i < count; i++)
		add_line(steps, count, i, out);
	timings_steps_free(steps, count);
}

static json_t *step_json(const struct timings_step *steps, size_t count, size_t i)
{
	const struct timings_step *s = &steps[i];
	json_t *v = json_object(), *beside = json_array();
	for (size_t k = 0; k < count; k++)
		if (is_named(steps, i, k))
			json_array_append_new(beside, json_integer((json_int_t)k));
	json_object_set_new(v, "name", json_bytes(s->name, strlen(s->name)));
	json_object_set_new(v, "part_of",
			    s->part_of == TIMINGS_NONE ? json_null() : json_integer((json_int_t)s->part_of));
	json_object_set_new(v, "begin_ms", json_integer((json_int_t)(s->from / 1000)));
	json_object_set_new(v, "ms", json_integer((json_int_t)((s->to - s->from) / 1000)));
	json_object_set_new(v, "waits_for", s->waits_for ? json_string(s->waits_for) : json_null());
	json_object_set_new(v, "beside", beside);
	return v;
}

json_t *report_timings_json(struct timings *t)
{
	size_t count;
	struct timings_step *steps = timings_steps(t, &count);
	json_t *all = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(all, step_json(steps, count, i));
	timings_steps_free(steps, count);
	return all;
}
