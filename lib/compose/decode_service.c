#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "compose/member.h"
#include "compose/parts.h"
#include "compose/read/keys.h"
#include "oci/port.h"

/* The first key that slim refuses becomes the reason why it does not run the service. */
static void find_refused(struct compose_scope *s, const struct compose_at *at, enum compose_section section, json_t *in,
			 struct compose_service *out)
{
	const char *key;
	json_t *v;
	json_object_foreach (in, key, v) {
		const struct compose_key *row = compose_key_find(section, key);
		const char *text = json_string_value(v);
		if (row && row->verdict == COMPOSE_REFUSED && !(text && (!*text || compose_key_is_fine(row, text))))
			compose_refuse(s, COMPOSE_KEY(at, key), out, "%s", row->reason);
	}
}

static int take_healthcheck(struct compose_scope *s, const json_t *in, struct compose_service *out, struct err *err)
{
	const json_t *h = json_object_get(in, "healthcheck");
	if (!h)
		return 0;
	struct compose_healthcheck *c = out->healthcheck = mem_alloc(sizeof(*c));
	int e = compose_take_list(s, h, "test", &c->test, err);
	c->disabled =
	    compose_take_bool(h, "disable", false) || (c->test.count && strcmp(c->test.items[0], "NONE") == 0);
	c->interval = compose_take_number(h, "interval", 0);
	c->timeout = compose_take_number(h, "timeout", 0);
	c->start_period = compose_take_number(h, "start_period", 0);
	c->start_interval = compose_take_number(h, "start_interval", 0);
	c->retries = (unsigned)compose_take_number(h, "retries", 0);
	return e;
}

static int take_build(struct compose_scope *s, json_t *in, struct compose_service *out, struct err *err)
{
	json_t *b = json_object_get(in, "build"), *args = json_object_get(b, "args"), *v;
	const char *key;
	if (!b)
		return 0;
	struct compose_build *build = out->build = mem_alloc(sizeof(*build));
	build->context = compose_take_text(b, "context");
	build->dockerfile = compose_take_text(b, "dockerfile");
	build->dockerfile_inline = compose_take_text(b, "dockerfile_inline");
	build->target = compose_take_text(b, "target");
	json_object_foreach (args, key, v) {
		const char *value = json_is_null(v) ? compose_env_get(s->env, key) : json_string_value(v);
		if (value)
			strlist_take(&build->args, mem_printf("%s=%s", key, value));
	}
	json_object_foreach (b, key, v) {
		const struct compose_key *row = compose_key_find(COMPOSE_BUILD, key);
		if (row && row->verdict == COMPOSE_IGNORED)
			strlist_add(&build->extra, key);
	}
	return compose_spend(s->reading, json_object_size(args), 0, err);
}

static int take_ulimits(struct compose_scope *s, json_t *in, struct compose_service *out, struct err *err)
{
	json_t *limits = json_object_get(in, "ulimits"), *v;
	const char *name;
	out->ulimits = mem_calloc(json_object_size(limits) + 1, sizeof(*out->ulimits));
	json_object_foreach (limits, name, v) {
		struct compose_ulimit *l = &out->ulimits[out->n_ulimits++];
		l->name = mem_strdup(name);
		l->soft = json_integer_value(json_object_get(v, "soft"));
		l->hard = json_integer_value(json_object_get(v, "hard"));
	}
	return compose_spend(s->reading, out->n_ulimits, 0, err);
}

static int take_sysctls(struct compose_scope *s, json_t *in, struct compose_service *out, struct err *err)
{
	json_t *sysctls = json_object_get(in, "sysctls"), *v;
	const char *name;
	json_object_foreach (sysctls, name, v)
		strlist_take(&out->sysctls, mem_printf("%s=%s", name, json_is_string(v) ? json_string_value(v) : ""));
	return compose_spend(s->reading, out->sysctls.count, 0, err);
}

static int take_expose(struct compose_scope *s, const struct compose_at *at, const json_t *in,
		       struct compose_service *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist given = {0};
	int e = compose_take_list(s, in, "expose", &given, err);
	for (size_t i = 0; e == 0 && i < given.count; i++) {
		struct oci_port_range r;
		if (!oci_port_range_parse(given.items[i], &r))
			return compose_fail(s, COMPOSE_ITEM(COMPOSE_KEY(at, "expose"), i), err, "compose-port-invalid",
					    "the value is not a port (80, 53/udp, 8000-8010): %.100s", given.items[i]);
		if ((e = compose_spend(s->reading, r.last - r.first, 0, err)) < 0)
			return e;
		static const char *const endings[] = {
		    [OCI_PORT_TCP] = "", [OCI_PORT_UDP] = "/udp", [OCI_PORT_SCTP] = "/sctp"};
		for (unsigned port = r.first; port <= r.last; port++)
			strlist_take(&out->expose, mem_printf("%u%s", port, endings[r.protocol]));
	}
	return e;
}

static int take_limits(struct compose_scope *s, const struct compose_at *at, const json_t *in,
		       struct compose_service *out, struct err *err)
{
	const char *pids = compose_text(in, "pids_limit"), *cpus = compose_text(in, "cpus");
	char *end;
	out->shm_bytes = compose_take_number(in, "shm_size", 0);
	out->memory_bytes = compose_take_number(in, "mem_limit", 0);
	out->stop_grace = compose_take_number(in, "stop_grace_period", 0);
	if (pids && strcmp(pids, "-1") != 0) {
		if (!*pids || strlen(pids) > 10 || strspn(pids, "0123456789") != strlen(pids))
			return compose_fail(s, COMPOSE_KEY(at, "pids_limit"), err, "compose-invalid",
					    "the value is not a whole number: %.100s", pids);
		out->pids = strtoull(pids, &end, 10);
	}
	if (cpus && (!*cpus || strspn(cpus, "0123456789.") != strlen(cpus) || (strtod(cpus, &end), *end)))
		return compose_fail(s, COMPOSE_KEY(at, "cpus"), err, "compose-invalid",
				    "the value is not a number: %.100s", cpus);
	out->cpus = cpus && strtod(cpus, NULL) > 0 ? mem_strdup(cpus) : NULL;
	return 0;
}

static int take_lists(struct compose_scope *s, const json_t *in, struct compose_service *out, struct err *err)
{
	const struct {
		const char *key;
		struct strlist *list;
	} lists[] = {{"command", &out->command},
		     {"entrypoint", &out->entrypoint},
		     {"ports", &out->ports},
		     {"cap_add", &out->cap_add},
		     {"cap_drop", &out->cap_drop},
		     {"group_add", &out->group_add},
		     {"security_opt", &out->security_opt},
		     {"devices", &out->devices},
		     {"extra_hosts", &out->extra_hosts},
		     {"dns", &out->dns},
		     {"dns_search", &out->dns_search},
		     {"dns_opt", &out->dns_opts},
		     {"profiles", &out->profiles}};
	int e = 0;
	for (size_t i = 0; e == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
		e = compose_take_list(s, in, lists[i].key, lists[i].list, err);
	out->has_command = json_object_get(in, "command");
	out->has_entrypoint = json_object_get(in, "entrypoint");
	return e;
}

static void take_texts(const json_t *in, struct compose_service *out)
{
	const struct {
		const char *key;
		char **text;
	} texts[] = {{"image", &out->image},
		     {"user", &out->user},
		     {"working_dir", &out->working_dir},
		     {"hostname", &out->hostname},
		     {"container_name", &out->container_name},
		     {"platform", &out->platform},
		     {"stop_signal", &out->stop_signal}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].text = compose_take_text(in, texts[i].key);
	out->read_only = compose_take_bool(in, "read_only", false);
	out->init = compose_take_bool(in, "init", false);
	out->privileged = compose_take_bool(in, "privileged", false);
}

int compose_decode_service(struct compose_scope *s, const struct compose_at *at, json_t *in,
			   struct compose_service *out, struct err *err)
{
	int e;
	take_texts(in, out);
	find_refused(s, at, COMPOSE_SERVICE, in, out);
	if ((e = take_lists(s, in, out, err)) < 0 || (e = take_healthcheck(s, in, out, err)) < 0 ||
	    (e = take_build(s, in, out, err)) < 0 || (e = take_ulimits(s, in, out, err)) < 0 ||
	    (e = take_sysctls(s, in, out, err)) < 0 || (e = take_expose(s, at, in, out, err)) < 0 ||
	    (e = take_limits(s, at, in, out, err)) < 0 || (e = compose_decode_mounts(s, at, in, out, err)) < 0 ||
	    (e = compose_decode_grants(s, in, "configs", &out->configs, &out->n_configs, err)) < 0 ||
	    (e = compose_decode_grants(s, in, "secrets", &out->secrets, &out->n_secrets, err)) < 0 ||
	    (e = compose_decode_relations(s, at, in, out, err)) < 0)
		return e;
	if (!out->image && !out->build && !out->refused)
		return compose_fail(s, at, err, "compose-invalid", "the service has neither image nor build");
	return 0;
}
