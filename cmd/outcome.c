#include "cmd/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "job/job.h"
#include "ci/output/guard.h"
#include "cmd/progress.h"
#include "cmd/streams.h"
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

bool outcome_print(FILE *to, const struct buf *text)
{
	CLEANUP_BUF struct buf safe = {0};
	ci_guard(text->data, text->len, false, &safe);
	return fwrite(safe.data ? safe.data : "", 1, safe.len, to) == safe.len;
}

static void show_error(const struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, streams_has_colour(STDERR_FILENO) ? "\033[1;31mslim:\033[0m " : "slim: ");
	buf_escape(&b, err->msg[0] ? err->msg : "unknown failure", strlen(err->msg[0] ? err->msg : "unknown failure"));
	buf_char(&b, '\n');
	outcome_print(stderr, &b);
}

/* Says how the container of a CI job gets the right or file that is missing. */
static void show_advice(const struct err *err)
{
	enum job_lack lack;
	const char *advice = job_lack_of(err->id, err->msg, &lack) ? job_advice(&job_environment, lack) : NULL;
	if (advice)
		fprintf(stderr, "    %s\n", advice);
}

/* Chooses the text for standard output. */
static void choose_output(const struct outcome *o, struct buf *out)
{
	if (o->result.len || !o->json || o->err.code == ERR_NONE) {
		ci_guard(o->result.data, o->result.len, o->json, out);
		return;
	}
	CLEANUP_BUF struct buf json = {0};
	json_auto_t *v = report_error_json(&o->err);
	json_write_pretty(v, &json);
	ci_guard(json.data, json.len, true, out);
}

int outcome_show(const struct outcome *o, int code)
{
	CLEANUP_BUF struct buf output = {0};
	progress_clear();
	choose_output(o, &output);
	if (!o->stdout_taken)
		buf_append(&output, o->commands.data, o->commands.len);
	if (output.len && (fwrite(output.data, 1, output.len, stdout) != output.len || fflush(stdout) != 0)) {
		struct err err = {0};
		err_sys(&err, errno, "stdout-write", "cannot write to standard output");
		if (strcmp(o->err.id, err.id) != 0)
			show_error(&err);
		code = EXIT_FAILED;
	}
	if (o->err.code != ERR_NONE) {
		show_error(&o->err);
		show_advice(&o->err);
	}
	outcome_print(stderr, &o->page);
	if (o->stdout_taken && o->commands.len)
		fwrite(o->commands.data, 1, o->commands.len, stderr);
	return code;
}

void outcome_done(struct outcome *o)
{
	buf_done(&o->result);
	buf_done(&o->page);
	buf_done(&o->commands);
}
