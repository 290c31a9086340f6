#include "cmd/services/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "oci/ref.h"
#include "pipeline/stack/stack.h"

#define PATTERN "${SLIM_IMAGE}"

/* ---- the order ---- */

static void add(const struct services_request *r, size_t service, struct services_list *out)
{
	const struct compose_service *s = &r->project->services[service];
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].service == s)
			return;
	if (s->enabled && !strlist_has(r->drivers, s->name) && !strlist_has(r->excluded, s->name))
		out->items[out->count++] =
		    (struct services_item){.service = s, .image = pipeline_stack_image(r->project, s)};
}

static int add_all(const struct services_request *r, struct services_list *out, struct err *err)
{
	const struct compose_project *p = r->project;
	out->items = mem_calloc(p->n_services + 1, sizeof(*out->items));
	for (size_t i = 0; i < p->n_services; i++) {
		CLEANUP_STACK_PLAN struct stack_plan plan = {0};
		const struct stack_choice all = {0};
		if (!p->services[i].enabled)
			continue;
		int e = stack_plan_make(p, p->services[i].name, &all, &plan, err);
		if (e < 0)
			return e;
		for (size_t k = 0; k < plan.count; k++)
			add(r, plan.services[k], out);
		add(r, i, out);
	}
	return out->count
		   ? 0
		   : err_set(err, ERR_INVAL, "compose-service-missing",
			     "the project %s has no service to make small: enable one with --compose-profile", p->name);
}

/* ---- results that would have the same name ---- */

bool services_list_is_place(const struct option_row *row)
{
	static const char *const names[] = {"output", "tag",  "dockerfile-out",     "dockerignore-out",
					    "html",   "lock", "copy-meta-artifacts"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return false;
}

/* *apart: -o or -t has the service's name in it. */
static int check_places(const struct services_request *r, size_t n, bool *apart, struct err *err)
{
	*apart = false;
	for (size_t i = 0; n > 1 && i < r->given->count; i++) {
		const struct option_given *g = &r->given->items[i];
		if (!services_list_is_place(g->row) || !g->value)
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

/* The first that has the same image. */
static size_t first_of(const struct strlist *names, size_t i)
{
	size_t k = 0;
	while (strcmp(names->items[k], names->items[i]) != 0)
		k++;
	return k;
}

/* Numbers the builds. */
static int share(const struct services_request *r, bool apart, struct services_list *l, struct err *err)
{
	CLEANUP_STRLIST struct strlist names = {0};
	size_t n = 0;
	for (size_t i = 0; i < l->count; i++) {
		struct services_item *item = &l->items[i];
		strlist_take(&names, full_name(item->image));
		struct services_item *first = &l->items[apart ? i : first_of(&names, i)];
		item->follows = first != item;
		item->build = item->follows ? first->build : n++;
		first->followed |= item->follows;
		if (item->follows && !r->verifies)
			return err_set(err, ERR_INVAL, "compose-image-shared",
				       "the services %s and %s have the same image %s, whose result needs a "
				       "comparison: leave out --verify off, or add -t 'NAME-" PATTERN ":TAG'",
				       first->service->name, item->service->name, item->image);
	}
	return 0;
}

int services_list_make(const struct services_request *r, struct services_list *out, struct err *err)
{
	bool apart;
	int e = add_all(r, out, err);
	if (e == 0)
		e = check_places(r, out->count, &apart, err);
	return e == 0 ? share(r, apart, out, err) : e;
}

void services_list_done(struct services_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i].image);
	free(l->items);
	*l = (struct services_list){0};
}
