#include "report/checks/drift.h"

#include <inttypes.h>
#include <string.h>

#include "report/step/step.h"
#include "text/json.h"

#define LABEL "%-12s"  /* the first column of the summary */
#define SHOWN_LINES 10 /* differences; more are only counted */
#define SHOWN_LINE 200 /* bytes of a line */

json_t *report_drift_json(const struct report_drift *d)
{
	if (!d->known)
		return json_null();
	json_t *v = json_object(), *changes = json_array();
	for (size_t i = 0; i < d->lines.count; i++)
		json_array_append_new(changes, json_bytes(d->lines.items[i], strlen(d->lines.items[i])));
	json_object_set_new(v, "paths", json_integer((json_int_t)d->paths));
	json_object_set_new(v, "changed", json_integer((json_int_t)d->changed));
	json_object_set_new(v, "changes", changes);
	return v;
}

void report_drift_text(const struct report_drift *d, struct buf *out)
{
	if (!d->known || !d->changed)
		return;
	buf_printf(out, LABEL "%" PRIu64 " of %" PRIu64 " traced paths differ in this image\n", "drift", d->changed,
		   d->paths);
	for (size_t i = 0; i < d->lines.count && i < SHOWN_LINES; i++) {
		buf_printf(out, LABEL "  ", "");
		report_step_text(out, d->lines.items[i], SHOWN_LINE);
		buf_char(out, '\n');
	}
	if (d->lines.count > SHOWN_LINES)
		buf_printf(out, LABEL "  and %zu more\n", "", d->lines.count - SHOWN_LINES);
}

void report_drift_done(struct report_drift *d)
{
	strlist_done(&d->lines);
	*d = (struct report_drift){0};
}
