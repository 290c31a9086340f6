#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/stop.h"
#include "cmd/command.h"
#include "cmd/container_run.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/verbs/trace_output.h"
#include "os/output_file.h"
#include "report/target/target_report.h"
#include "target/drive.h"
#include "target/record.h"

#define READY_SECONDS 60 /* with --ready */

struct probe_flags {
	struct container_flags container;
	const char *record;
	bool json;
};

#define AT(member) offsetof(struct probe_flags, member)
static const struct option_row rows[] = {
    {NULL, 0, OPTION_GIVEN, AT(container.given), NULL, ""},
    {"host-exec", 0, OPTION_LIST, AT(container.host_execs), "CMD", "run a command of this machine against the service",
     OPTION_COMMON},
    {"exec", 0, OPTION_LIST, AT(container.execs), "CMD",
     "refused: slim probe runs nothing in a running container; use --host-exec 'docker exec NAME CMD'"},
    {"signal", 0, OPTION_LIST, AT(container.signals), "SIGNAL[@WHEN]",
     "send a signal to the first process of the container; WHEN: start, after-probe"},
    {"ready", 0, OPTION_LIST, AT(container.ready), "CHECK",
     "wait until the service is ready: http:[PORT]/PATH, https:[PORT]/PATH or tcp:PORT (default: it is)", OPTION_COMMON,
     "http:|https:|tcp:"},
    {"ready-timeout", 0, OPTION_SECONDS, AT(container.ready_timeout), "SECONDS",
     "wait at most SECONDS for the service to listen and be ready (default: 0, with --ready 60)"},
    {"drive-timeout", 0, OPTION_SECONDS, AT(container.drive_timeout), "SECONDS",
     "limit the time to drive the service; 0 means no limit (default: 1800)"},
    {"continue-after", 0, OPTION_STRING, AT(container.continue_after), "WHEN",
     "let others drive the service until: probe, exit, signal (SIGUSR1), enter or SECONDS", OPTION_COMMON,
     "probe|exit|signal|enter"},
    {"record", 0, OPTION_STRING, AT(record), "FILE",
     "record the files that the container uses meanwhile, as a trace, see slim-trace(5)", OPTION_COMMON},
};
static const struct option_group group = OPTION_GROUP("Driving the service", rows);
static const struct option_row general_rows[] = {
    {"timeout", 0, OPTION_SECONDS, AT(container.timeout), "SECONDS",
     "limit the time of the whole command; afterwards slim cleans up and fails (default: no limit)"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print the result as JSON and no table", OPTION_COMMON},
    {"quiet", 'q', OPTION_FLAG, AT(container.quiet), NULL, "print only errors", OPTION_COMMON},
    {"verbose", 'v', OPTION_FLAG, AT(container.verbose), NULL, "describe each step on stderr", OPTION_COMMON},
};
static const struct option_group general_group = OPTION_GROUP("General", general_rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&http_flags_group, AT(container.http)},
    {&http_flags_crawl_group, AT(container.http)},
    {&script_flags_group, AT(container.script)},
    {&apispec_flags_group, AT(container.apispec)},
    {&wire_flags_group, AT(container.wire)},
    {&general_group, 0},
};

static void defaults(void *options)
{
	struct container_flags *f = &((struct probe_flags *)options)->container;
	container_flags_init(f);
	f->ready_timeout = 0;
	f->http.routes = false; /* it may be in use */
}

static void done(void *options)
{
	container_flags_done(&((struct probe_flags *)options)->container);
}

/* ---- the plan made of the options ---- */

/* One call. */
struct probing {
	struct probe_flags *flags;
	struct target target;
	struct container_plan plan;
	struct target_drive drive;
	bool must_answer; /* only the HTTP probe drives it, so the probe must get an answer */
	struct target_service service;
	struct target_recording recording;
	struct trace_file trace;
	struct run_result run;
	struct report_target report;
	struct progress progress;
};

static void probing_done(struct probing *p)
{
	report_target_done(&p->report);
	target_record_done(&p->recording);
	trace_file_done(&p->trace);
	exercise_log_done(&p->run.steps);
	free(p->run.ports_remark);
	target_service_done(&p->service);
	container_plan_done(&p->plan);
	target_done(&p->target);
}

static int refuse(const char *option, const char *why, struct err *err)
{
	return err_set(err, ERR_INVAL, "option-not-for-target", "%s: %s", option, why);
}

/* Refuses options that need more than the network and the first process of the target. */
static int check_flags(const struct probing *p, struct err *err)
{
	static const char nothing[] =
	    "slim runs nothing inside a service that runs already; use --host-exec 'docker exec NAME CMD'";
	const struct container_flags *f = &p->flags->container;
	const bool is_url = p->target.kind == TARGET_URL;
	for (size_t i = 0; i < p->plan.ready.probe.n; i++) {
		enum probe_ready_kind kind = p->plan.ready.probe.checks[i].kind;
		if (kind == PROBE_READY_EXEC || kind == PROBE_READY_HEALTH)
			return refuse("--ready", nothing, err);
		if (kind == PROBE_READY_LOG)
			return refuse("--ready log:", "what a running service prints goes to others", err);
	}
	if (f->execs.count)
		return refuse("--exec", nothing, err);
	if (p->plan.spec.count)
		return refuse("--goss, --structure-test",
			      "they have commands, and slim runs nothing inside a service that runs already", err);
	if (is_url && f->signals.count)
		return refuse("--signal", "slim cannot see the process behind a URL; name the container, or pid:NUMBER",
			      err);
	if (is_url && f->wire.unixes.count)
		return refuse("--unix", "behind a URL there are no files to be seen; name the container, or pid:NUMBER",
			      err);
	if (is_url && p->plan.options.record.until == RUN_UNTIL_EXIT)
		return refuse("--continue-after exit", "slim cannot see the process behind a URL", err);
	if (is_url && p->flags->record)
		return refuse("--record",
			      "behind a URL there are no files to be seen; name the container, or pid:NUMBER", err);
	if (is_url && f->http.ports)
		return refuse("--http-probe-ports", "the URL names the port", err);
	return 0;
}

/* Takes the protocol and the start of the crawl from the URL. */
static void use_url(struct probing *p)
{
	struct container_plan *plan = &p->plan;
	const struct net_url *url = &p->target.url;
	plan->http.start = url->path;
	plan->http.scheme = strcasecmp(url->scheme, "https") == 0 ? "https" : "http";
	for (size_t i = 0; i < plan->script.count; i++) {
		struct probe_request *q = &plan->script.requests[i];
		if (!q->scheme && !q->port)
			q->scheme = mem_strdup(plan->http.scheme);
	}
	if (plan->script.count && strcmp(url->path, "/") != 0)
		notes_add(&plan->notes, "url-path-not-asked",
			  "the path of the URL was not requested, because options name other requests");
}

/* Tells whether commands or clients drive the service, so that it need not speak HTTP. */
static bool is_driven(const struct probing *p)
{
	const struct container_flags *f = &p->flags->container;
	return f->host_execs.count || f->signals.count || wire_flags_given(&f->wire);
}

static int prepare(struct probing *p, const char *target, struct err *err)
{
	struct container_flags *f = &p->flags->container;
	struct run_options *record = &p->plan.options.record;
	if (f->ready.count && !f->ready_timeout)
		f->ready_timeout = READY_SECONDS;
	record->input_fd = -1;
	int r = target_parse(target, &p->target, err);
	if (r < 0 || (r = container_plan_drive(&p->plan, f, err)) < 0 || (r = check_flags(p, err)) < 0)
		return r;
	if (p->target.kind == TARGET_URL)
		use_url(p);
	const bool asked = p->plan.probes.http && !is_driven(p);
	p->must_answer = asked && f->http.must_answer != OPTION_NO;
	if (asked)
		p->plan.probes.has_ports = true;
	p->drive.needs_port = asked || record->needs_port;
	p->drive.ready = f->ready.count ? &record->ready : NULL;
	p->drive.timeout_ms = record->exercise_timeout_ms;
	p->drive.until = record->until;
	p->drive.seconds = record->seconds;
	return 0;
}

/* ---- doing it ---- */

static int end_recording(struct probing *p, struct err *err)
{
	struct report_target_trace *t = &p->report.trace;
	int r = target_record_end(&p->recording, &p->service, &p->trace, &p->report.notes, err);
	if (r < 0 || (r = trace_output_write(p->flags->record, &p->trace, err)) < 0)
		return r;
	*t = (struct report_target_trace){.path = p->flags->record,
					  .paths = p->trace.trace.paths.count,
					  .before = p->recording.before,
					  .complete = !p->trace.trace.overflows};
	return 0;
}

/* Tells whether any step got an answer: a service need not speak HTTP. */
static bool is_answered(const struct exercise_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (log->steps[i].status >= 0)
			return true;
	return false;
}

static int judge(struct probing *p, struct err *err)
{
	struct run_expectation *expected = &p->plan.options.expected;
	if (p->must_answer && !is_answered(&p->run.steps))
		expected->http_sent = expected->http_answered = true;
	int r = run_expectation_steps(&p->run, err);
	return r < 0 ? r : run_expectation_http(expected, &p->run, err);
}

static int perform(struct probing *p, struct err *err)
{
	const struct transport_options access = {.progress = &p->progress};
	struct pipeline_session_options *o = &p->plan.options;
	p->drive.ready_until = clock_ms() + o->record.ready_timeout_ms;
	int r = target_service_open(&p->target, &access, p->drive.ready_until, &p->service, err);
	if (r < 0)
		return r;
	if (p->flags->record && (r = target_record_begin(&p->service, &p->recording, err)) < 0)
		return r;
	p->drive.n_exercises = o->plan(o->plan_ctx, &p->service.config, &p->drive.exercises);
	r = target_drive(&p->service, &p->drive, &p->progress, &p->run, err);
	if (r == 0)
		r = judge(p, err);
	return r < 0 || !p->flags->record ? r : end_recording(p, err);
}

/* Checks the options before anything is done. */
static int begin(struct probing *p, struct err *err)
{
	struct run_options *record = &p->plan.options.record;
	int r = p->flags->record ? output_file_check(p->flags->record, err) : 0;
	if (r < 0 || (r = progress_begin(&p->progress, p->flags->container.quiet, err)) < 0 ||
	    (r = container_run_continue_fd(record, err)) < 0)
		return r;
	progress_of(PROGRESS_PROBE);
	interrupt_after(p->flags->container.timeout);
	p->drive.continue_fd = record->continue_fd;
	return 0;
}

static void report(struct probing *p, const char *target, struct outcome *out)
{
	struct report_target *r = &p->report;
	r->target = target;
	r->service = &p->service;
	r->run = &p->run;
	r->error = out->err;
	for (size_t i = 0; i < p->plan.notes.count; i++)
		notes_add_again(&r->notes, &p->plan.notes.items[i]);
	if (p->run.ports_remark)
		notes_add(&r->notes, "port-not-exposed", "%s", p->run.ports_remark);
	notes_take(&r->notes, &p->run.steps.notes);
	if (p->flags->json)
		report_target_json(r, &out->result);
	else if (!p->flags->container.quiet)
		report_target_text(r, &out->result);
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct probing p = {.flags = options, .service = {.pidfd = -1, .network_ns = -1, .root = -1}};
	int code = EXIT_USAGE;
	log_enable(p.flags->container.verbose);
	if (prepare(&p, args->items[0], &out->err) == 0) {
		int r = begin(&p, &out->err);
		if (r == 0)
			r = perform(&p, &out->err);
		if (r == 0)
			progress_finish();
		if (r == -ERR_CANCELLED && stop_is_timeout())
			r = err_set(&out->err, ERR_TIMEOUT, "command-timeout",
				    "time is up, as --timeout says, and the service was still being driven");
		interrupt_end_time();
		progress_clear();
		code = r == 0 ? EXIT_DONE : container_run_is_unproven(r) ? EXIT_DIFFERS : EXIT_FAILED;
		if ((r == 0 || p.run.steps.count) && !(p.flags->record && output_file_is_stdout(p.flags->record)))
			report(&p, args->items[0], out);
	}
	probing_done(&p);
	return code;
}

static const char *const examples[] = {
    "Request / of a running container, and follow its links.",
    "slim probe web",
    "Record the files that a running container uses while requests are sent.",
    "slim probe web --probe-file requests.yaml --record trace.json",
    NULL,
};

const struct command command_probe = {
    .name = "probe",
    .args = "TARGET",
    .summary = "Drive a service that is already running, and show its answers",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct probe_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
