#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "cmd/batch/batch.h"
#include "cmd/command.h"
#include "cmd/container_run.h"
#include "cmd/docker_slim/report.h"
#include "cmd/options/ci/gate_flags.h"
#include "cmd/options/ci/lock_flags.h"
#include "cmd/options/ci/output_flags.h"
#include "cmd/options/config_edit_flags.h"
#include "cmd/options/policy_flags.h"
#include "cmd/progress.h"
#include "cmd/streams.h"
#include "layer/compression.h"
#include "os/fd.h"
#include "os/output_file.h"
#include "pipeline/build.h"
#include "report/report_verify_page.h"
#include "text/secret.h"
#include "version.h"

struct build_flags {
	struct container_flags container;
	struct policy_flags policy;
	struct config_edit_flags config_edit;
	struct gate_flags gates;
	struct output_flags ci;
	struct lock_flags lock;
	struct batch_flags batch;
	const char *max_drift, *report, *report_format, *artifacts, *compression, *verify, *format;
	const char *dockerfile, *dockerignore;
	char *dest_creds; /* wiped as those of registry_flags */
	unsigned heal, repeat;
	struct strlist outputs, tags, traces;
	bool json, push, keep_index, attach_report;
	bool theirs; /* the report has docker-slim's shape */
};

#define AT(member) offsetof(struct build_flags, member)
static const struct option_row result_rows[] = {
    {"output", 'o', OPTION_LIST, AT(outputs), "REF", "where the slim image goes (default: where the source is)"},
    {"tag", 't', OPTION_LIST, AT(tags), "NAME", "what it is called (default: the source's name with .slim)"},
    {"push", 0, OPTION_FLAG, AT(push), NULL, "put it into the registry that its name is of"},
    {"dest-creds", 0, OPTION_SECRET, AT(dest_creds), "USER:PASSWORD", "for the registries that it goes to"},
    {"format", 0, OPTION_STRING, AT(format), "oci|docker", "of the manifest (default: the source's)"},
    {"compression", 0, OPTION_STRING, AT(compression), "METHOD", "gzip, zstd[:LEVEL] or none (default: the source's)"},
    {"keep-index", 0, OPTION_FLAG, AT(keep_index), NULL, "keep the source's index with its other platforms"},
};
static const struct option_group result_group = OPTION_GROUP("Result", result_rows);

static const struct option_row verify_rows[] = {
    {"trace", 0, OPTION_LIST, AT(traces), "FILE|attached",
     "run nothing: build from a stored trace, or from those that slim trace push attached to SOURCE"},
    {"trace-max-drift", 0, OPTION_STRING, AT(max_drift), "N|P%", "fail (exit 4) if more traced paths differ by now"},
    {"verify", 0, OPTION_STRING, AT(verify), "on|off", "run the result as the original and compare (default: on)"},
    REPEAT_ROW(AT(repeat)),
    {"heal", 0, OPTION_COUNT, AT(heal), "N", "rounds of adding what the result missed (default: 3)"},
};
static const struct option_group verify_group = OPTION_GROUP("Stored traces and verification", verify_rows);

static const struct option_row report_rows[] = {
    DOCKER_SLIM_REPORT_ROWS(AT(report), AT(report_format)),
    {"copy-meta-artifacts", 0, OPTION_STRING, AT(artifacts), "DIR", "write what is known of the build to files there"},
    {"attach-report", 0, OPTION_FLAG, AT(attach_report), NULL, "store the report beside the image in the registry"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print the report as JSON instead of the summary"},
    {"dockerfile-out", 0, OPTION_STRING, AT(dockerfile), "FILE", "write a Dockerfile that makes the slim image"},
    {"dockerignore-out", 0, OPTION_STRING, AT(dockerignore), "FILE", "write what was copied in and never used"},
};
static const struct option_group report_group = OPTION_GROUP("Report", report_rows);

static const struct option_part parts[] = {
    {&result_group, 0},
    {&policy_flags_group, offsetof(struct build_flags, policy)},
    {&config_edit_flags_group, offsetof(struct build_flags, config_edit)},
    {&verify_group, 0},
    {&gate_flags_group, offsetof(struct build_flags, gates)},
    {&lock_flags_group, offsetof(struct build_flags, lock)},
    {&report_group, 0},
    {&output_flags_group, offsetof(struct build_flags, ci)},
    {&batch_flags_group, offsetof(struct build_flags, batch)},
    CONTAINER_PARTS(struct build_flags, container),
};

static void defaults(void *options)
{
	struct build_flags *f = options;
	container_flags_init(&f->container);
	f->heal = 3;
	f->repeat = 1;
}

static void done(void *options)
{
	struct build_flags *f = options;
	container_flags_done(&f->container);
	policy_flags_done(&f->policy);
	config_edit_flags_done(&f->config_edit);
	gate_flags_done(&f->gates);
	strlist_done(&f->outputs);
	strlist_done(&f->tags);
	strlist_done(&f->traces);
	secret_free(f->dest_creds);
}

/* Owns what pipeline_build_options borrows. */
struct build_plan {
	struct container_plan container;
	struct pipeline_build_options options;
	struct keep_policy policy;
	struct config_edit config_edit;
	struct gate_plan gates;
	char created[32];
};

static void plan_done(struct build_plan *p)
{
	container_plan_done(&p->container);
	keep_policy_done(&p->policy);
	config_edit_done(&p->config_edit);
	gate_plan_done(&p->gates);
	publish_wish_done(&p->options.wish);
}

static int parse_compression(const char *text, struct pipeline_build_options *o, struct err *err)
{
	struct layer_compression c;
	if (!layer_compression_parse(text, &c))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--compression takes " LAYER_COMPRESSION_FORMS ", not \"%s\"", text);
	o->compression_set = true;
	o->compression = c.method;
	o->level = c.level;
	return 0;
}

static int parse_format(const char *text, struct pipeline_build_options *o, struct err *err)
{
	o->format_set = true;
	o->format = strcmp(text, "docker") == 0 ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI;
	if (o->format == OCI_FAMILY_OCI && strcmp(text, "oci") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--format takes oci or docker, not \"%s\"",
			       text);
	return 0;
}

static int parse_verify(const char *text, struct pipeline_build_options *o, struct err *err)
{
	bool on = strcmp(text, "on") == 0;
	if (!on && strcmp(text, "off") != 0)
		return err_set(err, ERR_INVAL, "option-value-invalid", "--verify takes on or off, not \"%s\"", text);
	o->verify = on ? PIPELINE_BUILD_VERIFY_ON : PIPELINE_BUILD_VERIFY_OFF;
	return 0;
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org): the time that the result says it was made. */
static int parse_created(struct build_plan *p, struct err *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	if (!epoch || !*epoch)
		return 0;
	char *end;
	errno = 0;
	long long value = strtoll(epoch, &end, 10);
	time_t t = (time_t)value;
	struct tm tm;
	if (errno || *end || value < 0 || value > 253402300799ll || !gmtime_r(&t, &tm))
		return err_set(err, ERR_INVAL, "source-date-epoch-malformed",
			       "SOURCE_DATE_EPOCH is not a number of seconds: %s", epoch);
	strftime(p->created, sizeof(p->created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	p->options.created = p->created;
	return 0;
}

/* With a stored trace nothing runs, if not to verify: an option that says what to run is a mistake. */
static bool runs(const struct build_flags *f)
{
	return !f->traces.count || (f->verify && strcmp(f->verify, "on") == 0);
}

static int check_traces(const struct build_flags *f, struct err *err)
{
	const struct container_flags *c = &f->container;
	const struct {
		const char *name;
		bool given;
	} running[] = {
	    {"run", c->runs.count},
	    {"http-probe-cmd", c->http.requests.count},
	    {"mount", c->surroundings.mounts.count},
	    {"tmpfs", c->surroundings.tmpfs.count},
	    {"device", c->surroundings.devices.count},
	    {"cap-add", c->rights.cap_add.count},
	    {"cap-drop", c->rights.cap_drop.count},
	    {"sysctl", c->rights.sysctls.count},
	    {"gpus", c->rights.gpus},
	    {"exec", c->execs.count},
	    {"host-exec", c->host_execs.count},
	    {"client", c->wire.clients.count},
	    {"tcp", c->wire.tcps.count},
	    {"unix", c->wire.unixes.count},
	    {"signal", c->signals.count},
	    {"stdin", c->input},
	    {"restart", c->restart},
	    {"repeat", f->repeat > 1},
	    {"ready", c->ready.count},
	    {"entrypoint", c->entrypoint},
	    {"cmd", c->cmd},
	    {"env", c->env.count},
	    {"env-file", c->env_files.count},
	    {"user", c->user},
	    {"workdir", c->workdir},
	};
	for (size_t i = 0; !runs(f) && i < sizeof(running) / sizeof(running[0]); i++)
		if (running[i].given)
			return err_set(err, ERR_INVAL, "option-conflict",
				       "with --trace nothing is run: leave out --%s, or say --verify=on",
				       running[i].name);
	return 0;
}

/* How many outputs are an archive on standard output. */
static size_t archives_on_stdout(const struct publish_wish *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->n_outputs; i++)
		n += transport_traits(w->outputs[i].scheme)->elsewhere == TRANSPORT_DEFAULT_FILE &&
		     output_file_is_stdout(w->outputs[i].location);
	return n;
}

static int check_stdout(const struct build_flags *f, const struct publish_wish *w, struct err *err)
{
	const size_t archives = archives_on_stdout(w), files = output_flags_on_stdout(&f->ci);
	const bool report = f->json || (f->report && output_file_is_stdout(f->report));
	if (archives && (archives > 1 || report))
		return err_set(err, ERR_INVAL, "option-conflict",
			       "the image goes to standard output, and nothing else can: name a file for %s",
			       archives > 1 ? "each further -o" : "the report (--report FILE, and no --json)");
	if (files && files + archives + report > 1)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "more than one output goes to standard output: name a file for the others");
	if ((f->dockerfile && output_file_is_stdout(f->dockerfile)) ||
	    (f->dockerignore && output_file_is_stdout(f->dockerignore)))
		return err_set(err, ERR_INVAL, "option-value-invalid",
			       "--dockerfile-out and --dockerignore-out take a file, not standard output");
	return 0;
}

static int parse_drift(const struct build_flags *f, struct pipeline_check_options *o, struct err *err)
{
	if (f->max_drift && !f->traces.count)
		return err_set(err, ERR_INVAL, "option-conflict", "--trace-max-drift needs --trace FILE");
	return f->max_drift ? ci_drift_limit_parse(f->max_drift, &o->max_drift, err) : 0;
}

static int make_plan(struct build_flags *f, const char *source, struct build_plan *p, struct err *err)
{
	struct pipeline_build_options *o = &p->options;
	int r = docker_slim_report_format(f->report_format, &f->theirs, err);
	if (r < 0 || (r = container_plan_init(&p->container, &f->container, source, NULL, err)) < 0 ||
	    (r = container_plan_repeat(&p->container, f->repeat, err)) < 0 || (r = check_traces(f, err)) < 0 ||
	    (r = parse_created(p, err)) < 0 ||
	    (r = publish_wish_parse(&f->outputs, &f->tags, f->push, &o->wish, err)) < 0 ||
	    (r = check_stdout(f, &o->wish, err)) < 0)
		return r;
	o->dest_creds = f->dest_creds;
	o->dockerfile_out = f->dockerfile;
	o->dockerignore_out = f->dockerignore;
	o->keep_index = f->keep_index;
	o->attach_report = f->attach_report;
	if (f->format && (r = parse_format(f->format, o, err)) < 0)
		return r;
	o->traces = &f->traces;
	o->heal = f->heal;
	if (f->verify && (r = parse_verify(f->verify, o, err)) < 0)
		return r;
	if ((r = policy_flags_parse(&f->policy, &p->policy, err)) < 0)
		return r;
	if ((r = config_edit_init(&p->config_edit, &f->config_edit, &p->policy, err)) < 0)
		return r;
	const bool verifies =
	    o->verify == PIPELINE_BUILD_VERIFY_AUTO ? !f->traces.count : o->verify == PIPELINE_BUILD_VERIFY_ON;
	if ((r = gate_flags_plan(&f->gates, verifies, &p->gates, err)) < 0 ||
	    (r = lock_flags_parse(&f->lock, &p->gates.check.lock, err)) < 0 ||
	    (r = parse_drift(f, &p->gates.check, err)) < 0)
		return r;
	o->check = &p->gates.check;
	o->keep_original = p->gates.keep_original;
	o->config_edit = p->config_edit.config;
	o->policy = &p->policy;
	o->reasons = f->artifacts || (f->report && !f->theirs);
	o->may_publish = f->json ? streams_check_output : NULL;
	return f->compression ? parse_compression(f->compression, o, err) : 0;
}

/* Whether all files can be written, before a long run. */
static int check_files(const struct build_flags *f, struct err *err)
{
	const struct {
		const char *what, *path;
	} files[] = {
	    {"report", f->report}, {"--dockerfile-out", f->dockerfile}, {"--dockerignore-out", f->dockerignore}};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i].path && output_file_check(files[i].path, err) < 0)
			return err_wrap(err, "%s", files[i].what);
	return 0;
}

static int make_report(void *report, int fd, struct err *err)
{
	return report_json_write(report, true, fd_sink, &fd, err);
}

static int write_report(const char *path, const struct report *report, struct err *err)
{
	int r = output_file_make(path, make_report, (void *)report, err);
	return r < 0 ? err_wrap(err, "report") : 0;
}

static const char advice[] = "    --keep safe            keeps the application whole\n"
			     "    --include PATH         keeps what is named above, or what the answers tell of\n"
			     "    --exec, --host-exec    drive it through more while it is recorded\n"
			     "    --heal N               more rounds of adding what is missed\n"
			     "    --verify=off           publish it as it is, if the difference is none that matters\n";

static void advise_gates(struct report *report, struct outcome *out)
{
	bool drop = false;
	report->error = out->err;
	report_gates_page(&report->gates, &out->page);
	for (size_t i = 0; i < report->gates.count; i++)
		drop |= !report->gates.items[i].passed && strcmp(report->gates.items[i].name, "must-drop") == 0;
	if (drop)
		buf_str(&out->page,
			"--exclude PATH leaves a path out, whatever needs it; the verification tells whether "
			"the image can do without.\n");
	buf_str(&out->page, "Nothing was published. --on-fail keep-original publishes the original instead.\n");
}

/* Nobody shall take what was published for a slim image. */
static void tell_original(const struct report *report, struct outcome *out)
{
	out->err = report->error;
	if (report->error.code == ERR_DIFFERS)
		report_verify_page(&report->verify, &out->page);
	report_gates_page(&report->gates, &out->page);
	buf_str(&out->page, "THE ORIGINAL IMAGE WAS PUBLISHED, NOT A SLIM ONE (--on-fail keep-original)\n");
}

/* Whether more than the summary for a person goes to standard output. */
static bool takes_stdout(const struct build_flags *f, const struct publish_wish *w)
{
	return archives_on_stdout(w) || output_flags_on_stdout(&f->ci);
}

static int build_many(const struct build_flags *f, const struct strlist *names, struct outcome *out)
{
	return batch_build(&(struct batch_request){.build = &command_build,
						   .flags = &f->batch,
						   .given = &f->container.given,
						   .names = names,
						   .report = f->report,
						   .json = f->json,
						   .quiet = f->container.quiet},
			   out);
}

/* One image, unless --file names them. */
static int check_arguments(const struct build_flags *f, const struct strlist *args, struct err *err)
{
	if (f->batch.jobs)
		return err_set(err, ERR_INVAL, "option-needs-partner", "--jobs needs --file");
	if (!args->count)
		return err_set(err, ERR_INVAL, "argument-missing",
			       "usage: slim build SOURCE, or slim build --file FILE; see slim build --help");
	if (args->count > 1)
		return err_set(err, ERR_INVAL, "argument-unexpected", "%s is one argument too many: slim build SOURCE",
			       args->items[1]);
	return 0;
}

/* Files that docker-slim's --copy-meta-artifacts leaves: of them, what was seen and kept. */
static int write_artifacts(const char *dir, const struct report *report, struct err *err)
{
	CLEANUP_FREE char *file = mem_printf("%s/creport.json", dir);
	int r = fd_mkdir_p(AT_FDCWD, dir, 0777, err);
	return r < 0 ? err_wrap(err, "--copy-meta-artifacts") : write_report(file, report, err);
}

static int write_files(const struct build_flags *f, const struct report *report, struct err *err)
{
	int r = f->report && !f->theirs ? write_report(f->report, report, err) : 0;
	return r == 0 && f->artifacts ? write_artifacts(f->artifacts, report, err) : r;
}

static int run_build(struct build_flags *f, struct build_plan *plan, struct report *report, struct outcome *out)
{
	struct err unwritten = {0};
	struct progress progress;
	/* a build that runs nothing mounts nothing, and so asks for less */
	if (container_run_begin(&plan->container, runs(f), &progress, &out->err) < 0 ||
	    (f->json && streams_check_output(&out->err) < 0))
		return EXIT_FAILED;
	plan->options.session = plan->container.options; /* borrowed: plan.container owns it */
	CLEANUP_BUF struct buf log = {0};
	int r = pipeline_build(&plan->options, &progress, report, &log, &out->err);
	const bool original = report_gates_kept_original(&report->gates);
	container_run_end(&f->container, report, &log, r < 0 ? &out->err : original ? &report->error : NULL);
	if (r < 0 && !container_run_is_unproven(r) && r != -ERR_GATE)
		return EXIT_FAILED;
	if (original)
		tell_original(report, out);
	else if (r == -ERR_GATE)
		advise_gates(report, out);
	else if (r < 0)
		container_run_advise(report, advice, out);
	if (write_files(f, report, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		return EXIT_FAILED;
	}
	if (r == 0 || r == -ERR_GATE || (r == -ERR_DIFFERS && f->json))
		container_run_report(&f->container, report, f->json,
				     takes_stdout(f, &plan->options.wish) ? "-" : f->report, &out->result);
	if (original)
		return plan->gates.status;
	return r == -ERR_GATE ? EXIT_GATE : r < 0 ? EXIT_DIFFERS : EXIT_DONE;
}

/* docker-slim's report is there if the build failed, too. */
static int write_theirs(const struct build_flags *f, const char *source, const struct report *report,
			struct outcome *out, int code)
{
	const struct err none = {0};
	struct report_docker_slim theirs = {.type = REPORT_DOCKER_SLIM_BUILD,
					    .target = source,
					    .report = report,
					    .error = report_gates_kept_original(&report->gates) ? &none : &out->err,
					    .artifacts = f->artifacts};
	struct err err = {0};
	if (!f->report || !f->theirs || docker_slim_report_write(f->report, &theirs, &err) == 0)
		return code;
	outcome_fail(out, &err);
	return code == EXIT_DONE ? EXIT_FAILED : code;
}

static int build(struct build_flags *f, const char *source, struct report *report, struct outcome *out)
{
	CLEANUP(plan_done) struct build_plan plan = {0};
	log_enable(f->container.verbose);
	if (make_plan(f, source, &plan, &out->err) < 0)
		return EXIT_USAGE;
	out->stdout_taken =
	    f->json || takes_stdout(f, &plan.options.wish) || (f->report && output_file_is_stdout(f->report));
	if (check_files(f, &out->err) < 0)
		return EXIT_FAILED;
	return write_theirs(f, source, report, out, run_build(f, &plan, report, out));
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct build_flags *f = options;
	if (f->batch.file)
		return build_many(f, args, out);
	CLEANUP_OUTPUT_PLAN struct output_plan outputs = {0};
	CLEANUP_REPORT struct report report = {0};
	struct err unwritten = {0};
	if (check_arguments(f, args, &out->err) < 0 || output_plan_init(&f->ci, NULL, &outputs, &out->err) < 0)
		return EXIT_USAGE;
	if (output_plan_check(&outputs, &out->err) < 0)
		return EXIT_FAILED;
	int code = build(f, args->items[0], &report, out);
	const struct ci_build b = {&report, &out->err, SLIM_VERSION};
	if (code == EXIT_USAGE || output_plan_write(&outputs, &b, &out->commands, &unwritten) == 0)
		return code;
	outcome_fail(out, &unwritten);
	return EXIT_FAILED;
}

const struct command command_build = {
    .name = "build",
    .args = "SOURCE | --file FILE [NAME...]",
    .summary = "Run an image under a sensor and write a new one that holds only what is needed",
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct build_flags),
    .defaults = defaults,
    .done = done,
    .max_args = SIZE_MAX, /* see check_arguments */
    .docker_slim = DOCKER_SLIM_BUILD,
    .run = run,
};
