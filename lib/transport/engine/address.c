#include "transport/engine/address.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "transport/engine/endpoint.h"

void engine_address_done(struct engine_address *a)
{
	free(a->url);
	free(a->from);
	free(a->ca);
	free(a->cert);
	free(a->key);
}

char *engine_address_name(const struct engine_address *a)
{
	if (strcmp(a->url, ENGINE_PODMAN_HERE) == 0)
		return mem_strdup("podman, started for this");
	return mem_printf("%s at %s", a->podman ? "podman" : "docker", a->url);
}
