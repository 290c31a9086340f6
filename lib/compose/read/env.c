#include "compose/read/env.h"

#include <stdlib.h>

const char *compose_env_get(const struct compose_env *e, const char *name)
{
	const char *v = e->up ? compose_env_get(e->up, name) : NULL;
	if (!v && e->host)
		v = getenv(name);
	return v ? v : json_string_value(json_object_get(e->vars, name));
}
