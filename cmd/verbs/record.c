#include "base/log.h"
#include "cmd/command.h"
#include "cmd/container_run.h"
#include "cmd/docker_slim/report.h"
#include "cmd/options/ci/output_flags.h"
#include "cmd/progress.h"
#include "cmd/verbs/trace_output.h"
#include "os/output_file.h"
#include "pipeline/record_image.h"

struct record_flags {
	struct container_flags container;
	struct output_flags ci;
	const char *output, *report, *report_format;
	struct strlist command;
	unsigned repeat;
	bool json, theirs; /* theirs: the report has docker-slim's shape */
};

#define AT(member) offsetof(struct record_flags, member)
static const struct option_row rows[] = {
    {"output", 'o', OPTION_STRING, AT(output), "FILE", "write the trace to this file, see slim-trace(5)",
     OPTION_COMMON},
    REPEAT_ROW(AT(repeat)),
    DOCKER_SLIM_REPORT_ROWS(AT(report), AT(report_format)),
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print the report as JSON and no summary", OPTION_COMMON},
    {NULL, 0, OPTION_REST, AT(command), "CMD...", "run the image with this command; the trace is of that run",
     OPTION_COMMON},
};
static const struct option_group group = OPTION_GROUP("Recorded trace", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&output_flags_group, offsetof(struct record_flags, ci)},
    CONTAINER_PARTS(struct record_flags, container),
};

static void defaults(void *options)
{
	struct record_flags *f = options;
	container_flags_init(&f->container);
	f->repeat = 1;
}

static void done(void *options)
{
	struct record_flags *f = options;
	container_flags_done(&f->container);
	strlist_done(&f->command);
}

static int check_stdout(const struct record_flags *f, struct outcome *out)
{
	const size_t others = (size_t)f->json + (f->output && output_file_is_stdout(f->output)) +
			      (f->report && output_file_is_stdout(f->report));
	out->stdout_taken = others || output_flags_on_stdout(&f->ci);
	return output_flags_check_stdout(&f->ci, others, &out->err);
}

static int check_output(const char *path, struct err *err)
{
	if (!path)
		return err_set(err, ERR_INVAL, "output-missing", "there is no file for the trace: use -o FILE");
	return output_file_check(path, err);
}

/* docker-slim's report is written if the run failed, too; ours if the time was over. */
static int write_report(const struct record_flags *f, const char *source, const struct report *report,
			struct outcome *out, int code)
{
	struct report_docker_slim theirs = {
	    .type = REPORT_DOCKER_SLIM_PROFILE, .target = source, .report = report, .error = &out->err};
	struct err err = {0};
	CLEANUP_BUF struct buf json = {0};
	int r = 0;
	if (!f->report || (code != EXIT_DONE && !f->theirs && !container_run_is_late(&out->err)))
		return code;
	if (f->theirs) {
		r = docker_slim_report_write(f->report, &theirs, &err);
	} else {
		report_json(report, true, &json);
		r = output_file_write(f->report, json.data, json.len, &err);
	}
	if (r == 0)
		return code;
	outcome_fail(out, &err);
	return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int record(const struct record_flags *f, struct container_plan *plan, struct report *report, struct outcome *out)
{
	struct progress progress;
	if (container_run_begin(plan, true, &progress, NULL, &out->err) < 0)
		return EXIT_FAILED;
	progress_of(PROGRESS_RECORD);
	CLEANUP_TRACE_FILE struct trace_file trace = {0};
	CLEANUP_BUF struct buf log = {0};
	int r = pipeline_record(&plan->options, &progress, report, &trace, &log, &out->err);
	if (r == 0)
		progress_finish();
	container_run_end(&f->container, report, &log, r < 0 ? &out->err : NULL);
	if (container_run_is_unproven(r)) {
		container_run_advise(report, "", out);
		return EXIT_DIFFERS;
	}
	if (r < 0)
		report->error = out->err;
	if (r < 0 || trace_output_write(f->output, &trace, &out->err) < 0)
		return EXIT_FAILED;
	report_trace_file_add(report, f->output, trace.trace.paths.count, true);
	container_run_report(&f->container, report, f->json, output_flags_on_stdout(&f->ci) ? "-" : f->output, NULL,
			     &out->result);
	return EXIT_DONE;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct record_flags *f = options;
	CLEANUP_CONTAINER_PLAN struct container_plan plan = {0};
	CLEANUP_REPORT struct report report = {0};
	CLEANUP_OUTPUT_PLAN struct output_plan outputs = {0};
	const char *source = args->count ? args->items[0] : NULL;
	log_enable(f->container.verbose);
	if (!source && !f->container.compose.target) {
		(void)err_set(&out->err, ERR_INVAL, "argument-missing",
			      "no image is named; usage: slim record SOURCE -o FILE; see slim record --help");
		return EXIT_USAGE;
	}
	if (docker_slim_report_format(f->report_format, &f->theirs, &out->err) < 0 ||
	    container_plan_compose(&plan, &f->container, &source, &out->err) < 0 ||
	    container_plan_init(&plan, &f->container, source, &f->command, &out->err) < 0 ||
	    container_plan_repeat(&plan, f->repeat, &out->err) < 0 || check_stdout(f, out) < 0)
		return EXIT_USAGE;
	if (check_output(f->output, &out->err) < 0)
		return f->output ? EXIT_FAILED : EXIT_USAGE;
	if (f->report && output_file_check(f->report, &out->err) < 0) {
		err_wrap(&out->err, "report");
		return EXIT_FAILED;
	}
	int code = output_plan_begin(&f->ci, &(struct output_subject){.verb = CI_RECORD}, &outputs, out);
	if (code != EXIT_DONE)
		return code;
	code = write_report(f, source, &report, out, record(f, &plan, &report, out));
	return output_plan_end(&outputs, &report, code, out);
}

static const char *const examples[] = {
    "Record one run of a job.",
    "slim record app:2 -o trace.json -- app --once",
    "Record a service while you drive it by hand; Enter ends the run.",
    "slim record app:2 -o trace.json --continue-after enter",
    NULL,
};

const struct command command_record = {
    .name = "record",
    .args = "SOURCE -o FILE",
    .summary = "Run an image under a sensor and write a trace of the run to a file",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct record_flags),
    .defaults = defaults,
    .done = done,
    .max_args = 1,
    .run = run,
};
