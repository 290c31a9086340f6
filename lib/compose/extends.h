/* compose/extends.h - services with what they extend. Spec: Compose Specification, 05-services.md, extends. */
#pragma once

#include "compose/read/reading.h"

/* The services of one file, each merged with what it extends. before: the files before it, merged. A new reference. */
int compose_extend(struct compose_scope *s, json_t *services, json_t *before, json_t **out, struct err *err) MUST_CHECK;
