/* transport/registry/config.h - reads registries.conf: the place from which the image of a name is really fetched.
 * Spec: containers-registries.conf(5), version 2. Read: $CONTAINERS_REGISTRIES_CONF, else the user's
 * ~/.config/containers/registries.conf, else /etc/containers/registries.conf. Then the *.conf of
 * /etc/containers/registries.conf.d (not with the user's own file) and of the user's registries.conf.d; for the same
 * prefix the later file wins. Docker's daemon.json is not read: it speaks for a daemon.
 * Not used: unqualified-search-registries and aliases. A name without a host is docker.io's, as it is for docker: the
 * meaning of a name must not depend on a list of guesses. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "oci/name.h"

/* One place that may have the image. */
struct registry_place {
	char *host, *path; /* of the place: "mirror.example.com:5000", "cache/library/nginx" */
	bool insecure;     /* certificates are not checked, plain HTTP is taken */
};

struct registry_places {
	struct registry_place *items; /* mirrors in the order to try them, the registry itself last */
	size_t count;
};

/* mirrors false: only the registry itself. ERR_DENIED for a blocked one. */
int registry_config_find(const struct oci_name *name, bool mirrors, struct registry_places *out,
			 struct err *err) MUST_CHECK;
void registry_places_done(struct registry_places *p);
#define CLEANUP_REGISTRY_PLACES CLEANUP(registry_places_done)

/* Returns a path below the user's configuration directory ($XDG_CONFIG_HOME or ~/.config); free(). NULL = the user
 * has no such directory. */
char *registry_user_path(const char *path);
