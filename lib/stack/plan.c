#include "stack/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum mark { UNSEEN, ENTERED, LEFT };

struct planning {
	const struct compose_project *project;
	const struct stack_choice *choice;
	enum mark *marks; /* of each service */
	struct stack_plan *out;
};

static int unknown(const struct compose_project *p, const char *name, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	for (size_t i = 0; i < p->n_services; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", p->services[i].name);
	return err_set(err, ERR_NOTFOUND, "compose-service-unknown",
		       "the project has no service \"%s\"; its services are %s", name, names.len ? names.data : "none");
}

static int find(const struct compose_project *p, const char *name, size_t *out, struct err *err)
{
	for (size_t i = 0; i < p->n_services; i++)
		if (strcmp(p->services[i].name, name) == 0) {
			*out = i;
			return 0;
		}
	return unknown(p, name, err);
}

static bool is_left_out(const struct planning *g, const struct compose_dependency *d)
{
	return g->choice->exclude && strlist_has(g->choice->exclude, d->service);
}

static int enter(struct planning *g, size_t i, struct err *err)
{
	const struct compose_service *s = &g->project->services[i];
	int r = 0;
	if (g->marks[i] == ENTERED)
		return err_set(err, ERR_INVAL, "compose-dependency-circle",
			       "the services depend on each other in a circle, of which %s is a part", s->name);
	if (g->marks[i] == LEFT)
		return 0;
	g->marks[i] = ENTERED;
	for (size_t d = 0; r == 0 && d < s->n_dependencies; d++) {
		size_t other;
		if (is_left_out(g, &s->dependencies[d]))
			continue;
		r = find(g->project, s->dependencies[d].service, &other, err);
		if (r == -ERR_NOTFOUND && s->dependencies[d].optional)
			r = 0;
		else if (r == 0)
			r = enter(g, other, err);
	}
	g->marks[i] = LEFT;
	if (r == 0 && i != g->out->target)
		g->out->services[g->out->count++] = i;
	return r;
}

static int check_names(const struct compose_project *p, const struct strlist *names, struct err *err)
{
	size_t i;
	int r = 0;
	for (size_t n = 0; r == 0 && names && n < names->count; n++)
		r = find(p, names->items[n], &i, err);
	return r;
}

static int enter_all(struct planning *g, const struct strlist *names, struct err *err)
{
	int r = 0;
	for (size_t n = 0; r == 0 && names && n < names->count; n++) {
		size_t i;
		r = find(g->project, names->items[n], &i, err);
		if (r == 0)
			r = enter(g, i, err);
	}
	return r;
}

static int visit(struct planning *g, struct err *err)
{
	const struct stack_choice *c = g->choice;
	int r = 0;
	if (c->exclude_all)
		g->marks[g->out->target] = LEFT;
	else
		r = enter(g, g->out->target, err);
	if (r == 0)
		r = enter_all(g, c->include, err);
	return r < 0 ? r : enter_all(g, c->drivers, err);
}

int stack_plan_make(const struct compose_project *p, const char *target, const struct stack_choice *choice,
		    struct stack_plan *out, struct err *err)
{
	CLEANUP_STACK_PLAN struct stack_plan plan = {.services = mem_calloc(p->n_services + 1, sizeof(size_t))};
	CLEANUP_FREE enum mark *marks = mem_calloc(p->n_services + 1, sizeof(*marks));
	struct planning g = {p, choice, marks, &plan};
	int r = find(p, target, &plan.target, err);
	if (r < 0 || (r = check_names(p, choice->exclude, err)) < 0 || (r = visit(&g, err)) < 0)
		return r;
	*out = plan;
	plan.services = NULL;
	return 0;
}

void stack_plan_done(struct stack_plan *p)
{
	free(p->services);
}
