#include "cmd/options/compose_flags.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/options/docker_run/publish.h"
#include "cmd/options/ports.h"

#define AT(member) offsetof(struct compose_flags, member)

static const struct option_row rows[] = {
    {"target-compose-svc", 0, OPTION_STRING, AT(target), "SERVICE", "take this service of a compose file as SOURCE",
     OPTION_COMMON},
    {"compose-file", 0, OPTION_LIST, AT(files), "FILE",
     "read this compose file; later files override earlier ones (default: compose.yaml)"},
    {"compose-project-name", 0, OPTION_STRING, AT(project_name), "NAME", "set the name of the compose project"},
    {"compose-workdir", 0, OPTION_STRING, AT(workdir), "DIR",
     "resolve relative paths of compose files in DIR (default: where the first file is)"},
    {"compose-env-file", 0, OPTION_LIST, AT(env_files), "FILE",
     "read the variables of compose files from FILE (default: .env)"},
    {"compose-env-nohost", 0, OPTION_FLAG, AT(no_host_env), NULL,
     "do not use slim's own environment for the variables of compose files"},
    {"compose-profile", 0, OPTION_LIST, AT(profiles), "NAME", "enable a profile of the compose file"},
    {"container-probe-compose-svc", 0, OPTION_LIST, AT(drivers), "SERVICE",
     "run this service, which tests the other one, to its end; its exit status counts"},
    {"dep-include-compose-svc", 0, OPTION_LIST, AT(include), "SERVICE", "run this service, too"},
    {"dep-exclude-compose-svc", 0, OPTION_LIST, AT(exclude), "SERVICE", "do not run this service"},
    {"dep-exclude-compose-svc-all", 0, OPTION_FLAG, AT(exclude_all), NULL,
     "run only the services of --dep-include-compose-svc beside it"},
};
const struct option_group compose_flags_group = OPTION_GROUP("A service of a compose file", rows);

void compose_flags_done(struct compose_flags *f)
{
	strlist_done(&f->files);
	strlist_done(&f->env_files);
	strlist_done(&f->profiles);
	strlist_done(&f->include);
	strlist_done(&f->exclude);
	strlist_done(&f->drivers);
}

static int check_alone(const struct compose_flags *f, struct err *err)
{
	if (f->files.count)
		return err_set(
		    err, ERR_INVAL, "option-needs-partner",
		    "--compose-file needs --target-compose-svc SERVICE, the service whose image is made small");
	return 0;
}

int compose_plan_init(struct compose_plan *p, const struct compose_flags *f, struct err *err)
{
	if (!f->target)
		return check_alone(f, err);
	strlist_add(&p->wanted, f->target);
	strlist_extend(&p->wanted, &f->include);
	strlist_extend(&p->wanted, &f->drivers);
	const struct compose_options options = {
	    .files = &f->files,
	    .name = f->project_name,
	    .working_dir = f->workdir,
	    .env_files = &f->env_files,
	    .profiles = &f->profiles,
	    .wanted = &p->wanted,
	    .no_host_env = f->no_host_env,
	};
	int r = compose_project_load(&options, &p->project, err);
	if (r < 0)
		return r;
	p->stack = (struct pipeline_stack_options){
	    .project = &p->project,
	    .target = f->target,
	    .choice = {.include = &f->include,
		       .exclude = &f->exclude,
		       .drivers = &f->drivers,
		       .exclude_all = f->exclude_all},
	};
	struct stack_plan plan;
	if ((r = stack_plan_make(&p->project, f->target, &p->stack.choice, &plan, err)) < 0)
		return r;
	p->source = pipeline_stack_image(&p->project, &p->project.services[plan.target]);
	stack_plan_done(&plan);
	return 0;
}

int compose_plan_use(struct compose_plan *p, struct pipeline_session_options *o, struct oci_port **expose,
		     size_t *n_expose, struct err *err)
{
	CLEANUP_STRLIST struct strlist inside = {0};
	const struct compose_service *s = p->source ? compose_project_service(&p->project, p->stack.target) : NULL;
	if (!s)
		return 0;
	for (size_t i = 0; i < s->ports.count; i++)
		strlist_add(&inside, publish_inside(s->ports.items[i]));
	strlist_extend(&inside, &s->expose);
	o->surround = pipeline_stack_open;
	o->leave = pipeline_stack_close;
	o->surround_ctx = &p->stack;
	return ports_parse(&inside, "compose-file", expose, n_expose, err);
}

const struct strlist *compose_plan_check(const struct compose_plan *p)
{
	static const struct strlist none;
	const struct compose_service *s = p->source ? compose_project_service(&p->project, p->stack.target) : NULL;
	if (!s || !s->healthcheck)
		return NULL;
	return s->healthcheck->disabled ? &none : s->healthcheck->test.count ? &s->healthcheck->test : NULL;
}

void compose_plan_done(struct compose_plan *p)
{
	free(p->source);
	strlist_done(&p->wanted);
	compose_project_done(&p->project);
}
