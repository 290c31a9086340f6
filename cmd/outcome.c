#include "cmd/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/progress.h"
#include "report/report_error.h"
#include "text/json.h"

void outcome_fail(struct outcome *o, const struct err *err)
{
	if (o->err.code == ERR_NONE) {
		o->err = *err;
		return;
	}
	const struct err first = o->err;
	err_set(&o->err, err->code, first.id, "%s; %s", first.msg, err->msg);
}

static void show_error(const struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, err->msg, strlen(err->msg));
	fprintf(stderr, "slim: %s\n", b.len ? b.data : "unknown failure");
}

/* What goes to standard output. */
static void choose_output(const struct outcome *o, struct buf *out)
{
	if (o->result.len || !o->json || o->err.code == ERR_NONE) {
		buf_append(out, o->result.data, o->result.len);
		return;
	}
	json_auto_t *v = report_error_json(&o->err);
	json_write_pretty(v, out);
}

int outcome_show(const struct outcome *o, int code)
{
	CLEANUP_BUF struct buf output = {0};
	progress_clear();
	choose_output(o, &output);
	if (output.len && (fwrite(output.data, 1, output.len, stdout) != output.len || fflush(stdout) != 0)) {
		struct err err = {0};
		err_sys(&err, errno, "stdout-write", "write to standard output");
		if (strcmp(o->err.id, err.id) != 0)
			show_error(&err);
		code = EXIT_FAILED;
	}
	if (o->err.code != ERR_NONE)
		show_error(&o->err);
	if (o->page.len)
		fwrite(o->page.data, 1, o->page.len, stderr);
	return code;
}

void outcome_done(struct outcome *o)
{
	buf_done(&o->result);
	buf_done(&o->page);
}
