#include "cmd/services/services.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/services/lines.h"
#include "cmd/services/override.h"
#include "cmd/services/together.h"
#include "os/fd.h"
#include "os/output_file.h"

#define USUAL_NAME "compose.slim.yaml"

/* A run of services_build. */
struct work {
	const struct services_wish *wish;
	struct compose_project project;
	struct services_request request;
	struct services_list list;
	uint64_t began;
	char *path; /* of the override file */
	char *dir;  /* temporary: for traces */
};

/* Beside the first compose file, unless the user named it. free(). */
static char *path_of(const struct services_flags *f, const struct compose_project *p)
{
	const char *first = p->given.count ? p->given.items[0] : "";
	const char *slash = strrchr(first, '/');
	return f->out ? mem_strdup(f->out) : mem_printf("%.*s" USUAL_NAME, (int)(slash ? slash + 1 - first : 0), first);
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The result of each service; the strings belong to the reports. free(). */
static int images_of(const struct work *w, const struct batch_results *results, struct override_image **out,
		     struct err *err)
{
	*out = mem_calloc(w->list.count, sizeof(**out));
	for (size_t i = 0; i < w->list.count; i++) {
		const struct services_item *item = &w->list.items[i];
		const json_t *report = results->items[item->build].report;
		const json_t *to = json_array_get(json_object_get(report, "destinations"), 0);
		(*out)[i] = (struct override_image){.service = item->service->name,
						    .reference = text_of(to, "reference"),
						    .pinned = text_of(to, "pinned")};
		if (!(*out)[i].reference)
			return err_set(err, ERR_CORRUPT, "batch-report-missing",
				       "the report of service %s names no result", item->service->name);
	}
	return 0;
}

static int write_override(const struct work *w, const struct override_image *images, size_t n, struct buf *summary,
			  struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	override_text(images, n, &w->project.given, w->path, &text);
	int r = output_file_write(w->path, text.data, text.len, err);
	if (r < 0)
		return err_wrap(err, "--compose-out");
	buf_str(summary, "images of all services: ");
	buf_escape(summary, w->path, strlen(w->path));
	buf_char(summary, '\n');
	return 0;
}

/* Before the builds: records the services that share an image, one after another. */
static int record_shared(void *ctx, const struct progress *progress, struct err *err)
{
	const struct work *w = ctx;
	CLEANUP_BATCH_FILE struct batch_file file = {0};
	CLEANUP_BATCH_RESULTS struct batch_results results = {0};
	const struct batch_run_options o = {.jobs = 1, .timeout = w->wish->batch.timeout};
	lines_record(&w->request, &w->list, w->wish->record, w->dir, &file);
	int r = file.count ? batch_run_images(&file, &o, progress, &results, err) : 0;
	for (size_t i = 0; r == 0 && i < results.count; i++) {
		const char *message = text_of(results.items[i].error, "message");
		if (results.items[i].status != EXIT_DONE)
			r = err_set(err, results.items[i].status == EXIT_DIFFERS ? ERR_UNPROVEN : ERR_SYS,
				    "compose-service-unrecorded", "service %s cannot be recorded: %.2000s",
				    results.items[i].name, message ? message : "it failed");
	}
	return r;
}

/* Once all images are built. */
static int finish(void *ctx, struct batch_results *results, const struct progress *progress, struct buf *summary,
		  struct err *err)
{
	const struct work *w = ctx;
	CLEANUP_FREE struct override_image *images = NULL;
	const struct together t = {.request = &w->request,
				   .list = &w->list,
				   .verify = w->wish->verify,
				   .progress = progress,
				   .timeout = batch_run_time_left(w->wish->batch.timeout, w->began),
				   .path = w->path,
				   .dir = w->dir};
	int r = images_of(w, results, &images, err);
	results->stack = json_object();
	if (r == 0 && w->wish->verifies)
		r = together_verify(&t, images, results, err);
	if (r == 0)
		r = write_override(w, images, w->list.count, summary, err);
	json_object_set_new(results->stack, "file", r == 0 ? json_bytes(w->path, strlen(w->path)) : json_null());
	return r;
}

static int plan(struct work *w, struct batch_file *file, struct err *err)
{
	const struct compose_flags *f = w->wish->compose;
	const struct compose_options options = {
	    .files = &f->files,
	    .name = f->project_name,
	    .working_dir = f->workdir,
	    .env_files = &f->env_files,
	    .profiles = &f->profiles,
	    .no_host_env = f->no_host_env,
	};
	int r = compose_project_load(&options, &w->project, err);
	if (r < 0)
		return r;
	w->request =
	    (struct services_request){&w->project, w->wish->batch.given, &f->drivers, &f->exclude, w->wish->verifies};
	if ((r = services_list_make(&w->request, &w->list, err)) < 0)
		return r;
	file->jobs = 1; /* services may share what they mount from this machine */
	w->path = path_of(w->wish->flags, &w->project);
	return lines_build(&w->request, &w->list, w->dir, file, err);
}

/* The name of the temporary directory. free(). */
static char *new_directory(struct err *err)
{
	const char *place = getenv("TMPDIR");
	char *dir = mem_printf("%s/slim-stack-XXXXXX", place && *place ? place : "/tmp");
	if (mkdtemp(dir)) /* 0700: traces tell what was given to the services */
		return dir;
	(void)err_sys(err, errno, "file-create", "make the directory %s", dir);
	free(dir);
	return NULL;
}

int services_build(const struct services_wish *wish, struct outcome *out)
{
	struct work w = {.wish = wish, .began = clock_ms(), .dir = new_directory(&out->err)};
	CLEANUP_BATCH_FILE struct batch_file file = {0};
	struct batch_request batch = wish->batch;
	if (!w.dir)
		return EXIT_FAILED;
	int code = EXIT_USAGE;
	batch.around = (struct batch_around){record_shared, finish, &w};
	if (plan(&w, &file, &out->err) == 0)
		code = output_file_check(w.path, &out->err) < 0 ? EXIT_FAILED : batch_build_images(&batch, &file, out);
	(void)fd_remove_tree(AT_FDCWD, w.dir, NULL);
	services_list_done(&w.list);
	compose_project_done(&w.project);
	free(w.path);
	free(w.dir);
	return code;
}

int services_write_one(const char *path, const struct compose_plan *plan, const struct report *report, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	if (!report->n_destinations)
		return err_set(err, ERR_CORRUPT, "batch-report-missing", "the report of service %s names no result",
			       plan->stack.target);
	const struct override_image image = {.service = plan->stack.target,
					     .reference = report->destinations[0].reference,
					     .pinned = report->destinations[0].pinned};
	override_text(&image, 1, &plan->project.given, path, &text);
	int r = output_file_write(path, text.data, text.len, err);
	return r < 0 ? err_wrap(err, "--compose-out") : 0;
}
