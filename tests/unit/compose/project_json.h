/* tests/unit/compose/project_json.h - a compose project as JSON, for tests that compare it. */
#pragma once

#include <string.h>

#include <jansson.h>

#include "compose/project.h"

/* The lists of the structs become lists and mappings by name; what is not given is null. */
static json_t *compose_text_of(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *compose_list_of(const struct strlist *l)
{
	json_t *all = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(all, json_string(l->items[i]));
	return all;
}

static json_t *compose_attachments(const struct compose_service *s)
{
	json_t *all = json_object();
	for (size_t i = 0; i < s->n_networks; i++)
		json_object_set_new(all, s->networks[i].network,
				    json_pack("{soso}", "aliases", compose_list_of(&s->networks[i].aliases), "ipv4",
					      compose_text_of(s->networks[i].ipv4)));
	return all;
}

static json_t *compose_mounts(const struct compose_service *s)
{
	static const char *const kinds[] = {"bind", "volume", "tmpfs"};
	json_t *all = json_array();
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];
		json_array_append_new(all, json_pack("{ss so ss so sb sb sb sI si}", "type", kinds[m->kind], "source",
						     compose_text_of(m->source), "target", m->target, "subpath",
						     compose_text_of(m->subpath), "read_only", m->read_only, "no_copy",
						     m->no_copy, "create", m->create, "size",
						     (json_int_t)m->tmpfs_bytes, "mode", m->tmpfs_mode));
	}
	return all;
}

static json_t *compose_grants(const struct compose_grant *g, size_t n)
{
	json_t *all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{ss ss si si si}", "source", g[i].source, "target", g[i].target,
						     "uid", g[i].uid, "gid", g[i].gid, "mode", g[i].mode));
	return all;
}

static json_t *compose_dependencies(const struct compose_service *s)
{
	static const char *const conditions[] = {"service_started", "service_healthy",
						 "service_completed_successfully"};
	json_t *all = json_object();
	for (size_t i = 0; i < s->n_dependencies; i++)
		json_object_set_new(all, s->dependencies[i].service,
				    json_pack("{ss sb}", "condition", conditions[s->dependencies[i].condition],
					      "required", !s->dependencies[i].optional));
	return all;
}

static json_t *compose_healthcheck(const struct compose_healthcheck *h)
{
	if (!h)
		return json_null();
	return json_pack("{so sb sI sI sI sI si}", "test", compose_list_of(&h->test), "disabled", h->disabled,
			 "interval", (json_int_t)h->interval, "timeout", (json_int_t)h->timeout, "start_period",
			 (json_int_t)h->start_period, "start_interval", (json_int_t)h->start_interval, "retries",
			 (int)h->retries);
}

static json_t *compose_build(const struct compose_build *b)
{
	if (!b)
		return json_null();
	return json_pack("{so so so so so so}", "context", compose_text_of(b->context), "dockerfile",
			 compose_text_of(b->dockerfile), "dockerfile_inline", compose_text_of(b->dockerfile_inline),
			 "target", compose_text_of(b->target), "args", compose_list_of(&b->args), "extra",
			 compose_list_of(&b->extra));
}

static json_t *compose_ulimits(const struct compose_service *s)
{
	json_t *all = json_object();
	for (size_t i = 0; i < s->n_ulimits; i++)
		json_object_set_new(all, s->ulimits[i].name,
				    json_pack("{sI sI}", "soft", (json_int_t)s->ulimits[i].soft, "hard",
					      (json_int_t)s->ulimits[i].hard));
	return all;
}

static void compose_put_texts(json_t *out, const struct compose_service *s)
{
	const struct {
		const char *key, *text;
	} texts[] = {{"image", s->image},
		     {"network_mode", s->network_mode},
		     {"user", s->user},
		     {"working_dir", s->working_dir},
		     {"hostname", s->hostname},
		     {"platform", s->platform},
		     {"container_name", s->container_name},
		     {"cpus", s->cpus},
		     {"stop_signal", s->stop_signal},
		     {"refused", s->refused}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_object_set_new(out, texts[i].key, compose_text_of(texts[i].text));
	const struct {
		const char *key;
		bool v;
	} flags[] = {
	    {"read_only", s->read_only}, {"init", s->init}, {"privileged", s->privileged}, {"enabled", s->enabled}};
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		json_object_set_new(out, flags[i].key, json_boolean(flags[i].v));
	const struct {
		const char *key;
		uint64_t n;
	} numbers[] = {{"shm_bytes", s->shm_bytes},
		       {"memory_bytes", s->memory_bytes},
		       {"pids", s->pids},
		       {"stop_grace", s->stop_grace}};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(out, numbers[i].key, json_integer((json_int_t)numbers[i].n));
}

static json_t *compose_service(const struct compose_service *s)
{
	json_t *out = json_object();
	const struct {
		const char *key;
		const struct strlist *list;
	} lists[] = {{"environment", &s->environment},   {"ports", &s->ports},       {"expose", &s->expose},
		     {"cap_add", &s->cap_add},           {"cap_drop", &s->cap_drop}, {"group_add", &s->group_add},
		     {"security_opt", &s->security_opt}, {"devices", &s->devices},   {"sysctls", &s->sysctls},
		     {"extra_hosts", &s->extra_hosts},   {"dns", &s->dns},           {"dns_search", &s->dns_search},
		     {"dns_opts", &s->dns_opts},         {"profiles", &s->profiles}, {"links", &s->links},
		     {"volumes_from", &s->volumes_from}};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		json_object_set_new(out, lists[i].key, compose_list_of(lists[i].list));
	compose_put_texts(out, s);
	json_object_set_new(out, "command", s->has_command ? compose_list_of(&s->command) : json_null());
	json_object_set_new(out, "entrypoint", s->has_entrypoint ? compose_list_of(&s->entrypoint) : json_null());
	json_object_set_new(out, "networks", compose_attachments(s));
	json_object_set_new(out, "mounts", compose_mounts(s));
	json_object_set_new(out, "configs", compose_grants(s->configs, s->n_configs));
	json_object_set_new(out, "secrets", compose_grants(s->secrets, s->n_secrets));
	json_object_set_new(out, "depends_on", compose_dependencies(s));
	json_object_set_new(out, "healthcheck", compose_healthcheck(s->healthcheck));
	json_object_set_new(out, "build", compose_build(s->build));
	json_object_set_new(out, "ulimits", compose_ulimits(s));
	return out;
}

static json_t *compose_sources(const struct compose_file_source *f, size_t n)
{
	json_t *all = json_object();
	for (size_t i = 0; i < n; i++)
		json_object_set_new(all, f[i].key,
				    json_pack("{so so so so sb}", "name", compose_text_of(f[i].name), "file",
					      compose_text_of(f[i].file), "environment",
					      compose_text_of(f[i].environment), "content",
					      compose_text_of(f[i].content), "external", f[i].external));
	return all;
}

static inline json_t *project_json(const struct compose_project *p)
{
	json_t *services = json_object(), *networks = json_object(), *volumes = json_object(), *notes = json_array();
	for (size_t i = 0; i < p->n_services; i++)
		json_object_set_new(services, p->services[i].name, compose_service(&p->services[i]));
	for (size_t i = 0; i < p->n_networks; i++) {
		const struct compose_network *n = &p->networks[i];
		json_object_set_new(networks, n->key,
				    json_pack("{ss sb sb so so}", "name", n->name, "internal", n->internal, "external",
					      n->external, "subnet", compose_text_of(n->subnet), "gateway",
					      compose_text_of(n->gateway)));
	}
	for (size_t i = 0; i < p->n_volumes; i++)
		json_object_set_new(volumes, p->volumes[i].key,
				    json_pack("{ss sb so}", "name", p->volumes[i].name, "external",
					      p->volumes[i].external, "bind", compose_text_of(p->volumes[i].bind)));
	for (size_t i = 0; i < p->notes.count; i++)
		json_array_append_new(notes, json_pack("[ss]", p->notes.items[i].id, p->notes.items[i].text));
	return json_pack("{ss ss so so so so so so so}", "name", p->name, "working_dir", p->working_dir, "files",
			 compose_list_of(&p->files), "services", services, "networks", networks, "volumes", volumes,
			 "configs", compose_sources(p->configs, p->n_configs), "secrets",
			 compose_sources(p->secrets, p->n_secrets), "notes", notes);
}
