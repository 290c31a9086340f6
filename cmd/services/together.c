#include "cmd/services/together.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

/* Whether another service that was made small depends on it. */
static bool is_needed(const struct compose_project *p, const struct batch_results *results, const char *name)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct compose_service *s = compose_project_service(p, results->items[i].name);
		for (size_t d = 0; s && d < s->n_dependencies; d++)
			if (strcmp(s->dependencies[d].service, name) == 0)
				return true;
	}
	return false;
}

/* A temporary file that names the slim images as slim reads them. *path: unlink() and free(). */
static int write_references(const struct override_image *images, size_t n, char **path, struct err *err)
{
	const char *dir = getenv("TMPDIR");
	CLEANUP_BUF struct buf text = {0};
	*path = mem_printf("%s/slim-stack-XXXXXX", dir && *dir ? dir : "/tmp");
	CLEANUP_FD int fd = mkostemp(*path, O_CLOEXEC);
	if (fd < 0) {
		int r = err_sys(err, errno, "file-create", "create a file for the stack: %s", *path);
		free(steal_ptr(path));
		return r;
	}
	override_references(images, n, &text);
	return fd_write_all(fd, text.data, text.len, err);
}

static void list(const struct together *t, const struct override_image *images, const struct batch_results *results,
		 const char *override, struct batch_file *out)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct batch_result *r = &results->items[i];
		const json_t *source = json_object_get(r->report, "source");
		const char *original = json_string_value(json_object_get(source, "reference"));
		if (!is_needed(t->request->project, results, r->name))
			services_list_verify(t->request, t->verify, r->name, original ? original : r->source,
					     images[i].reference, override, out);
	}
}

/* The outcome of each comparison; the first that failed becomes the error. */
static int judge(const struct together *t, const struct batch_results *verified, json_t **out, struct err *err)
{
	int r = 0;
	*out = json_array();
	for (size_t i = 0; i < verified->count; i++) {
		const struct batch_result *one = &verified->items[i];
		const char *message = json_string_value(json_object_get(one->error, "message"));
		json_array_append_new(*out, json_pack("{s:s, s:i, s:o}", "service", one->name, "status", one->status,
						      "error", one->error ? json_incref(one->error) : json_null()));
		if (one->status == EXIT_DONE || r < 0)
			continue;
		r = err_set(err, one->status == EXIT_DIFFERS ? ERR_DIFFERS : ERR_SYS, "compose-stack-unproven",
			    "service %s differs beside the slim images of the other services: %.2000s; the images are "
			    "published, but %.400s is not written",
			    one->name, message ? message : "it was not compared", t->path);
	}
	return r;
}

static int compare(const struct together *t, struct batch_file *file, struct batch_results *results, struct err *err)
{
	CLEANUP_BATCH_RESULTS struct batch_results verified = {0};
	const uint64_t spent = results->ms / 1000;
	const struct batch_run_options o = {
	    .jobs = 1, .timeout = t->timeout > spent ? t->timeout - (unsigned)spent : !!t->timeout};
	json_t *list = NULL;
	int r = batch_run_images(file, &o, t->progress, &verified, err);
	results->ms += verified.ms;
	if (r < 0)
		return r;
	r = judge(t, &verified, &list, err);
	json_object_set_new(results->stack, "verified", list);
	return r;
}

int together_verify(const struct together *t, const struct override_image *images, struct batch_results *results,
		    struct err *err)
{
	CLEANUP_BATCH_FILE struct batch_file file = {0};
	CLEANUP_FREE char *path = NULL;
	int r = write_references(images, results->count, &path, err);
	if (r == 0) {
		list(t, images, results, path, &file);
		r = compare(t, &file, results, err);
	}
	if (path)
		(void)unlink(path);
	return r;
}
