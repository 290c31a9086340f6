#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "cmd/batch/child.h"
#include "cmd/build/advice.h"
#include "cmd/build/files.h"
#include "cmd/build/several.h"
#include "cmd/command.h"
#include "cmd/progress.h"
#include "cmd/services/services.h"
#include "cmd/streams.h"
#include "os/output_file.h"
#include "report/report_verify_page.h"
#include "report/timings.h"

static const struct option_part parts[] = {
    {&build_flags_result_group, 0},
    {&policy_flags_group, offsetof(struct build_flags, policy)},
    {&config_edit_flags_group, offsetof(struct build_flags, config_edit)},
    {&build_flags_verify_group, 0},
    {&gate_flags_group, offsetof(struct build_flags, gates)},
    {&lock_flags_group, offsetof(struct build_flags, lock)},
    {&build_flags_report_group, 0},
    {&output_flags_group, offsetof(struct build_flags, ci)},
    {&batch_flags_group, offsetof(struct build_flags, batch)},
    {&services_flags_group, offsetof(struct build_flags, services)},
    CONTAINER_PARTS(struct build_flags, container),
};

/* Says clearly that the published image is not a slim one. */
static void tell_original(const struct report *report, struct outcome *out)
{
	out->err = report->error;
	if (report->error.code == ERR_DIFFERS)
		report_verify_page(&report->verify, &out->page);
	report_gates_page(&report->gates, &out->page);
	buf_str(&out->page, "THE ORIGINAL IMAGE WAS PUBLISHED, NOT A SLIM ONE (--on-fail keep-original)\n");
}

static struct batch_request request_of(const struct build_flags *f)
{
	return (struct batch_request){.build = &command_build,
				      .flags = &f->batch,
				      .given = &f->container.given,
				      .report = f->report,
				      .timeout = f->container.timeout,
				      .json = f->json,
				      .quiet = f->container.quiet,
				      .outputs = &f->ci};
}

static int build_services(const struct build_flags *f, struct outcome *out)
{
	const struct services_wish w = {.flags = &f->services,
					.compose = &f->container.compose,
					.record = &command_record,
					.verify = &command_verify,
					.verifies = !f->verify || strcmp(f->verify, "off") != 0,
					.batch = request_of(f)};
	return services_build(&w, out);
}

static int build_many(const struct build_flags *f, const struct strlist *names, struct outcome *out)
{
	struct batch_request r = request_of(f);
	r.names = names;
	if (f->html) {
		(void)err_set(&out->err, ERR_INVAL, "option-conflict",
			      "--html shows one image: with --file put \"html: FILE\" below each image in %s",
			      f->batch.file);
		return EXIT_USAGE;
	}
	return batch_build(&r, out);
}

/* There must be one image, unless --file names them. */
static int check_arguments(const struct build_flags *f, const struct strlist *args, struct err *err)
{
	if (f->batch.jobs)
		return err_set(err, ERR_INVAL, "option-needs-partner", "--jobs needs --file or --all");
	if (!args->count && !f->container.compose.target)
		return err_set(
		    err, ERR_INVAL, "argument-missing",
		    "no image is named; usage: slim build SOURCE, or slim build --file FILE; see slim build --help");
	if (args->count > 1)
		return err_set(err, ERR_INVAL, "argument-unexpected",
			       "unexpected argument %s; usage: slim build SOURCE", args->items[1]);
	return 0;
}

static int run_build(struct build_flags *f, struct build_plan *plan, struct report *report, struct outcome *out)
{
	struct err unwritten = {0};
	struct progress progress;
	/* a build that runs nothing mounts nothing, so it needs fewer rights */
	struct err *unable = plan->options.keep_original ? &plan->options.unable : NULL;
	if (container_run_begin(&plan->container, build_flags_run(f), &progress, unable, &out->err) < 0 ||
	    (f->json && streams_check_output(&out->err) < 0))
		return EXIT_FAILED;
	progress_of(PROGRESS_BUILD);
	progress.timings = report->timings;
	plan->options.session = plan->container.options; /* borrowed: plan.container owns it */
	CLEANUP_BUF struct buf log = {0};
	int r = pipeline_build(&plan->options, &progress, report, &log, &out->err);
	const bool original = report_gates_kept_original(&report->gates);
	if (r == 0)
		progress_finish();
	container_run_end(&f->container, report, &log, r < 0 ? &out->err : original ? &report->error : NULL);
	const bool late = r < 0 && container_run_is_late(&out->err);
	if (r < 0 && !container_run_is_unproven(r) && r != -ERR_GATE && !late)
		return EXIT_FAILED;
	if (original)
		tell_original(report, out);
	else if (r < 0)
		build_advise(report, r, out);
	if (build_files_write(f, report, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		return EXIT_FAILED;
	}
	/* slim why does not read docker-slim's format */
	const char *file = f->theirs && !(f->report && output_file_is_stdout(f->report)) ? NULL : f->report;
	if (r == 0 || r == -ERR_GATE || ((late || r == -ERR_DIFFERS) && f->json))
		container_run_report(&f->container, report, f->json,
				     build_flags_take_stdout(f, &plan->options.wish) ? "-" : file, f->html,
				     &out->result);
	if (original)
		return plan->gates.status;
	return late ? EXIT_FAILED : r == -ERR_GATE ? EXIT_GATE : r < 0 ? EXIT_DIFFERS : EXIT_DONE;
}

static int build(struct build_flags *f, const char *source, struct report *report, struct outcome *out)
{
	CLEANUP_BUILD_PLAN struct build_plan plan = {0};
	struct err unwritten = {0};
	log_enable(f->container.verbose);
	if (container_plan_compose(&plan.container, &f->container, &source, &out->err) < 0 ||
	    build_plan_make(f, source, &plan, &out->err) < 0)
		return EXIT_USAGE;
	out->stdout_taken = f->json || build_flags_take_stdout(f, &plan.options.wish) ||
			    (f->report && output_file_is_stdout(f->report));
	if (build_files_check(f, &out->err) < 0)
		return EXIT_FAILED;
	if (f->services.out && output_file_check(f->services.out, &out->err) < 0)
		return EXIT_FAILED;
	int code = f->several ? build_several(f, &plan, report, out) : run_build(f, &plan, report, out);
	if (f->services.out && code == EXIT_DONE &&
	    services_write_one(f->services.out, &plan.container.compose, report, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		code = EXIT_FAILED;
	}
	return build_files_write_theirs(f, source, report, out, code);
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct build_flags *f = options;
	if (services_flags_check(&f->services, &f->container.compose, &f->container.given, args->count, &out->err) < 0)
		return EXIT_USAGE;
	if (f->services.all)
		return build_services(f, out);
	if (f->batch.file)
		return build_many(f, args, out);
	CLEANUP_OUTPUT_PLAN struct output_plan outputs = {0};
	CLEANUP_TIMINGS struct timings *timings = f->timings || f->container.verbose ? timings_new() : NULL;
	CLEANUP_REPORT struct report report = {.timings = timings};
	const struct output_subject subject = {.verb = CI_BUILD, .is_part = batch_child_is_this()};
	if (check_arguments(f, args, &out->err) < 0)
		return EXIT_USAGE;
	int code = output_plan_begin(&f->ci, &subject, &outputs, out);
	if (code != EXIT_DONE)
		return code;
	code = build(f, args->count ? args->items[0] : NULL, &report, out);
	if (timings)
		report_timings_text(timings, &out->page);
	return output_plan_end(&outputs, &report, code, out);
}

static const char *const examples[] = {
    "Make nginx:1.25 small; the result is called nginx.slim:1.25.",
    "slim build nginx:1.25",
    "Give the result a name and push it to the registry in that name.",
    "slim build registry.example.com/app:2 -t registry.example.com/app:2-slim --push",
    "Drive a service through more than its links, with a command and a request.",
    "slim build app:2 --exec 'app --selftest' --http-probe-cmd POST:/login",
    "Build from a layout, keep one directory more, and write a report.",
    "slim build oci:images:app -o oci:images:app-slim --include '/opt/plugins/**' --report report.json",
    "Make the images of all services of a compose file small, and start them.",
    "slim build --all && docker compose -f compose.yaml -f compose.slim.yaml up",
    NULL,
};

const struct command command_build = {
    .name = "build",
    .args = "SOURCE | --file FILE [NAME...] | --all",
    .summary = "Run an image under a sensor and write a new image that holds only the files it needs",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct build_flags),
    .defaults = build_flags_init,
    .done = build_flags_done,
    .max_args = SIZE_MAX, /* see check_arguments */
    .docker_slim = DOCKER_SLIM_BUILD,
    .run = run,
};
