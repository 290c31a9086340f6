#include "pipeline/stack/stack.h"

#include <fcntl.h>
#include <stdlib.h>

#include "run/bridge/bridge.h"

/* The image of a service, and its own session. */
struct member {
	struct pipeline_session_options options;
	struct pipeline_session session;
	struct run_image image;
	char *text;
	int log_fd;
};

struct pipeline_stack {
	struct stack_plan plan;
	struct member *members;
	struct stack_member *shown; /* the same, for the stack */
	size_t n_begun;
	struct run_options base; /* what the target's runs had before the stack */
	struct stack_options options;
	struct stack *stack;
};

char *pipeline_stack_image(const struct compose_project *p, const struct compose_service *service)
{
	return service->image ? mem_strdup(service->image) : mem_printf("%s-%s", p->name, service->name);
}

static int fetch(struct member *m, const struct pipeline_session *s, const struct compose_service *service,
		 struct err *err)
{
	m->options = (struct pipeline_session_options){
	    .source_text = m->text,
	    .store = s->options->store,
	    .runtime = s->options->runtime,
	    .max_sparse = s->options->max_sparse,
	    .access = s->options->access,
	};
	int r = oci_ref_parse(m->text, &m->options.source, err);
	if (r == 0)
		r = pipeline_session_fetch(&m->session, err);
	if (r == 0)
		r = pipeline_session_unpack(&m->session, err);
	if (r == 0)
		r = m->log_fd = pipeline_session_new_file(&m->session, "log", O_APPEND, err);
	if (r < 0)
		err_wrap(err, "service %s: image %s%s", service->name, m->text,
			 service->image ? "" : ", which docker compose build makes");
	m->image = (struct run_image){&m->session.layers, &m->session.image.config};
	return r < 0 ? r : 0;
}

static int fetch_all(struct pipeline_stack *p, const struct pipeline_stack_options *o, struct pipeline_session *s,
		     struct err *err)
{
	int r = 0;
	p->members = mem_calloc(p->plan.count + 1, sizeof(*p->members));
	p->shown = mem_calloc(p->plan.count + 1, sizeof(*p->shown));
	for (size_t i = 0; r == 0 && i < p->plan.count; i++) {
		const struct compose_service *service = &o->project->services[p->plan.services[i]];
		struct member *m = &p->members[p->n_begun++];
		m->log_fd = -1;
		m->text = pipeline_stack_image(o->project, service);
		pipeline_session_init(&m->session, &m->options, s->progress);
		r = fetch(m, s, service, err);
		p->shown[i] = (struct stack_member){&m->session.run, &m->image, m->log_fd};
	}
	return r;
}

int pipeline_stack_open(void *options, struct pipeline_session *s, struct run_options *target, struct err *err)
{
	struct pipeline_stack_options *o = options;
	struct pipeline_stack *p = o->stack = mem_alloc(sizeof(*p));
	int r = stack_plan_make(o->project, o->target, &o->choice, &p->plan, err);
	if (r == 0)
		r = fetch_all(p, o, s, err);
	if (!target->bridge.helper) /* then nothing reaches the outside */
		(void)!run_bridge_find(NULL, &target->bridge.helper, NULL);
	p->base = *target;
	p->options = (struct stack_options){.project = o->project,
					    .drivers = o->choice.drivers,
					    .plan = &p->plan,
					    .members = p->shown,
					    .dir = &s->run,
					    .target = &p->base};
	if (r == 0)
		r = stack_new(&p->options, &p->stack, err);
	return r < 0 ? r : stack_use(p->stack, target, err);
}

void pipeline_stack_close(void *options)
{
	struct pipeline_stack_options *o = options;
	struct pipeline_stack *p = o->stack;
	o->stack = NULL;
	if (!p)
		return;
	stack_free(p->stack);
	for (size_t i = 0; i < p->n_begun; i++) {
		struct member *m = &p->members[i];
		pipeline_session_done(&m->session);
		oci_ref_done(&m->options.source);
		cleanup_closep(&m->log_fd);
		free(m->text);
	}
	free(p->members);
	free(p->shown);
	stack_plan_done(&p->plan);
	free(p);
}
