#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compose/member.h"
#include "compose/parts.h"

/* external: and name: of a network, a volume, a config or a secret. */
static void take_name(const struct compose_project *p, const char *key, const json_t *in, bool *external, char **name)
{
	const json_t *e = json_object_get(in, "external");
	const char *given = compose_text(in, "name"), *old = compose_text(e, "name");
	*external = json_is_object(e) || json_is_true(e);
	if (!given || !*given)
		given = old;
	*name = given ? mem_strdup(given) : *external ? mem_strdup(key) : mem_printf("%s_%s", p->name, key);
}

static int take_subnet(struct compose_scope *s, const struct compose_at *at, const json_t *in,
		       struct compose_network *out, struct err *err)
{
	const json_t *configs = json_object_get(json_object_get(in, "ipam"), "config");
	size_t i;
	json_t *v;
	json_array_foreach (configs, i, v) {
		const char *subnet = compose_text(v, "subnet");
		unsigned char bytes[16];
		if (!subnet || out->subnet)
			continue;
		const char *slash = strchr(subnet, '/');
		CLEANUP_FREE char *address = mem_strndup(subnet, strcspn(subnet, "/"));
		const bool v4 = inet_pton(AF_INET, address, bytes) == 1;
		const size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
		if ((!v4 && inet_pton(AF_INET6, address, bytes) != 1) || !digits || digits > 3 || slash[1 + digits] ||
		    (v4 && atoi(slash + 1) > 32))
			return compose_fail(s, COMPOSE_KEY(at, "ipam"), err, "compose-invalid",
					    "the subnet is not ADDRESS/LENGTH: %.100s", subnet);
		if (!v4)
			continue;
		out->subnet = mem_strdup(subnet);
		out->gateway = compose_take_text(v, "gateway");
		if (out->gateway && inet_pton(AF_INET, out->gateway, bytes) != 1)
			return compose_fail(s, COMPOSE_KEY(at, "ipam"), err, "compose-invalid",
					    "the gateway is not an address: %.100s", out->gateway);
	}
	return 0;
}

static bool is_joined(const struct compose_project *p, const char *key)
{
	for (size_t i = 0; i < p->n_services; i++)
		for (size_t k = 0; k < p->services[i].n_networks; k++)
			if (strcmp(p->services[i].networks[k].network, key) == 0)
				return true;
	return false;
}

static int take_networks(struct compose_scope *s, json_t *tree, struct compose_project *p, struct err *err)
{
	json_t *networks = json_object_get(tree, "networks"), *v;
	const struct compose_at section = {.key = "networks"};
	const char *key;
	p->networks = mem_calloc(json_object_size(networks) + 1, sizeof(*p->networks));
	json_object_foreach (networks, key, v) {
		if (!is_joined(p, key))
			continue;
		struct compose_network *n = &p->networks[p->n_networks++];
		n->key = mem_strdup(key);
		take_name(p, key, v, &n->external, &n->name);
		n->internal = compose_take_bool(v, "internal", false);
		int e = take_subnet(s, COMPOSE_KEY(&section, key), v, n, err);
		if (e < 0)
			return e;
	}
	if (is_joined(p, "default") && !json_object_get(networks, "default")) {
		struct compose_network *n = &p->networks[p->n_networks++];
		n->key = mem_strdup("default");
		n->name = mem_printf("%s_default", p->name);
	}
	return 0;
}

static bool has_word(const char *list, const char *word)
{
	const size_t n = strlen(word);
	for (const char *p = list; *p; p += strspn(p, ",")) {
		const size_t len = strcspn(p, ",");
		if (len == n && memcmp(p, word, n) == 0)
			return true;
		p += len;
	}
	return false;
}

/* driver_opts of a volume that is a directory of this machine. */
static void take_bind(struct compose_scope *s, const char *key, const json_t *in, struct compose_volume *out)
{
	const json_t *options = json_object_get(in, "driver_opts");
	const char *o = compose_text(options, "o"), *device = compose_text(options, "device");
	if (!json_object_size(options))
		return;
	if (o && device && (has_word(o, "bind") || has_word(o, "rbind")))
		out->bind = mem_strdup(device);
	else
		notes_add(s->reading->notes, "compose-key-ignored",
			  "slim ignores driver_opts of the volume %.100s: it is a directory of slim, unless o is bind",
			  key);
}

static void take_volumes(struct compose_scope *s, json_t *tree, struct compose_project *p)
{
	json_t *volumes = json_object_get(tree, "volumes"), *v;
	const char *key;
	p->volumes = mem_calloc(json_object_size(volumes) + 1, sizeof(*p->volumes));
	json_object_foreach (volumes, key, v) {
		struct compose_volume *out = &p->volumes[p->n_volumes++];
		out->key = mem_strdup(key);
		take_name(p, key, v, &out->external, &out->name);
		take_bind(s, key, v, out);
	}
}

static int take_sources(struct compose_scope *s, json_t *tree, const char *section, const struct compose_project *p,
			struct compose_file_source **out, size_t *n, struct err *err)
{
	json_t *sources = json_object_get(tree, section), *v;
	const struct compose_at at = {.key = section};
	const char *key;
	*out = mem_calloc(json_object_size(sources) + 1, sizeof(**out));
	json_object_foreach (sources, key, v) {
		struct compose_file_source *f = &(*out)[(*n)++];
		f->key = mem_strdup(key);
		take_name(p, key, v, &f->external, &f->name);
		f->file = compose_take_text(v, "file");
		f->environment = compose_take_text(v, "environment");
		f->content = mem_strdup(compose_text(v, "content"));
		const int given = !!f->file + !!f->environment + !!f->content + f->external;
		if (given != 1)
			return compose_fail(s, COMPOSE_KEY(&at, key), err, "compose-invalid",
					    "it needs one of file, environment, content and external");
		if (f->environment)
			f->content = mem_strdup(compose_text(v, COMPOSE_VALUE));
	}
	return 0;
}

int compose_decode_resources(struct compose_scope *s, json_t *tree, struct compose_project *p, struct err *err)
{
	int e = take_networks(s, tree, p, err);
	take_volumes(s, tree, p);
	if (e == 0)
		e = take_sources(s, tree, "configs", p, &p->configs, &p->n_configs, err);
	if (e == 0)
		e = take_sources(s, tree, "secrets", p, &p->secrets, &p->n_secrets, err);
	return e;
}
