#include "cmd/services/together.h"

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "os/fd.h"

/* Whether another service that was made small depends on it. */
static bool is_needed(const struct services_list *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct compose_service *s = l->items[i].service;
		for (size_t d = 0; d < s->n_dependencies; d++)
			if (strcmp(s->dependencies[d].service, name) == 0)
				return true;
	}
	return false;
}

static void list(const struct together *t, const struct override_image *images, const struct batch_results *results,
		 const char *override, struct batch_file *out)
{
	for (size_t i = 0; i < t->list->count; i++) {
		const struct services_item *item = &t->list->items[i];
		const json_t *source = json_object_get(results->items[item->build].report, "source");
		const char *original = json_string_value(json_object_get(source, "reference"));
		if (item->follows || !is_needed(t->list, item->service->name))
			lines_verify(t->request, t->verify, item->service->name, original ? original : item->image,
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
	const struct batch_run_options o = {.jobs = 1, .timeout = t->timeout};
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
	CLEANUP_FREE char *path = mem_printf("%s/compose.slim.yaml", t->dir);
	CLEANUP_BUF struct buf text = {0};
	override_references(images, t->list->count, &text);
	int r = fd_write_file_atomic(AT_FDCWD, path, text.data, text.len, 0600, err);
	if (r < 0)
		return r;
	list(t, images, results, path, &file);
	return compare(t, &file, results, err);
}
