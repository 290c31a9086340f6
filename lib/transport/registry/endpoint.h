/* transport/registry/endpoint.h - sends requests to a repository at one host: with its scheme, certificates and
 * credentials, redirects, retries. Spec: OCI distribution-spec 1.1. Private to lib/transport/registry/.
 * Thread-safe. */
#pragma once

#include "net/exchange.h"
#include "transport/options.h"
#include "transport/registry/call.h"
#include "transport/registry/config.h"

struct registry_endpoint;

/* actions: of the scope: "pull" or "pull,push". A mirror gets no --creds: they are the registry's. */
int registry_endpoint_open(const struct registry_place *place, const char *actions, bool mirror,
			   const struct transport_options *options, struct registry_endpoint **out,
			   struct err *err) MUST_CHECK;
void registry_endpoint_close(struct registry_endpoint *e);
/* As registry_request, of this place alone. */
int registry_endpoint_request(struct registry_endpoint *e, const struct registry_call *call, struct net_exchange **out,
			      struct err *err) MUST_CHECK;
/* "https://HOST/v2/PATH/" and path; or path, if it is a whole URL. free(). */
char *registry_endpoint_url(const struct registry_endpoint *e, const char *path);
const char *registry_endpoint_name(const struct registry_endpoint *e); /* "host/path" */
