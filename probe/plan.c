#include "probe/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t probe_plan_make(void *plan, const struct oci_image_config *config, const struct exercise **out)
{
	struct probe_plan *p = plan;
	size_t n = 0;
	p->exercises =
	    mem_calloc(3 + p->n_talks + p->n_clients + p->execs->count + p->host_execs->count, sizeof(*p->exercises));
	if (config->healthcheck.count && strcmp(config->healthcheck.items[0], "NONE") != 0) {
		p->healthcheck = (struct probe_healthcheck_options){&config->healthcheck, &config->shell};
		probe_healthcheck(&p->healthcheck, &p->exercises[n++]);
	}
	if (p->script && p->script->script->count)
		probe_script(p->script, &p->exercises[n++]);
	else if (p->http && (config->n_ports || p->has_ports || p->host_execs->count))
		probe_http(p->http, &p->exercises[n++]);
	if (p->apispec)
		probe_apispec(p->apispec, &p->exercises[n++]);
	for (size_t i = 0; i < p->n_talks; i++)
		probe_talk(&p->talks[i], &p->exercises[n++]);
	for (size_t i = 0; i < p->n_clients; i++)
		probe_client(&p->clients[i], &p->exercises[n++]);
	if (p->spec && p->spec->count)
		probe_spec(p->spec, &p->exercises[n++]);
	for (size_t i = 0; i < p->execs->count; i++)
		probe_exec(p->execs->items[i], &p->exercises[n++]);
	for (size_t i = 0; i < p->host_execs->count; i++)
		probe_host_exec(p->host_execs->items[i], &p->exercises[n++]);
	*out = p->exercises;
	return n;
}

void probe_plan_done(struct probe_plan *p)
{
	free(p->exercises);
	p->exercises = NULL;
}
