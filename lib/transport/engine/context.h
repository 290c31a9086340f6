/* transport/engine/context.h - docker's contexts: named engines in files below $DOCKER_CONFIG (~/.docker).
 * Spec: docker CLI, cli/context/store: config.json (currentContext), contexts/meta/SHA256(name)/meta.json,
 * contexts/tls/SHA256(name)/docker/{ca,cert,key}.pem. Private to lib/transport/engine/. */
#pragma once

#include "base/err.h"
#include "transport/engine/address.h"

/* The directory of docker's configuration; NULL without a home; free(). */
char *engine_docker_config(void);
/* currentContext of its config.json; NULL = none, or "default"; free(). A file that is there and can't be understood is
 * an error. */
int engine_context_current(const char *config_dir, char **name, struct err *err) MUST_CHECK;
/* Fills out's url, from and TLS. ERR_NOTFOUND names the context. url stays NULL for a context that has no endpoint of
 * its own: docker's default then. */
int engine_context_read(const char *config_dir, const char *name, struct engine_address *out,
			struct err *err) MUST_CHECK;
/* The three files of dir that are there, into ca, cert and key. */
void engine_tls_files(const char *dir, struct engine_address *out);
