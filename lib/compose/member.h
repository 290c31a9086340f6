/* compose/member.h - takes members of a tree that shape.h made. */
#pragma once

#include "compose/project.h"
#include "compose/read/reading.h"

/* Makes what slim says of a value why it does not run the service, unless something else is already. */
void compose_refuse(struct compose_scope *s, const struct compose_at *at, struct compose_service *out, const char *fmt,
		    ...) PRINTF_LIKE(4, 5);

/* NULL = absent. */
char *compose_take_text(const json_t *in, const char *key); /* free() */
const char *compose_text(const json_t *in, const char *key);
int compose_take_list(struct compose_scope *s, const json_t *in, const char *key, struct strlist *out,
		      struct err *err) MUST_CHECK;
uint64_t compose_take_number(const json_t *in, const char *key, uint64_t otherwise);
bool compose_take_bool(const json_t *in, const char *key, bool otherwise);
