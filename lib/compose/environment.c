#include <string.h>

#include "base/mem.h"
#include "compose/member.h"
#include "compose/parts.h"

int compose_decode_environment(struct compose_scope *s, const struct compose_at *at, json_t *in,
			       struct compose_service *out, struct err *err)
{
	const json_t *files = json_object_get(in, "env_file");
	const struct compose_env env = {.up = s->env, .vars = json_object_get(in, COMPOSE_VALUE)};
	json_auto_t *vars = json_object();
	const char *name;
	size_t i;
	json_t *v;
	int e = 0;
	json_array_foreach (files, i, v) {
		const char *format = compose_text(v, "format");
		if (e == 0 && out->enabled)
			e = compose_env_read(s->reading, &env, compose_text(v, "path"),
					     compose_take_bool(v, "required", true),
					     format && strcmp(format, "raw") == 0, vars, err);
	}
	if (e < 0)
		return compose_place_wrap(&s->reading->sources, s->file, COMPOSE_KEY(at, "env_file"), err);
	json_object_update(vars, json_object_get(in, "environment"));
	size_t bytes = 0;
	json_object_foreach (vars, name, v) {
		const char *value = json_string_value(v);
		strlist_take(&out->environment, value ? mem_printf("%s=%s", name, value) : mem_strdup(name));
		bytes += strlen(name) + (value ? strlen(value) : 0);
	}
	return compose_spend(s->reading, out->environment.count, bytes, err);
}
