#include <string.h>

#include "base/mem.h"
#include "base/strset.h"
#include "compose/parts.h"

struct names {
	struct strset networks, volumes, configs, secrets;
};

static void names_done(struct names *n)
{
	strset_done(&n->networks);
	strset_done(&n->volumes);
	strset_done(&n->configs);
	strset_done(&n->secrets);
}

static int missing(const struct compose_scope *s, const struct compose_service *service, const char *key,
		   const char *kind, const char *name, struct err *err)
{
	const struct compose_at services = {.key = "services"}, at = {.up = &services, .key = service->name};
	return compose_fail(s, COMPOSE_KEY(&at, key), err, "compose-reference-unknown",
			    "there is no %s %.100s in the file; add it under %ss:", kind, name, kind);
}

static int check_grants(const struct compose_scope *s, const struct compose_service *service, const char *kind,
			const struct compose_grant *grants, size_t n, const struct strset *known, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (strset_find(known, grants[i].source) == STRSET_NONE)
			return missing(s, service, *kind == 'c' ? "configs" : "secrets", kind, grants[i].source, err);
	return 0;
}

static int check_service(const struct compose_scope *s, const struct compose_service *service,
			 const struct names *known, struct err *err)
{
	for (size_t i = 0; i < service->n_networks; i++)
		if (strset_find(&known->networks, service->networks[i].network) == STRSET_NONE)
			return missing(s, service, "networks", "network", service->networks[i].network, err);
	for (size_t i = 0; i < service->n_mounts; i++) {
		const struct compose_mount *m = &service->mounts[i];
		if (m->kind == COMPOSE_MOUNT_VOLUME && m->source && !service->refused &&
		    strset_find(&known->volumes, m->source) == STRSET_NONE)
			return missing(s, service, "volumes", "volume", m->source, err);
	}
	int e = check_grants(s, service, "config", service->configs, service->n_configs, &known->configs, err);
	return e < 0 ? e
		     : check_grants(s, service, "secret", service->secrets, service->n_secrets, &known->secrets, err);
}

/* Drops optional dependencies on what the file does not have. */
static int check_dependencies(const struct compose_scope *s, const struct compose_project *p,
			      struct compose_service *service, struct err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < service->n_dependencies; i++) {
		struct compose_dependency *d = &service->dependencies[i];
		const bool found = compose_project_service(p, d->service);
		if (!found && !d->optional)
			return missing(s, service, "depends_on", "service", d->service, err);
		if (found)
			service->dependencies[kept++] = *d;
		else
			free(d->service);
	}
	service->n_dependencies = kept;
	return 0;
}

/* Goes through what the service depends on, then copies what it has of them. state: 0 = not seen, 1 = on the way. */
static int visit(struct compose_scope *s, struct compose_project *p, size_t i, char *state, struct err *err)
{
	const struct compose_at services = {.key = "services"};
	struct compose_service *service = &p->services[i];
	if (state[i] == 2)
		return 0;
	if (state[i] == 1)
		return compose_fail(s, COMPOSE_KEY(&services, service->name), err, "compose-circle",
				    "the service depends on itself, by way of others");
	state[i] = 1;
	for (size_t k = 0; k < service->n_dependencies; k++) {
		const struct compose_service *on = compose_project_service(p, service->dependencies[k].service);
		int e = visit(s, p, (size_t)(on - p->services), state, err);
		if (e < 0)
			return e;
	}
	state[i] = 2;
	return compose_copy_mounts(s, p, service, err);
}

int compose_check_references(struct compose_scope *s, struct compose_project *p, struct err *err)
{
	CLEANUP(names_done) struct names known = {0};
	CLEANUP_FREE char *state = mem_alloc(p->n_services);
	int e = 0;
	for (size_t i = 0; i < p->n_networks; i++)
		strset_add(&known.networks, p->networks[i].key);
	for (size_t i = 0; i < p->n_volumes; i++)
		strset_add(&known.volumes, p->volumes[i].key);
	for (size_t i = 0; i < p->n_configs; i++)
		strset_add(&known.configs, p->configs[i].key);
	for (size_t i = 0; i < p->n_secrets; i++)
		strset_add(&known.secrets, p->secrets[i].key);
	for (size_t i = 0; e == 0 && i < p->n_services; i++) {
		e = check_service(s, &p->services[i], &known, err);
		if (e == 0)
			e = check_dependencies(s, p, &p->services[i], err);
	}
	for (size_t i = 0; e == 0 && i < p->n_services; i++)
		e = visit(s, p, i, state, err);
	return e;
}
