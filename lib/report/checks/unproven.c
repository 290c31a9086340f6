#include "report/checks/unproven.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/step/step.h"
#include "text/json.h"

#define SHOWN 5
#define SHOWN_PATH 200 /* bytes of a path */

static json_t *text_json(const char *s)
{
	return json_bytes(s, strlen(s));
}

json_t *report_unproven_json(const struct report_unproven *u)
{
	json_t *out = json_object(), *list = json_array();
	json_object_set_new(out, "files", json_integer((json_int_t)u->files));
	json_object_set_new(out, "bytes", json_integer((json_int_t)u->bytes));
	json_object_set_new(out, "list", list);
	for (size_t i = 0; i < u->count; i++) {
		const struct report_unproven_file *f = &u->items[i];
		json_t *v = json_object();
		json_object_set_new(v, "path", text_json(f->path));
		json_object_set_new(v, "bytes", json_integer((json_int_t)f->bytes));
		json_object_set_new(v, "named_by", json_integer(f->named_by));
		json_object_set_new(v, "example", text_json(f->example));
		json_object_set_new(v, "how", json_string(f->how));
		json_array_append_new(list, v);
	}
	return out;
}

static void add_file(const struct report_unproven_file *f, struct buf *out)
{
	char size[32];
	buf_printf(out, "%12s  ", "");
	report_step_text(out, f->path, SHOWN_PATH);
	buf_printf(out, " %s, by ", report_step_size(f->bytes, size));
	report_step_text(out, f->example, SHOWN_PATH);
	buf_printf(out, " (%s)", f->how);
	if (f->named_by > 1)
		buf_printf(out, " and %u more", f->named_by - 1);
	buf_char(out, '\n');
}

void report_unproven_text(const struct report_unproven *u, struct buf *out)
{
	char size[32];
	if (!u->items)
		return;
	if (!u->files) {
		buf_str(out, "unproven    no file: all that kept code names is kept\n");
		return;
	}
	buf_printf(out, "unproven    %" PRIu64 " file%s, %s, named by kept code but never used, and dropped:\n",
		   u->files, u->files == 1 ? "" : "s", report_step_size(u->bytes, size));
	for (size_t i = 0; i < u->count && i < SHOWN; i++)
		add_file(&u->items[i], out);
	if (u->files > SHOWN)
		buf_printf(out, "%12s  and %" PRIu64 " more\n", "", u->files - SHOWN);
	buf_printf(out, "%12s--include PATH keeps one; an exercise that uses it proves it\n", "");
}

void report_unproven_done(struct report_unproven *u)
{
	for (size_t i = 0; i < u->count; i++) {
		free(u->items[i].path);
		free(u->items[i].example);
	}
	free(u->items);
	*u = (struct report_unproven){0};
}
