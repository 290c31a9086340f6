#include "base/log.h"
#include "cmd/command.h"
#include "cmd/container_run.h"
#include "cmd/options/ci/output_flags.h"
#include "cmd/page_file.h"
#include "cmd/progress.h"
#include "cmd/verbs/trace_output.h"
#include "os/output_file.h"
#include "pipeline/verify_image.h"
#include "report/why_annotation.h"
#include "view/tree_of_pair.h"
#include "view/why_of_pair.h"

struct verify_flags {
	struct container_flags container;
	struct output_flags ci;
	const char *output, *html;
	struct strlist command;
	bool json;
};

#define AT(member) offsetof(struct verify_flags, member)
static const struct option_row rows[] = {
    {"output", 'o', OPTION_STRING, AT(output), "FILE",
     "write a trace of the run of ORIGINAL, to build from it, see slim-trace(5)", OPTION_COMMON},
    {"html", 0, OPTION_STRING, AT(html), "FILE",
     "write a page that shows both images and the comparison, for a browser", OPTION_COMMON},
    {"json", 0, OPTION_FLAG, AT(json), NULL, "print the report as JSON and no summary", OPTION_COMMON},
    {NULL, 0, OPTION_REST, AT(command), "CMD...", "run both images with this command", OPTION_COMMON},
};
static const struct option_group group = OPTION_GROUP("Comparison", rows);
static const struct option_part parts[] = {
    {&group, 0},
    {&output_flags_group, offsetof(struct verify_flags, ci)},
    CONTAINER_PARTS(struct verify_flags, container),
};

static void defaults(void *options)
{
	container_flags_init(&((struct verify_flags *)options)->container);
}

static void done(void *options)
{
	struct verify_flags *f = options;
	container_flags_done(&f->container);
	strlist_done(&f->command);
}

/* Whether a file for a CI system or the page goes to standard output. */
static bool is_on_stdout(const struct verify_flags *f)
{
	return output_flags_on_stdout(&f->ci) || (f->html && output_file_is_stdout(f->html));
}

static int store(const char *path, const struct trace_file *trace, struct report *report, struct err *err)
{
	if (!path || !trace->n_images)
		return 0;
	report_trace_file_add(report, path, trace->trace.paths.count, true);
	return trace_output_write(path, trace, err);
}

/* The reasons that the slim image may have of its build. An annotation that cannot be read is as good as none. */
static bool read_reasons(const struct oci_manifest *slim, struct report_why_lists *out)
{
	const char *value = json_string_value(json_object_get(slim->annotations, REPORT_WHY_ANNOTATION));
	return value && report_why_annotation_read(value, out, NULL) == 0;
}

/* The files of both images, for the page. Packages that cannot be read are left out. */
static void take_tree(void *tree, const struct pipeline_verify_seen *seen)
{
	CLEANUP_PACKAGES struct packages packages = {0};
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists built = REPORT_WHY_LISTS_NONE;
	const bool known = packages_read(seen->original, &packages, NULL) == 0;
	const bool has_reasons = read_reasons(seen->manifest, &built);
	view_tree_of_pair(seen->original, seen->slim, known ? &packages : NULL, tree);
	view_why_of_pair(tree, seen->used, has_reasons ? &built : NULL);
}

static int check_files(const struct verify_flags *f, struct err *err)
{
	int r = f->output ? output_file_check(f->output, err) : 0;
	if (r == 0 && f->html && (r = output_file_check(f->html, err)) < 0)
		(void)err_wrap(err, "--html");
	return r;
}

/* The trace and the page. */
static int write_files(const struct verify_flags *f, const struct trace_file *trace, const struct view_tree *tree,
		       struct report *report, struct err *err)
{
	int r = store(f->output, trace, report, err);
	return r == 0 && f->html ? page_file_write_verify(f->html, report, tree, err) : r;
}

static const char advice[] =
    "    -o FILE                          write a trace of this run of the original\n"
    "    slim build --trace FILE ORIGINAL build a slim image that can do the same; further --trace add earlier runs\n";

static int verify(const struct verify_flags *f, struct container_plan *plan, const char *slim_text,
		  struct report *report, struct outcome *out)
{
	struct err unwritten = {0};
	struct progress progress;
	CLEANUP_OCI_REF struct oci_ref slim = {0};
	if (oci_ref_parse(slim_text, &slim, &out->err) < 0)
		return EXIT_USAGE;
	if (check_files(f, &out->err) < 0 || container_run_begin(plan, true, &progress, NULL, &out->err) < 0)
		return EXIT_FAILED;
	CLEANUP_TRACE_FILE struct trace_file trace = {0};
	CLEANUP_VIEW_TREE struct view_tree tree = {0};
	CLEANUP_BUF struct buf log = {0};
	const struct pipeline_verify_watch watch = {take_tree, &tree};
	progress_of(PROGRESS_VERIFY);
	int r = pipeline_verify(&plan->options, &slim, slim_text, f->html ? &watch : NULL, &progress, report,
				f->output ? &trace : NULL, &log, &out->err);
	if (r == 0)
		progress_finish();
	container_run_end(&f->container, report, &log, r < 0 ? &out->err : NULL);
	if (r < 0 && !container_run_is_unproven(r))
		return EXIT_FAILED;
	if (r < 0)
		container_run_advise(report, advice, out);
	if (write_files(f, &trace, &tree, report, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		return EXIT_FAILED;
	}
	if (r != -ERR_UNPROVEN)
		container_run_report(&f->container, report, f->json, is_on_stdout(f) ? "-" : f->output, f->html,
				     &out->result);
	return r < 0 ? EXIT_DIFFERS : EXIT_DONE;
}

static int run(void *options, const struct strlist *args, struct outcome *out)
{
	struct verify_flags *f = options;
	CLEANUP_CONTAINER_PLAN struct container_plan plan = {0};
	CLEANUP_OUTPUT_PLAN struct output_plan outputs = {0};
	CLEANUP_REPORT struct report report = {0};
	const bool trace = f->output && output_file_is_stdout(f->output);
	const bool page = f->html && output_file_is_stdout(f->html);
	const char *original = args->items[0];
	log_enable(f->container.verbose);
	if (container_plan_compose(&plan, &f->container, &original, &out->err) < 0 ||
	    container_plan_init(&plan, &f->container, original, &f->command, &out->err) < 0 ||
	    page_file_check_stdout(f->html, (size_t)f->json + trace + output_flags_on_stdout(&f->ci), &out->err) < 0 ||
	    output_flags_check_stdout(&f->ci, (size_t)f->json + trace, &out->err) < 0)
		return EXIT_USAGE;
	out->stdout_taken = f->json || trace || page || output_flags_on_stdout(&f->ci);
	int code = output_plan_begin(&f->ci, &(struct output_subject){.verb = CI_VERIFY}, &outputs, out);
	return code == EXIT_DONE
		   ? output_plan_end(&outputs, &report, verify(f, &plan, args->items[1], &report, out), out)
		   : code;
}

static const char *const examples[] = {
    "Compare a slim image with its original.",
    "slim verify nginx:1.25 nginx.slim:1.25",
    "Compare what both answer to the requests in a file.",
    "slim verify app:2 app.slim:2 --probe-file requests.yaml",
    NULL,
};

const struct command command_verify = {
    .name = "verify",
    .args = "ORIGINAL SLIM",
    .summary = "Run an image and the slim image made from it, and compare their behaviour",
    .examples = examples,
    .options = OPTION_TABLE(parts),
    .options_size = sizeof(struct verify_flags),
    .defaults = defaults,
    .done = done,
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
