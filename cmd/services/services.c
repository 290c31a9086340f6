#include "cmd/services/services.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/services/list.h"
#include "cmd/services/override.h"
#include "cmd/services/together.h"
#include "os/output_file.h"

#define USUAL_NAME "compose.slim.yaml"

/* A run of services_build. */
struct work {
	const struct services_wish *wish;
	struct compose_project project;
	struct services_request request;
	char *path; /* of the override file */
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
static int images_of(const struct batch_results *results, struct override_image **out, struct err *err)
{
	*out = mem_calloc(results->count, sizeof(**out));
	for (size_t i = 0; i < results->count; i++) {
		const json_t *to = json_array_get(json_object_get(results->items[i].report, "destinations"), 0);
		(*out)[i] = (struct override_image){.service = results->items[i].name,
						    .reference = text_of(to, "reference"),
						    .pinned = text_of(to, "pinned")};
		if (!(*out)[i].reference)
			return err_set(err, ERR_CORRUPT, "batch-report-missing",
				       "the report of service %s names no result", results->items[i].name);
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

/* Once all images are built. */
static int finish(void *ctx, struct batch_results *results, const struct progress *progress, struct buf *summary,
		  struct err *err)
{
	const struct work *w = ctx;
	CLEANUP_FREE struct override_image *images = NULL;
	const struct together t = {.request = &w->request,
				   .verify = w->wish->verify,
				   .progress = progress,
				   .timeout = w->wish->batch.timeout,
				   .path = w->path};
	int r = images_of(results, &images, err);
	results->stack = json_object();
	if (r == 0 && w->wish->verifies)
		r = together_verify(&t, images, results, err);
	if (r == 0)
		r = write_override(w, images, results->count, summary, err);
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
	CLEANUP_FREE size_t *services = NULL;
	size_t n;
	int r = compose_project_load(&options, &w->project, err);
	if (r < 0)
		return r;
	w->request = (struct services_request){&w->project, w->wish->batch.given, &f->drivers, &f->exclude};
	if ((r = services_list_order(&w->request, &services, &n, err)) < 0)
		return r;
	file->jobs = 1; /* services may share what they mount from this machine */
	w->path = path_of(w->wish->flags, &w->project);
	return services_list_builds(&w->request, services, n, file, err);
}

int services_build(const struct services_wish *wish, struct outcome *out)
{
	struct work w = {.wish = wish};
	CLEANUP_BATCH_FILE struct batch_file file = {0};
	struct batch_request batch = wish->batch;
	int code = EXIT_USAGE;
	batch.after = (struct batch_after){finish, &w};
	if (plan(&w, &file, &out->err) == 0)
		code = output_file_check(w.path, &out->err) < 0 ? EXIT_FAILED : batch_build_images(&batch, &file, out);
	compose_project_done(&w.project);
	free(w.path);
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
