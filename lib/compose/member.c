#include "compose/member.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

const char *compose_text(const json_t *in, const char *key)
{
	return json_string_value(json_object_get(in, key));
}

char *compose_take_text(const json_t *in, const char *key)
{
	const char *text = compose_text(in, key);
	return text && *text ? mem_strdup(text) : NULL;
}

int compose_take_list(struct compose_scope *s, const json_t *in, const char *key, struct strlist *out, struct err *err)
{
	const json_t *list = json_object_get(in, key);
	size_t i, bytes = 0;
	json_t *v;
	json_array_foreach (list, i, v) {
		strlist_add(out, json_is_string(v) ? json_string_value(v) : "");
		bytes += json_string_length(v);
	}
	return compose_spend(s->reading, json_array_size(list), bytes, err);
}

uint64_t compose_take_number(const json_t *in, const char *key, uint64_t otherwise)
{
	const json_t *v = json_object_get(in, key);
	return json_is_integer(v) ? (uint64_t)json_integer_value(v) : otherwise;
}

bool compose_take_bool(const json_t *in, const char *key, bool otherwise)
{
	const json_t *v = json_object_get(in, key);
	return v ? json_is_true(v) : otherwise;
}

void compose_refuse(struct compose_scope *s, const struct compose_at *at, struct compose_service *out, const char *fmt,
		    ...)
{
	char text[400];
	struct err e = {0};
	va_list ap;
	if (out->refused)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut if it is longer */
	va_end(ap);
	err_set(&e, ERR_UNSUPPORTED, "compose-key-refused", "slim does not run this service: %s", text);
	(void)compose_place_wrap(&s->reading->sources, s->file, at, &e); /* the message is what counts */
	out->refused = mem_strdup(e.msg);
}
