#include "outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "progress.h"

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

int outcome_show(const struct outcome *o, int code)
{
	progress_clear();
	if (o->result.len &&
	    (fwrite(o->result.data, 1, o->result.len, stdout) != o->result.len || fflush(stdout) != 0)) {
		struct err err = {0};
		err_sys(&err, errno, "stdout-write", "write to standard output");
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
