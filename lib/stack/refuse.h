/* stack/refuse.h - the error of a service that wants what slim does not give a container. Private to lib/stack/. */
#pragma once

#include "compose/project.h"

/* what: a noun, "all rights of this machine (privileged)". Returns ERR_UNSUPPORTED. */
int stack_refuse(const struct compose_service *s, const char *what, struct err *err);
