/* transport/container.h - a running container of an engine, as the engine describes it. */
#pragma once

#include <sys/types.h>

#include "oci/image_config.h"
#include "transport/options.h"

struct transport_container {
	char *engine; /* "docker at unix:///run/docker.sock" */
	char *id, *name;
	pid_t pid;                      /* its first process, on this machine */
	char *image;                    /* as it was named when the container was made; NULL = that is not said */
	char *image_id;                 /* "sha256:..." of its config; NULL = that is not said */
	char *hostname;                 /* NULL = that is not said */
	struct oci_image_config config; /* the ports that it exposes; all else is empty */
};

/* engine: docker-daemon, containers-storage; OCI_SCHEME_NONE = the first that has it. ERR_NOTFOUND names the places
 * that were looked at; ERR_INVAL: it does not run; ERR_UNSUPPORTED: the engine, or the container, is not on this
 * machine. *out is valid in any case. */
int transport_container_find(const char *name, enum oci_scheme engine, const struct transport_options *options,
			     struct transport_container *out, struct err *err) MUST_CHECK;
/* Whether the process, which may be another by now, is in a cgroup of the container. */
bool transport_container_has(const struct transport_container *c, pid_t pid);
void transport_container_done(struct transport_container *c);
