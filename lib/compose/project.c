#include "compose/project.h"

#include <stdlib.h>
#include <string.h>

static void build_done(struct compose_build *b)
{
	if (!b)
		return;
	free(b->context);
	free(b->dockerfile);
	free(b->dockerfile_inline);
	free(b->target);
	strlist_done(&b->args);
	strlist_done(&b->extra);
	free(b);
}

static void grants_done(struct compose_grant *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(g[i].source);
		free(g[i].target);
	}
	free(g);
}

static void parts_done(struct compose_service *s)
{
	for (size_t i = 0; i < s->n_networks; i++) {
		free(s->networks[i].network);
		strlist_done(&s->networks[i].aliases);
		free(s->networks[i].ipv4);
	}
	free(s->networks);
	for (size_t i = 0; i < s->n_mounts; i++) {
		free(s->mounts[i].source);
		free(s->mounts[i].target);
		free(s->mounts[i].subpath);
	}
	free(s->mounts);
	for (size_t i = 0; i < s->n_dependencies; i++)
		free(s->dependencies[i].service);
	free(s->dependencies);
	for (size_t i = 0; i < s->n_ulimits; i++)
		free(s->ulimits[i].name);
	free(s->ulimits);
	if (s->healthcheck)
		strlist_done(&s->healthcheck->test);
	free(s->healthcheck);
}

static void service_done(struct compose_service *s)
{
	char *const texts[] = {s->name,        s->image,       s->network_mode,   s->user,
			       s->working_dir, s->hostname,    s->container_name, s->platform,
			       s->cpus,        s->stop_signal, s->refused};
	struct strlist *const lists[] = {&s->command,  &s->entrypoint,  &s->environment, &s->ports,        &s->expose,
					 &s->cap_add,  &s->cap_drop,    &s->group_add,   &s->security_opt, &s->devices,
					 &s->sysctls,  &s->extra_hosts, &s->dns,         &s->dns_search,   &s->dns_opts,
					 &s->profiles, &s->links,       &s->volumes_from};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		strlist_done(lists[i]);
	build_done(s->build);
	grants_done(s->configs, s->n_configs);
	grants_done(s->secrets, s->n_secrets);
	parts_done(s);
}

static void sources_done(struct compose_file_source *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(f[i].key);
		free(f[i].file);
		free(f[i].environment);
		free(f[i].content);
		free(f[i].name);
	}
	free(f);
}

void compose_project_done(struct compose_project *p)
{
	for (size_t i = 0; i < p->n_services; i++)
		service_done(&p->services[i]);
	free(p->services);
	for (size_t i = 0; i < p->n_networks; i++) {
		free(p->networks[i].key);
		free(p->networks[i].name);
		free(p->networks[i].subnet);
		free(p->networks[i].gateway);
	}
	free(p->networks);
	for (size_t i = 0; i < p->n_volumes; i++) {
		free(p->volumes[i].key);
		free(p->volumes[i].name);
		free(p->volumes[i].bind);
	}
	free(p->volumes);
	sources_done(p->configs, p->n_configs);
	sources_done(p->secrets, p->n_secrets);
	free(p->name);
	free(p->working_dir);
	strlist_done(&p->files);
	strlist_done(&p->given);
	notes_done(&p->notes);
	*p = (struct compose_project){0};
}

const struct compose_service *compose_project_service(const struct compose_project *p, const char *name)
{
	for (size_t i = 0; i < p->n_services; i++)
		if (strcmp(p->services[i].name, name) == 0)
			return &p->services[i];
	return NULL;
}
