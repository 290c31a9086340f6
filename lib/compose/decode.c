#include "compose/decode.h"

#include "base/mem.h"
#include "compose/parts.h"

int compose_decode(struct compose_scope *s, json_t *tree, struct compose_project *p, struct err *err)
{
	json_t *services = json_object_get(tree, "services"), *v;
	const struct compose_at at = {.key = "services"};
	const char *name;
	p->services = mem_calloc(json_object_size(services) + 1, sizeof(*p->services));
	json_object_foreach (services, name, v) {
		struct compose_service *out = &p->services[p->n_services++];
		out->name = mem_strdup(name);
		int e = compose_decode_service(s, COMPOSE_KEY(&at, name), v, out, err);
		if (e < 0)
			return e;
	}
	if (!p->n_services)
		return compose_fail(s, NULL, err, "compose-service-unknown", "there are no services");
	int e = compose_decode_resources(s, tree, p, err);
	return e < 0 ? e : compose_check_references(s, p, err);
}
