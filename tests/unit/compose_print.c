/* compose_print.c - prints a compose project as JSON: compose_print [-f FILE].. [--env-file FILE].. [--profile NAME]..
 * [--service NAME].. [--project-directory DIR] [-p NAME] [--no-env]. For tests/integration/test_compose_files.py. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "compose/project.h"

static json_t *text_of(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *list_of(const struct strlist *l)
{
	json_t *all = json_array();
	for (size_t i = 0; i < l->count; i++)
		json_array_append_new(all, json_string(l->items[i]));
	return all;
}

static json_t *attachments(const struct compose_service *s)
{
	json_t *all = json_object();
	for (size_t i = 0; i < s->n_networks; i++)
		json_object_set_new(all, s->networks[i].network,
				    json_pack("{soso}", "aliases", list_of(&s->networks[i].aliases), "ipv4",
					      text_of(s->networks[i].ipv4)));
	return all;
}

static json_t *mounts(const struct compose_service *s)
{
	static const char *const kinds[] = {"bind", "volume", "tmpfs"};
	json_t *all = json_array();
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];
		json_array_append_new(all,
				      json_pack("{ss so ss so sb sb sb sI si}", "type", kinds[m->kind], "source",
						text_of(m->source), "target", m->target, "subpath", text_of(m->subpath),
						"read_only", m->read_only, "no_copy", m->no_copy, "create", m->create,
						"size", (json_int_t)m->tmpfs_bytes, "mode", m->tmpfs_mode));
	}
	return all;
}

static json_t *grants(const struct compose_grant *g, size_t n)
{
	json_t *all = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_pack("{ss ss si si si}", "source", g[i].source, "target", g[i].target,
						     "uid", g[i].uid, "gid", g[i].gid, "mode", g[i].mode));
	return all;
}

static json_t *dependencies(const struct compose_service *s)
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

static json_t *healthcheck(const struct compose_healthcheck *h)
{
	if (!h)
		return json_null();
	return json_pack("{so sb sI sI sI sI si}", "test", list_of(&h->test), "disabled", h->disabled, "interval",
			 (json_int_t)h->interval, "timeout", (json_int_t)h->timeout, "start_period",
			 (json_int_t)h->start_period, "start_interval", (json_int_t)h->start_interval, "retries",
			 (int)h->retries);
}

static json_t *build(const struct compose_build *b)
{
	if (!b)
		return json_null();
	return json_pack("{so so so so so so}", "context", text_of(b->context), "dockerfile", text_of(b->dockerfile),
			 "dockerfile_inline", text_of(b->dockerfile_inline), "target", text_of(b->target), "args",
			 list_of(&b->args), "extra", list_of(&b->extra));
}

static json_t *ulimits(const struct compose_service *s)
{
	json_t *all = json_object();
	for (size_t i = 0; i < s->n_ulimits; i++)
		json_object_set_new(all, s->ulimits[i].name,
				    json_pack("{sI sI}", "soft", (json_int_t)s->ulimits[i].soft, "hard",
					      (json_int_t)s->ulimits[i].hard));
	return all;
}

static void put_texts(json_t *out, const struct compose_service *s)
{
	const struct {
		const char *key, *text;
	} texts[] = {{"image", s->image},       {"network_mode", s->network_mode},
		     {"user", s->user},         {"working_dir", s->working_dir},
		     {"hostname", s->hostname}, {"domainname", s->domainname},
		     {"platform", s->platform}, {"container_name", s->container_name},
		     {"cpus", s->cpus},         {"pull_policy", s->pull_policy},
		     {"restart", s->restart},   {"stop_signal", s->stop_signal},
		     {"refused", s->refused}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		json_object_set_new(out, texts[i].key, text_of(texts[i].text));
	const struct {
		const char *key;
		bool v;
	} flags[] = {{"read_only", s->read_only},   {"init", s->init},
		     {"privileged", s->privileged}, {"tty", s->tty},
		     {"stdin_open", s->stdin_open}, {"enabled", s->enabled}};
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

static json_t *service(const struct compose_service *s)
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
		json_object_set_new(out, lists[i].key, list_of(lists[i].list));
	put_texts(out, s);
	json_object_set_new(out, "command", s->has_command ? list_of(&s->command) : json_null());
	json_object_set_new(out, "entrypoint", s->has_entrypoint ? list_of(&s->entrypoint) : json_null());
	json_object_set_new(out, "networks", attachments(s));
	json_object_set_new(out, "mounts", mounts(s));
	json_object_set_new(out, "configs", grants(s->configs, s->n_configs));
	json_object_set_new(out, "secrets", grants(s->secrets, s->n_secrets));
	json_object_set_new(out, "depends_on", dependencies(s));
	json_object_set_new(out, "healthcheck", healthcheck(s->healthcheck));
	json_object_set_new(out, "build", build(s->build));
	json_object_set_new(out, "ulimits", ulimits(s));
	return out;
}

static json_t *sources(const struct compose_file_source *f, size_t n)
{
	json_t *all = json_object();
	for (size_t i = 0; i < n; i++)
		json_object_set_new(all, f[i].key,
				    json_pack("{so so so so sb}", "name", text_of(f[i].name), "file",
					      text_of(f[i].file), "environment", text_of(f[i].environment), "content",
					      text_of(f[i].content), "external", f[i].external));
	return all;
}

static json_t *project(const struct compose_project *p)
{
	json_t *services = json_object(), *networks = json_object(), *volumes = json_object(), *notes = json_array();
	for (size_t i = 0; i < p->n_services; i++)
		json_object_set_new(services, p->services[i].name, service(&p->services[i]));
	for (size_t i = 0; i < p->n_networks; i++) {
		const struct compose_network *n = &p->networks[i];
		json_object_set_new(networks, n->key,
				    json_pack("{ss sb sb so so}", "name", n->name, "internal", n->internal, "external",
					      n->external, "subnet", text_of(n->subnet), "gateway",
					      text_of(n->gateway)));
	}
	for (size_t i = 0; i < p->n_volumes; i++)
		json_object_set_new(volumes, p->volumes[i].key,
				    json_pack("{ss sb so}", "name", p->volumes[i].name, "external",
					      p->volumes[i].external, "bind", text_of(p->volumes[i].bind)));
	for (size_t i = 0; i < p->notes.count; i++)
		json_array_append_new(notes, json_pack("[ss]", p->notes.items[i].id, p->notes.items[i].text));
	return json_pack("{ss ss so so so so so so so}", "name", p->name, "working_dir", p->working_dir, "files",
			 list_of(&p->files), "services", services, "networks", networks, "volumes", volumes, "configs",
			 sources(p->configs, p->n_configs), "secrets", sources(p->secrets, p->n_secrets), "notes",
			 notes);
}

int main(int argc, char **argv)
{
	CLEANUP_STRLIST struct strlist files = {0}, env_files = {0}, profiles = {0}, wanted = {0};
	struct compose_options o = {.files = &files, .env_files = &env_files, .profiles = &profiles, .wanted = &wanted};
	const struct {
		const char *name;
		struct strlist *list;
		const char **text;
	} options[] = {{"-f", &files, NULL},           {"--env-file", &env_files, NULL},
		       {"--profile", &profiles, NULL}, {"--service", &wanted, NULL},
		       {"-p", NULL, &o.name},          {"--project-directory", NULL, &o.working_dir}};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--no-env") == 0)
			o.no_host_env = true;
		for (size_t k = 0; i + 1 < argc && k < sizeof(options) / sizeof(options[0]); k++)
			if (strcmp(argv[i], options[k].name) == 0) {
				i++;
				if (options[k].list)
					strlist_add(options[k].list, argv[i]);
				else
					*options[k].text = argv[i];
				break;
			}
	}
	CLEANUP_COMPOSE_PROJECT struct compose_project p = {0};
	struct err err = {0};
	if (compose_project_load(&o, &p, &err) < 0) {
		fprintf(stderr, "%s: %s: %s\n", err_code_name(err.code), err.id, err.msg);
		return 1;
	}
	json_auto_t *v = project(&p);
	if (!v)
		return 2;
	json_dumpf(v, stdout, JSON_INDENT(1));
	return 0;
}
