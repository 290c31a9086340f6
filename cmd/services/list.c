#include "cmd/services/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/batch/values.h"
#include "oci/ref.h"
#include "pipeline/stack/stack.h"

#define PATTERN "${SLIM_IMAGE}"

/* ---- the order ---- */

struct listing {
	const struct services_request *request;
	size_t *items, count;
};

static bool is_listed(const struct listing *l, size_t service)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i] == service)
			return true;
	return false;
}

static void list(struct listing *l, size_t service)
{
	const struct services_request *r = l->request;
	const struct compose_service *s = &r->project->services[service];
	if (s->enabled && !is_listed(l, service) && !strlist_has(r->drivers, s->name) &&
	    !strlist_has(r->excluded, s->name))
		l->items[l->count++] = service;
}

int services_list_order(const struct services_request *r, size_t **out, size_t *n, struct err *err)
{
	const struct compose_project *p = r->project;
	struct listing l = {.request = r, .items = mem_calloc(p->n_services + 1, sizeof(size_t))};
	int e = 0;
	*out = l.items;
	for (size_t i = 0; e == 0 && i < p->n_services; i++) {
		CLEANUP_STACK_PLAN struct stack_plan plan = {0};
		const struct stack_choice all = {0};
		if (!p->services[i].enabled)
			continue;
		if ((e = stack_plan_make(p, p->services[i].name, &all, &plan, err)) < 0)
			return e;
		for (size_t k = 0; k < plan.count; k++)
			list(&l, plan.services[k]);
		list(&l, i);
	}
	*n = l.count;
	return l.count
		   ? 0
		   : err_set(err, ERR_INVAL, "compose-service-missing",
			     "the project %s has no service to make small: enable one with --compose-profile", p->name);
}

/* ---- command lines ---- */

/* Options that name a place for one result. */
static bool is_place(const struct option_row *row)
{
	static const char *const names[] = {"output", "tag",  "dockerfile-out",     "dockerignore-out",
					    "html",   "lock", "copy-meta-artifacts"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

/* Options that count for all services together, and those that a command line gets of its own. */
static bool is_of_all(const struct option_row *row)
{
	static const char *const names[] = {"all",     "compose-out", "jobs",  "json",     "report",
					    "timeout", "ci-dir",      "junit", "markdown", "dotenv"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

static void add_option(const struct option_row *row, const char *value, struct strlist *argv)
{
	strlist_take(argv, value ? mem_printf("--%s=%s", row->name, value) : mem_printf("--%s", row->name));
}

static struct batch_image *new_image(const char *name, struct batch_file *out)
{
	out->images = mem_grow(out->images, out->count, &out->cap, sizeof(*out->images));
	struct batch_image *image = &out->images[out->count++];
	*image = (struct batch_image){.name = mem_strdup(name)};
	return image;
}

static int add_build(const struct services_request *r, const struct compose_service *s, struct batch_file *out,
		     struct err *err)
{
	struct batch_image *image = new_image(s->name, out);
	strlist_add(&image->argv, "build");
	strlist_take(&image->argv, pipeline_stack_image(r->project, s));
	strlist_add(&image->argv, "--json");
	strlist_take(&image->argv, mem_printf("--target-compose-svc=%s", s->name));
	for (size_t i = 0; i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		CLEANUP_BUF struct buf value = {0};
		if (is_of_all(g->row))
			continue;
		if (is_place(g->row) && g->value) {
			int e = batch_values_expand(g->value, s->name, &value, err);
			if (e < 0)
				return err_wrap(err, "--%s", g->row->name);
		}
		add_option(g->row, value.data ? value.data : g->value, &image->argv);
	}
	return 0;
}

/* ---- results that would have the same name ---- */

/* *apart: -o or -t has the service's name in it. */
static int check_places(const struct services_request *r, size_t n, bool *apart, struct err *err)
{
	*apart = false;
	for (size_t i = 0; n > 1 && i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		if (!is_place(g->row) || !g->value)
			continue;
		if (!strstr(g->value, PATTERN))
			return err_set(err, ERR_INVAL, "option-conflict",
				       "--%s would be the same for %zu services: write " PATTERN
				       " where the name of the service belongs",
				       g->row->name, n);
		*apart |= strcmp(g->row->name, "output") == 0 || strcmp(g->row->name, "tag") == 0;
	}
	return 0;
}

/* The name in its full form: "nginx" and "docker.io/library/nginx:latest" are one image. free(). */
static char *full_name(const char *text)
{
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	const bool is_name = oci_ref_parse(text, &ref, NULL) == 0 && ref.name.host;
	return is_name ? oci_name_full(ref.location) : mem_strdup(text);
}

static int check_images(const struct services_request *r, const size_t *services, size_t n, struct err *err)
{
	CLEANUP_STRLIST struct strlist names = {0};
	for (size_t i = 0; i < n; i++) {
		const struct compose_service *s = &r->project->services[services[i]];
		CLEANUP_FREE char *image = pipeline_stack_image(r->project, s);
		char *name = full_name(image);
		for (size_t k = 0; k < i; k++)
			if (strcmp(names.items[k], name) == 0) {
				free(name);
				return err_set(err, ERR_UNSUPPORTED, "compose-image-shared",
					       "the services %s and %s have the same image %s, and their results the "
					       "same name: add -t 'NAME-" PATTERN ":TAG', or build each with "
					       "--target-compose-svc",
					       r->project->services[services[k]].name, s->name, image);
			}
		strlist_take(&names, name);
	}
	return 0;
}

int services_list_builds(const struct services_request *r, const size_t *services, size_t n, struct batch_file *out,
			 struct err *err)
{
	bool apart;
	int e = check_places(r, n, &apart, err);
	if (e == 0 && !apart)
		e = check_images(r, services, n, err);
	for (size_t i = 0; e == 0 && i < n; i++)
		e = add_build(r, &r->project->services[services[i]], out, err);
	return e;
}

void services_list_verify(const struct services_request *r, const struct command *verify, const char *service,
			  const char *original, const char *slim, const char *override, struct batch_file *out)
{
	struct batch_image *image = new_image(service, out);
	struct strlist *argv = &image->argv;
	strlist_add(argv, "verify");
	strlist_add(argv, original);
	strlist_add(argv, slim);
	strlist_add(argv, "--json");
	strlist_take(argv, mem_printf("--target-compose-svc=%s", service));
	for (size_t i = 0; i < r->project->given.count; i++)
		strlist_take(argv, mem_printf("--compose-file=%s", r->project->given.items[i]));
	strlist_take(argv, mem_printf("--compose-file=%s", override));
	for (size_t i = 0; i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		const char *name = g->row->name;
		if (!is_of_all(g->row) && !is_place(g->row) && strcmp(name, "compose-file") != 0 &&
		    option_find(&verify->options, name, strlen(name)))
			add_option(g->row, g->value, argv);
	}
}
