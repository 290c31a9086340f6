#include "cmd/batch/batch.h"

#include <string.h>

#include "base/clock.h"
#include "cmd/batch/jobs.h"
#include "cmd/batch/outputs.h"
#include "cmd/batch/summary.h"
#include "cmd/interrupt.h"
#include "cmd/progress.h"
#include "cmd/streams.h"
#include "os/output_file.h"

#define AT(member) offsetof(struct batch_flags, member)
static const struct option_row rows[] = {
    {"file", 'f', OPTION_STRING, AT(file), "FILE", "build the images that a file lists, see slim-build-file(5)"},
    {"jobs", 'j', OPTION_COUNT, AT(jobs), "N", "build N images at once (default: by processors and memory)"},
};
const struct option_group batch_flags_group = OPTION_GROUP("Many images", rows);

/* Refuses options that can hold secrets: their values are overwritten, so that the images can't have them. */
static int check_given(const struct batch_request *r, struct err *err)
{
	for (size_t i = 0; i < r->given->count; i++) {
		const struct option_row *row = r->given->items[i].row;
		if (row->kind == OPTION_SECRET || row->kind == OPTION_SECRETS || row->kind == OPTION_ENV)
			return err_set(err, ERR_INVAL, "option-conflict",
				       "--%s cannot be used with --file: put it into the file, and a secret as ${NAME}",
				       row->name);
	}
	return 0;
}

/* Options that name a file of one image: two images can't have the same. */
static int check_places(const struct batch_request *r, const struct batch_file *file, struct err *err)
{
	static const char *const names[] = {"output", "tag", "sarif", "metrics", "code-quality", "compose-out"};
	for (size_t i = 0; file->count > 1 && i < r->given->count; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (strcmp(r->given->items[i].row->name, names[k]) == 0)
				return err_set(err, ERR_INVAL, "option-conflict",
					       "--%s would be the same for %zu images: put it into the file, as "
					       "%s: ...${SLIM_IMAGE}...",
					       names[k], file->count, names[k]);
	return 0;
}

static int write_reports(const char *path, const struct batch_results *results, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	batch_summary_json(results, &text);
	int r = output_file_write(path, text.data, text.len, err);
	return r < 0 ? err_wrap(err, "report") : 0;
}

static void show(const struct batch_request *r, const struct batch_results *results, const struct buf *summary,
		 struct outcome *out)
{
	if (r->json) {
		batch_summary_json(results, &out->result);
	} else if (!r->quiet && !out->stdout_taken) {
		batch_summary_text(results, &out->result);
		buf_append(&out->result, summary->data, summary->len);
	}
}

/* The outputs for the CI system. Returns code, or EXIT_FAILED if one can't be written. */
static int write_outputs(const struct output_plan *p, const struct batch_results *results, int code,
			 struct outcome *out)
{
	CLEANUP_BATCH_OUTPUTS struct batch_outputs all = {0};
	struct err unwritten = {0};
	batch_outputs_init(results, &all);
	if (output_plan_write_batch(p, &all.b, &out->commands, &unwritten) == 0)
		return code;
	outcome_fail(out, &unwritten);
	return EXIT_FAILED;
}

/* Before anything is built: what goes to standard output, and whether all files can be written. */
static int begin(const struct batch_request *r, const struct strlist *names, struct output_plan *p, struct outcome *out)
{
	const bool report = r->report && output_file_is_stdout(r->report);
	if (output_flags_check_stdout(r->outputs, (size_t)r->json + report, &out->err) < 0)
		return EXIT_USAGE;
	out->stdout_taken = r->json || report || output_flags_on_stdout(r->outputs);
	int code = output_plan_begin(r->outputs, &(struct output_subject){.images = names}, p, out);
	if (code != EXIT_DONE)
		return code;
	return r->report && output_file_check(r->report, &out->err) < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* What follows the images, unless one of them failed. */
static int follow(const struct batch_request *r, struct batch_results *results, const struct progress *progress,
		  struct buf *summary, struct err *err)
{
	int e = batch_summary_error(results, err);
	if (e < 0 || !r->around.after)
		return e;
	e = r->around.after(r->around.ctx, results, progress, summary, err);
	results->after = e == -ERR_DIFFERS ? EXIT_DIFFERS : e < 0 ? EXIT_FAILED : EXIT_DONE;
	return e;
}

int batch_build_images(const struct batch_request *r, struct batch_file *file, struct outcome *out)
{
	CLEANUP_STRLIST struct strlist names = {0};
	CLEANUP_OUTPUT_PLAN struct output_plan outputs = {0};
	CLEANUP_BATCH_RESULTS struct batch_results results = {0};
	CLEANUP_BUF struct buf summary = {0};
	struct progress progress;
	struct err unwritten = {0};
	for (size_t i = 0; i < file->count; i++)
		strlist_add(&names, file->images[i].name);
	int code = begin(r, &names, &outputs, out);
	if (code != EXIT_DONE)
		return code;
	if (progress_begin(&progress, r->quiet, &out->err) < 0 || (r->json && streams_check_output(&out->err) < 0))
		return EXIT_FAILED;
	unsigned jobs = r->flags->jobs ? r->flags->jobs : file->jobs ? file->jobs : batch_jobs_default();
	const uint64_t began = clock_ms();
	interrupt_after(r->timeout);
	int stopped = r->around.before ? r->around.before(r->around.ctx, &progress, &out->err) : 0;
	if (stopped < 0) {
		interrupt_end_time();
		return stopped == -ERR_UNPROVEN ? EXIT_DIFFERS : EXIT_FAILED;
	}
	const struct batch_run_options run = {.jobs = jobs, .timeout = batch_run_time_left(r->timeout, began)};
	stopped = batch_run_images(file, &run, &progress, &results, &out->err);
	if (stopped == 0)
		(void)follow(r, &results, &progress, &summary, &out->err); /* the exit code is the result */
	interrupt_end_time();
	if (stopped < 0 && !results.count)
		return EXIT_FAILED;
	show(r, &results, &summary, out);
	code = write_outputs(&outputs, &results, stopped < 0 ? EXIT_FAILED : batch_summary_status(&results), out);
	if (r->report && write_reports(r->report, &results, &unwritten) < 0) {
		outcome_fail(out, &unwritten);
		return EXIT_FAILED;
	}
	return code;
}

int batch_build(const struct batch_request *r, struct outcome *out)
{
	CLEANUP_BATCH_FILE struct batch_file file = {0};
	if (check_given(r, &out->err) < 0 ||
	    batch_file_read(r->flags->file, r->build, r->names, r->given, &file, &out->err) < 0 ||
	    check_places(r, &file, &out->err) < 0)
		return EXIT_USAGE;
	return batch_build_images(r, &file, out);
}
