#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "ci/dive/dive.h"
#include "ci/inspect/inspect.h"
#include "cmd/command.h"
#include "cmd/docker_slim/report.h"
#include "cmd/options/registry_flags.h"
#include "cmd/page_file.h"
#include "cmd/progress.h"
#include "findings/secrets/config_text.h"
#include "findings/findings.h"
#include "os/output_file.h"
#include "pipeline/base_image.h"
#include "pipeline/inspect_image.h"
#include "report/inspect/inspect_view.h"
#include "version.h"

struct inspect_flags {
	const char *platform, *report, *report_format, *ignore, *sarif, *fail_on, *html;
	const char *lowest_efficiency, *highest_wasted_bytes, *highest_user_wasted_percent, *dive_ci;
	bool quick, json, verbose;
	struct registry_flags registry;
};

#define AT(member) offsetof(struct inspect_flags, member)
static const struct option_row rows[] = {
    {"platform", 0, OPTION_STRING, AT(platform), "OS/ARCH",
     "choose the image of this platform from an index (default: this machine's)", OPTION_RARE, OPTION_PLATFORMS},
    {"quick", 'q', OPTION_FLAG, AT(quick), NULL, "read only the manifest and the configuration, not the layers"},
    {"ignore", 0, OPTION_STRING, AT(ignore), "FILE",
     "accept the findings that this file lists (default: " FINDINGS_EXCEPTIONS_FILE ", if there is one)"},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print JSON"},
    {"report", 0, OPTION_STRING, AT(report), "FILE", "write what --json prints to a file"},
    {"html", 0, OPTION_STRING, AT(html), "FILE", "write a page that shows the files, layers and waste, for a browser"},
    {"report-format", 0, OPTION_STRING, AT(report_format), "slim|docker-slim",
     "write --report in slim's or docker-slim's format (default: slim)"},
    {"sarif", 0, OPTION_STRING, AT(sarif), "FILE", "write the findings as SARIF 2.1.0"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), NULL, "describe each step on stderr"},
};
static const struct option_group group = OPTION_GROUP("Options", rows);
static const struct option_row gate_rows[] = {
    {"lowest-efficiency", 0, OPTION_STRING, AT(lowest_efficiency), "PART",
     "fail (exit status 4) if the layers' efficiency is below PART, such as 0.95"},
    {"highest-wasted-bytes", 0, OPTION_STRING, AT(highest_wasted_bytes), "SIZE",
     "fail if the paths that several layers have take more than SIZE"},
    {"highest-user-wasted-percent", 0, OPTION_STRING, AT(highest_user_wasted_percent), "PART",
     "fail if these paths take more than PART of the layers above the first"},
    {"fail-on", 0, OPTION_STRING, AT(fail_on), CI_INSPECT_FAIL_FORMS,
     "fail if there is a finding: one of high severity, any danger, or any at all"},
    {"dive-ci", 0, OPTION_STRING, AT(dive_ci), "FILE", "read these limits from a file of dive's (.dive-ci)"},
};
static const struct option_group gate_group = OPTION_GROUP("Limits", gate_rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&gate_group, 0},
    {&registry_flags_group, offsetof(struct inspect_flags, registry)},
};

static void defaults(void *options)
{
	registry_flags_init(&((struct inspect_flags *)options)->registry);
}

static void done(void *options)
{
	registry_flags_done(&((struct inspect_flags *)options)->registry);
}

#define ROWS 20 /* of each list of figures */

/* An image, and its layers unless quick is asked for. */
struct inspected {
	struct pipeline_inspected read;
	struct findings_scanner *scanner;
	struct findings_exceptions exceptions;
	struct findings_watch watch;
	struct findings findings;
	struct oci_image_config shown; /* without secrets */
	struct inspect_figures figures;
	struct ci_dive_limits limits;
	struct report_gates gates;
	struct report_inspect_view view;
};

static void find_problems(struct inspected *out)
{
	const struct pipeline_inspected *i = &out->read;
	CLEANUP_OCI_BASE_SEARCH struct oci_base_search base = {0};
	const bool has_base = pipeline_base_image_find(i->source, &i->image.config, &base);
	findings_make(&(struct findings_input){.lists = &i->lists,
					       .history = &i->history,
					       .index = i->index,
					       .packages = &i->packages,
					       .config = &i->image.config,
					       .manifest = &i->image.manifest,
					       .seen = &out->watch,
					       .base_name = base.name,
					       .base_digest = has_base ? base.digest.text : NULL,
					       .base_layers = base.layers,
					       .exceptions = &out->exceptions},
		      &out->findings);
}

static int read_image(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		      struct inspected *out, struct err *err)
{
	struct transport_options t = registry_flags_options(&f->registry);
	struct pipeline_inspected *i = &out->read;
	struct progress progress;
	int r;
	if (f->quick) {
		r = transport_source_open(ref, &t, &i->source, err);
		return r < 0 ? r : transport_source_image(i->source, platform, &i->image, err);
	}
	if ((r = progress_begin(&progress, f->json || !isatty(STDERR_FILENO), err)) < 0)
		return r;
	t.progress = &progress;
	findings_watch_init(&out->watch, out->scanner, LIMIT_LAYERS);
	const struct inspect_watch watch = findings_watch_of(&out->watch);
	if ((r = pipeline_inspect(ref, platform, &t, &watch, &progress, i, err)) < 0)
		return r;
	inspect_figures_make(&i->history, &i->packages, i->index, ROWS, &out->figures);
	find_problems(out);
	out->view.findings = &out->findings;
	out->view.history = &i->history;
	out->view.figures = &out->figures;
	ci_dive_judge(&out->limits, &i->history, &out->gates);
	if (f->fail_on)
		ci_inspect_judge(&out->findings, f->fail_on, &out->gates);
	if (out->gates.count)
		out->view.gates = &out->gates;
	return 0;
}

static int inspect(const struct inspect_flags *f, const struct oci_ref *ref, const struct oci_platform *platform,
		   const char *name, struct inspected *i, struct outcome *out)
{
	i->scanner = findings_scanner_new();
	if (read_image(f, ref, platform, i, &out->err) < 0 ||
	    findings_config_mask(i->scanner, &i->read.image.config, &i->shown, &out->err) < 0)
		return EXIT_FAILED;
	CLEANUP_FREE char *opened = oci_ref_text(transport_source_ref(i->read.source));
	i->view.digest = &i->read.image.manifest_digest;
	i->view.manifest = &i->read.image.manifest;
	i->view.config = &i->shown;
	i->view.reference = f->json ? name : opened;
	if (f->json)
		report_inspect_view_json(&i->view, &out->result);
	else
		report_inspect_view_text(&i->view, &out->result);
	i->view.reference = name;
	const size_t failed = report_gates_failed(&i->gates);
	if (!failed)
		return EXIT_DONE;
	report_gates_page(&i->gates, &out->page);
	(void)err_set(&out->err, ERR_GATE, "gate-failed", "the image does not pass %zu of %zu limits", failed,
		      i->gates.count);
	return EXIT_GATE;
}

/* docker-slim's report is there if the image could not be read, too. */
static int write_report(const struct inspect_flags *f, bool theirs, const char *name, const struct inspected *i,
			int code, struct outcome *out)
{
	const bool read = code == EXIT_DONE || code == EXIT_GATE;
	struct err err = {0};
	int r = 0;
	if (!f->report || (!read && !theirs))
		return code;
	if (theirs) {
		struct report_docker_slim d = {.type = REPORT_DOCKER_SLIM_XRAY,
					       .target = name,
					       .manifest = read ? i->view.manifest : NULL,
					       .config = read ? i->view.config : NULL,
					       .error = &out->err};
		r = docker_slim_report_write(f->report, &d, &err);
	} else {
		CLEANUP_BUF struct buf json = {0};
		report_inspect_view_json(&i->view, &json);
		r = output_file_write(f->report, json.data, json.len, &err);
	}
	if (r == 0)
		return code;
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

static int write_sarif(const struct inspect_flags *f, const char *name, const struct inspected *i, int code,
		       struct outcome *out)
{
	CLEANUP_BUF struct buf sarif = {0};
	struct err err = {0};
	if (!f->sarif || (code != EXIT_DONE && code != EXIT_GATE))
		return code;
	ci_inspect_sarif(&i->findings, name, SLIM_VERSION, &sarif);
	if (output_file_write(f->sarif, sarif.data, sarif.len, &err) == 0)
		return code;
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

static int write_page(const struct inspect_flags *f, const struct inspected *i, int code, struct outcome *out)
{
	const struct view_inspected files = {&i->read.history, &i->read.packages, i->read.index};
	struct err err = {0};
	if (!f->html || (code != EXIT_DONE && code != EXIT_GATE) ||
	    page_file_write_inspect(f->html, &i->view, &files, &err) == 0) {
		if (f->html && output_file_is_stdout(f->html))
			buf_done(&out->result); /* no summary beside the page */
		return code;
	}
	outcome_fail(out, &err);
	return EXIT_FAILED;
}

/* The files that are written can be, and only one thing goes to standard output. */
static int check_files(const struct inspect_flags *f, struct err *err)
{
	const bool report = f->report && output_file_is_stdout(f->report),
		   sarif = f->sarif && output_file_is_stdout(f->sarif);
	if (f->html && f->quick)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--quick reads no layers, and --html shows their files");
	int r = page_file_check_stdout(f->html, (size_t)f->json + report + sarif, err);
	if (r == 0 && f->report && (r = output_file_check(f->report, err)) < 0)
		return err_wrap(err, "report");
	if (r == 0 && f->sarif && (r = output_file_check(f->sarif, err)) < 0)
		return err_wrap(err, "--sarif");
	if (r == 0 && f->html && (r = output_file_check(f->html, err)) < 0)
		return err_wrap(err, "--html");
	return r;
}

static char *copy(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

static int read_limits(const struct inspect_flags *f, struct ci_dive_limits *out, struct err *err)
{
	*out = (struct ci_dive_limits){copy(f->lowest_efficiency), copy(f->highest_wasted_bytes),
				       copy(f->highest_user_wasted_percent)};
	int r = ci_dive_limits_check(out, err);
	if (r == 0 && f->dive_ci)
		r = ci_dive_limits_read(f->dive_ci, out, err);
	if (r == 0 && f->fail_on)
		r = ci_inspect_limit_check(f->fail_on, err);
	if (r == 0 && f->quick && (ci_dive_limits_any(out) || f->fail_on || f->sarif))
		r = err_set(err, ERR_INVAL, "option-conflict", "--quick reads no layers, and %s these",
			    f->sarif ? "the findings of --sarif need" : "limits on them need");
	return r;
}

static int read_exceptions(const struct inspect_flags *f, struct findings_exceptions *out, struct err *err)
{
	if (f->quick && f->ignore)
		return err_set(err, ERR_INVAL, "option-conflict",
			       "--quick finds nothing to ignore: leave --ignore out");
	return f->quick
		   ? 0
		   : findings_exceptions_read(f->ignore ? f->ignore : FINDINGS_EXCEPTIONS_FILE, !f->ignore, out, err);
}

static void inspected_done(struct inspected *i)
{
	ci_dive_limits_done(&i->limits);
	report_gates_done(&i->gates);
	findings_done(&i->findings);
	findings_watch_done(&i->watch);
	findings_exceptions_done(&i->exceptions);
	findings_scanner_free(i->scanner);
	oci_image_config_done(&i->shown);
	inspect_figures_done(&i->figures);
	pipeline_inspected_done(&i->read);
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	const struct inspect_flags *f = options;
	const char *name = args->items[0];
	struct oci_platform platform;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct inspected inspected = {0};
	bool theirs;
	log_enable(f->verbose);
	if (oci_ref_parse(name, &ref, &out->err) < 0 ||
	    docker_slim_report_format(f->report_format, &theirs, &out->err) < 0 ||
	    (f->platform && oci_platform_parse(f->platform, &platform, &out->err) < 0))
		return EXIT_USAGE;
	if (check_files(f, &out->err) < 0)
		return out->err.code == ERR_INVAL && strcmp(out->err.id, "option-conflict") == 0 ? EXIT_USAGE
												 : EXIT_FAILED;
	int code = EXIT_USAGE;
	if (read_limits(f, &inspected.limits, &out->err) == 0 &&
	    read_exceptions(f, &inspected.exceptions, &out->err) == 0) {
		code = inspect(f, &ref, f->platform ? &platform : NULL, name, &inspected, out);
		code = write_report(f, theirs, name, &inspected, code, out);
		code = write_sarif(f, name, &inspected, code, out);
		code = write_page(f, &inspected, code, out);
	}
	inspected_done(&inspected);
	return code;
}

static const char *const examples[] = {
    "Show an image in a registry without pulling its layers.",
    "slim inspect docker://nginx:1.25 --quick",
    "Fail if an image holds a key or a token, in any of its layers.",
    "slim inspect app:1 --fail-on high",
    "Print the configuration of an image in a layout.",
    "slim inspect oci:images:app --json",
    NULL,
};

const struct command command_inspect = {
    .name = "inspect",
    .args = "REF",
    .summary = "Show an image's layers, packages and configuration, and what is wrong with it",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct inspect_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
