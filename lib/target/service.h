/* target/service.h - a service that runs already, opened so that it can be driven: where its ports are reached, and,
 * of a container or a process, the namespaces and the process behind them. Nothing of it is changed, and nothing is put
 * into it. Lifetime: target_service_open, _done. */
#pragma once

#include "oci/image_config.h"
#include "target/target.h"
#include "transport/container.h"

struct target_service {
	char *what;                     /* for messages: "http://localhost:8080/", "the container web", "process 123" */
	struct oci_image_config config; /* its ports: of the URL; that the image exposes. All else is empty */
	char *address;                  /* of a URL's host, numeric; NULL = of any other target */
	const char *host;               /* of the URL, if it is a name; else NULL */
	struct transport_container container; /* what its engine says, but for config; all zero = it has none */
	/* Of a container or process. */
	pid_t pid;                   /* 0 = of a URL */
	int pidfd, network_ns, root; /* root: of its file system, O_PATH */
	bool owns_network;           /* it is not in our network namespace */
};

/* until: how long a URL is waited for (clock_ms). ERR_NOTFOUND, ERR_DENIED (it takes root to enter a process's
 * namespaces), ERR_UNSUPPORTED (an engine on another machine), ERR_SYS, ERR_CANCELLED. *out is valid in any case. */
int target_service_open(const struct target *t, const struct transport_options *access, uint64_t until,
			struct target_service *out, struct err *err) MUST_CHECK;
/* Whether the process still runs; true for a URL. */
bool target_service_runs(const struct target_service *s);
void target_service_done(struct target_service *s);
#define CLEANUP_TARGET_SERVICE CLEANUP(target_service_done)
