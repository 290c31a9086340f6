#include <arpa/inet.h>
#include <string.h>

#include "base/mem.h"
#include "compose/member.h"
#include "compose/parts.h"

static void add_dependency(struct compose_service *out, const char *service, size_t n, enum compose_condition condition,
			   bool optional)
{
	for (size_t i = 0; i < out->n_dependencies; i++)
		if (strlen(out->dependencies[i].service) == n && memcmp(out->dependencies[i].service, service, n) == 0)
			return;
	out->dependencies[out->n_dependencies++] =
	    (struct compose_dependency){mem_strndup(service, n), condition, optional};
}

static int take_depends_on(struct compose_scope *s, const struct compose_at *at, json_t *in,
			   struct compose_service *out, struct err *err)
{
	static const char *const conditions[] = {[COMPOSE_STARTED] = "service_started",
						 [COMPOSE_HEALTHY] = "service_healthy",
						 [COMPOSE_COMPLETED] = "service_completed_successfully"};
	const char *name;
	json_t *v;
	json_object_foreach (json_object_get(in, "depends_on"), name, v) {
		const char *text = compose_text(v, "condition");
		size_t c = COMPOSE_STARTED;
		while (text && c < 3 && strcmp(text, conditions[c]) != 0)
			c++;
		if (c == 3)
			return compose_fail(s, COMPOSE_KEY(COMPOSE_KEY(at, "depends_on"), name), err, "compose-invalid",
					    "the condition is not service_started, service_healthy or "
					    "service_completed_successfully: %.100s",
					    text);
		add_dependency(out, name, strlen(name), (enum compose_condition)c,
			       !compose_take_bool(v, "required", true));
	}
	return 0;
}

/* "SERVICE" or "SERVICE:ALIAS"; "SERVICE", "SERVICE:ro", "SERVICE:rw" or "container:NAME". */
static int take_links(struct compose_scope *s, const struct compose_at *at, json_t *in, struct compose_service *out,
		      struct err *err)
{
	CLEANUP_STRLIST struct strlist links = {0};
	CLEANUP_STRLIST struct strlist from = {0};
	int e = compose_take_list(s, in, "links", &links, err);
	if (e == 0)
		e = compose_take_list(s, in, "volumes_from", &from, err);
	for (size_t i = 0; e == 0 && i < links.count; i++) {
		const char *link = links.items[i];
		const size_t n = strcspn(link, ":");
		add_dependency(out, link, n, COMPOSE_STARTED, false);
		strlist_take(&out->links, link[n] && link[n + 1] ? mem_strdup(link)
								 : mem_printf("%.*s:%.*s", (int)n, link, (int)n, link));
	}
	for (size_t i = 0; e == 0 && i < from.count; i++) {
		const char *name = from.items[i];
		const size_t n = strcspn(name, ":");
		if (strncmp(name, "container:", 10) == 0) {
			compose_refuse(s, COMPOSE_KEY(at, "volumes_from"), out, "it knows no volumes of %.100s", name);
			continue;
		}
		if (name[n] && strcmp(name + n, ":ro") != 0 && strcmp(name + n, ":rw") != 0)
			return compose_fail(s, COMPOSE_KEY(at, "volumes_from"), err, "compose-invalid",
					    "the item is not SERVICE, SERVICE:ro or SERVICE:rw: %.100s", name);
		add_dependency(out, name, n, COMPOSE_STARTED, false);
		strlist_take(&out->volumes_from,
			     strcmp(name + n, ":ro") == 0 ? mem_strdup(name) : mem_strndup(name, n));
	}
	return e;
}

static int take_networks(struct compose_scope *s, const struct compose_at *at, json_t *in, struct compose_service *out,
			 struct err *err)
{
	json_t *networks = json_object_get(in, "networks"), *v;
	const char *name;
	out->networks = mem_calloc(json_object_size(networks) + 1, sizeof(*out->networks));
	json_object_foreach (networks, name, v) {
		struct compose_attachment *a = &out->networks[out->n_networks++];
		unsigned char bytes[4];
		a->network = mem_strdup(name);
		a->ipv4 = compose_take_text(v, "ipv4_address");
		if (a->ipv4 && inet_pton(AF_INET, a->ipv4, bytes) != 1)
			return compose_fail(s, COMPOSE_KEY(COMPOSE_KEY(at, "networks"), name), err, "compose-invalid",
					    "ipv4_address is not an IPv4 address: %.100s", a->ipv4);
		int e = compose_take_list(s, v, "aliases", &a->aliases, err);
		if (e < 0)
			return e;
	}
	if (!out->n_networks && !out->network_mode)
		out->networks[out->n_networks++].network = mem_strdup("default");
	return compose_spend(s->reading, out->n_networks, 0, err);
}

static int take_network_mode(struct compose_scope *s, const struct compose_at *at, const json_t *in,
			     struct compose_service *out, struct err *err)
{
	const struct compose_at here = {.up = at, .key = "network_mode"};
	out->network_mode = compose_take_text(in, "network_mode");
	const char *mode = out->network_mode;
	if (!mode)
		return 0;
	if (json_object_size(json_object_get(in, "networks")))
		return compose_fail(s, &here, err, "compose-invalid",
				    "network_mode and networks exclude each other; remove one of them");
	if (strncmp(mode, "service:", 8) == 0 && mode[8])
		add_dependency(out, mode + 8, strlen(mode + 8), COMPOSE_STARTED, false);
	else if (strcmp(mode, "host") != 0 && strcmp(mode, "none") != 0 && strcmp(mode, "bridge") != 0)
		compose_refuse(s, &here, out, "it knows host, none, bridge and service:NAME, not %.100s", mode);
	return 0;
}

int compose_decode_relations(struct compose_scope *s, const struct compose_at *at, json_t *in,
			     struct compose_service *out, struct err *err)
{
	const size_t most = json_object_size(json_object_get(in, "depends_on")) +
			    json_array_size(json_object_get(in, "links")) +
			    json_array_size(json_object_get(in, "volumes_from")) + 1;
	if (most > LIMIT_COMPOSE_SERVICES + 1)
		return compose_fail(s, COMPOSE_KEY(at, "depends_on"), err, "compose-too-large",
				    "more than %d services are named", LIMIT_COMPOSE_SERVICES);
	out->dependencies = mem_calloc(most, sizeof(*out->dependencies));
	int e = compose_spend(s->reading, most, 0, err);
	if (e == 0)
		e = take_depends_on(s, at, in, out, err);
	if (e == 0)
		e = take_links(s, at, in, out, err);
	if (e == 0)
		e = take_network_mode(s, at, in, out, err);
	return e < 0 ? e : take_networks(s, at, in, out, err);
}
