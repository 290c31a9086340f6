/* target/service.h - opens a service that runs already, so that it can be driven. It has the address of the ports and,
 * of a container or a process, the namespaces and the process. The service is not changed, and nothing is put into it.
 * Lifetime: target_service_open, _done. */
#pragma once

#include "oci/image_config.h"
#include "target/target.h"
#include "transport/container.h"

struct target_service {
	char *what;                     /* for messages: "http://localhost:8080/", "the container web", "process 123" */
	struct oci_image_config config; /* only its ports: that of the URL, or those that the image exposes */
	char *address;                  /* of a URL's host, numeric; NULL = of any other target */
	const char *host;               /* of the URL, if it is a name; else NULL */
	struct transport_container container; /* from its engine, without config; all zero = no engine has it */
	/* Of a container or process. */
	pid_t pid;                   /* 0 = of a URL */
	int pidfd, network_ns, root; /* root: of its file system, O_PATH */
	bool owns_network;           /* it is not in our network namespace */
};

/* until: how long a URL is waited for (clock_ms). ERR_NOTFOUND, ERR_DENIED (entering a process's
 * namespaces requires root), ERR_UNSUPPORTED (an engine on another machine), ERR_SYS, ERR_CANCELLED. *out is valid in
 * any case. */
int target_service_open(const struct target *t, const struct transport_options *access, uint64_t until,
			struct target_service *out, struct err *err) MUST_CHECK;
/* True if the process still runs; always true for a URL. */
bool target_service_runs(const struct target_service *s);
void target_service_done(struct target_service *s);
#define CLEANUP_TARGET_SERVICE CLEANUP(target_service_done)
