/* transport/docker_name.h - the names that docker gives images: [HOST/]PATH[:TAG]; private to
 * lib/transport/. Spec: distribution/reference (the grammar, and what a short name means). */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* The full form, "docker.io/library/nginx:latest" for "nginx"; free(). Any string gives one. */
char *docker_name_full(const char *name);
/* name with its tag, ":latest" if it has none; free(). ERR_INVAL for what docker load would refuse. */
int docker_name_with_tag(const char *name, char **out, struct err *err) MUST_CHECK;
/* The tag of a name that has one. */
const char *docker_name_tag(const char *name);
