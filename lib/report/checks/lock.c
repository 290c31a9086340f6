#include "report/checks/lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/step/step.h"
#include "text/json.h"

#define LABEL "%-12s"  /* the first column of the summary */
#define SHOWN_LINES 25 /* changes; more are only counted */
#define SHOWN_LINE 200 /* bytes of a line */
#define SUMMED_LINES 3 /* changes in a summary */

json_t *report_lock_json(const struct report_lock *l)
{
	if (!l->file)
		return json_null();
	json_t *v = json_object(), *changes = json_array();
	for (size_t i = 0; i < l->lines.count; i++)
		json_array_append_new(changes, json_bytes(l->lines.items[i], strlen(l->lines.items[i])));
	json_object_set_new(v, "file", json_bytes(l->file, strlen(l->file)));
	json_object_set_new(v, "state", l->state ? json_string(l->state) : json_null());
	json_object_set_new(v, "changes", changes);
	return v;
}

static void add_count(const struct report_lock *l, struct buf *out)
{
	buf_printf(out, "%zu change%s", l->lines.count, l->lines.count == 1 ? "" : "s");
}

void report_lock_text(const struct report_lock *l, bool published, struct buf *out)
{
	if (!l->file || !l->state)
		return;
	buf_printf(out, LABEL, "lock file");
	report_step_text(out, l->file, SHOWN_LINE);
	buf_str(out, ": ");
	if (strcmp(l->state, "new") == 0) {
		buf_str(out, published ? "new\n" : "not there yet\n");
		return;
	}
	if (l->lines.count)
		add_count(l, out);
	buf_str(out, l->lines.count ? "" : "no change");
	buf_str(out, published && strcmp(l->state, "updated") == 0 ? ", updated\n" : "\n");
	for (size_t i = 0; i < l->lines.count && i < SHOWN_LINES; i++) {
		buf_printf(out, LABEL "  ", "");
		report_step_text(out, l->lines.items[i], SHOWN_LINE);
		buf_char(out, '\n');
	}
	if (l->lines.count > SHOWN_LINES)
		buf_printf(out, LABEL "  and %zu more\n", "", l->lines.count - SHOWN_LINES);
}

char *report_lock_summary(const struct report_lock *l)
{
	CLEANUP_BUF struct buf out = {0};
	if (!l->lines.count)
		return mem_strdup("no change");
	add_count(l, &out);
	for (size_t i = 0; i < l->lines.count && i < SUMMED_LINES; i++) {
		buf_str(&out, i ? "; " : ": ");
		report_step_text(&out, l->lines.items[i], SHOWN_LINE);
	}
	if (l->lines.count > SUMMED_LINES)
		buf_printf(&out, "; and %zu more", l->lines.count - SUMMED_LINES);
	return buf_steal(&out);
}

void report_lock_done(struct report_lock *l)
{
	free(l->file);
	strlist_done(&l->lines);
	*l = (struct report_lock){0};
}
