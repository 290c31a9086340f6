#include "cmd/container_run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/streams.h"
#include "os/output_file.h"
#include "pipeline/stages.h"
#include "report/report_verify_page.h"
#include "report/terminal/terminal.h"
#include "runtime/mounts.h"
#include "runtime/userns.h"

int container_run_continue_fd(struct run_options *o, struct err *err)
{
	static char how[64];
	if (o->until != RUN_UNTIL_FD)
		return 0;
	snprintf(how, sizeof(how), "press Enter");
	if (o->continue_fd < 0)
		snprintf(how, sizeof(how), "send SIGUSR1 (kill -USR1 %d)", (int)getpid());
	progress_set_hand(how);
	if (o->continue_fd >= 0)
		return 0;
	o->continue_fd = interrupt_continue_fd(err);
	return o->continue_fd < 0 ? o->continue_fd : 0;
}

int container_run_begin(struct container_plan *p, bool runs, struct progress *progress, struct err *unable,
			struct err *err)
{
	struct err lacks = {0};
	int rights = runtime_userns_enter(&lacks);
	int r = progress_begin(progress, p->flags->quiet, err);
	if (r < 0 || (r = container_run_continue_fd(&p->options.record, err)) < 0)
		return r;
	interrupt_after(p->flags->timeout);
	if (rights == 0 && runs)
		rights = runtime_mounts_isolate(&p->options.record.host_mount_ns, &lacks);
	if (rights == 0)
		return 0;
	*(unable ? unable : err) = lacks;
	return unable ? 0 : rights;
}

static void show_log(const struct buf *log, size_t most)
{
	size_t from = log->len > most ? log->len - most : 0;
	fprintf(stderr, "slim: the container printed%s:\n", from ? " (the end of it)" : "");
	for (size_t i = from; i < log->len;) {
		const char *end = memchr(log->data + i, '\n', log->len - i);
		size_t n = end ? (size_t)(end - log->data) - i : log->len - i;
		CLEANUP_BUF struct buf line = {0};
		buf_str(&line, "  | ");
		buf_escape(&line, log->data + i, n);
		buf_char(&line, '\n');
		outcome_print(stderr, &line);
		i += n + 1;
	}
}

static bool failed_in(const struct report *report, const char *stage)
{
	return report->n_stages && strcmp(report->stages[report->n_stages - 1].name, stage) == 0;
}

void container_run_end(const struct container_flags *f, const struct report *report, const struct buf *log,
		       const struct err *err)
{
	progress_clear();
	interrupt_end_time();
	bool explains = err && err->code != ERR_CANCELLED && (err->code == ERR_UNPROVEN || failed_in(report, "record"));
	if (log->len && (f->show_clogs || explains))
		show_log(log, f->show_clogs ? log->len : LIMIT_LOG_TAIL);
}

static const char exercise_advice[] =
    "    --env, --mount, --network host   give the program what it did not find\n"
    "    --cmd ARGS, --run ARGS           run it in a way that succeeds\n"
    "    --http-probe-cmd PATH            request a page that exists; --http-probe=false requests none\n"
    "    --http-probe-routes=false        do not request the paths that the application's files name\n"
    "    --client NAME, --host-exec CMD   drive a service that speaks no HTTP\n"
    "    --ready WHEN                     set when the service is ready: http:/PATH, tcp:PORT, log:REGEX\n"
    "    --ready-timeout SECONDS          wait longer for a service that starts slowly\n"
    "    --run-status N                   accept a job that ends with another status than 0\n"
    "    --allow-failed-run               accept the failure; the trace holds everything until then\n";

bool container_run_is_unproven(int r)
{
	return r == -ERR_DIFFERS || r == -ERR_UNPROVEN;
}

bool container_run_is_late(const struct err *err)
{
	return err->code == ERR_TIMEOUT && strcmp(err->id, PIPELINE_STAGES_LATE) == 0;
}

void container_run_advise(struct report *report, const char *advice, struct outcome *out)
{
	report->error = out->err;
	report_verify_page(&report->verify, &out->page);
	buf_printf(&out->page, "What to try:\n%s", out->err.code == ERR_UNPROVEN ? exercise_advice : advice);
}

static void add_summary(const struct report *report, const char *file, const char *page, struct buf *out)
{
	const struct report_terminal t = {
	    .columns = streams_columns(STDOUT_FILENO),
	    .colour = streams_has_colour(STDOUT_FILENO),
	    .report_file = file,
	    .page = page,
	};
	if (streams_is_live(STDOUT_FILENO))
		report_terminal_text(report, &t, out);
	else
		report_text(report, out);
}

void container_run_report(const struct container_flags *f, const struct report *report, bool json, const char *file,
			  const char *page, struct buf *out)
{
	if (json)
		report_json(report, false, out);
	else if (!f->quiet && !(file && output_file_is_stdout(file)))
		add_summary(report, file, page, out);
}
