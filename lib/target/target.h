/* target/target.h - names a service that runs already: a URL, a container of an engine, or a process. */
#pragma once

#include <sys/types.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "net/url.h"
#include "oci/ref.h"

struct target {
	enum target_kind { TARGET_URL, TARGET_CONTAINER, TARGET_PROCESS } kind;
	struct net_url url;     /* of TARGET_URL; a fragment is left out */
	char *name;             /* of TARGET_CONTAINER: as its engine knows it, a name or an id */
	enum oci_scheme engine; /* that has it: docker-daemon, containers-storage; OCI_SCHEME_NONE = any */
	pid_t pid;              /* of TARGET_PROCESS */
};

/* http://HOST[:PORT][/PATH], https://..., pid:NUMBER, docker-daemon:NAME or docker:NAME, containers-storage:NAME or
 * podman:NAME, NAME. ERR_INVAL shows the forms. */
int target_parse(const char *text, struct target *out, struct err *err) MUST_CHECK;
void target_done(struct target *t);
#define CLEANUP_TARGET CLEANUP(target_done)
