/* transport/registry/client.h - sends requests to one repository of one registry, and deals with its mirrors,
 * credentials, certificates, retries and redirects. Spec: OCI distribution-spec 1.1; containers-registries.conf(5);
 * containers-certs.d(5). Private to lib/transport/.
 * Thread-safe: each request takes a connection of its own from a pool. */
#pragma once

#include "net/exchange.h"
#include "oci/name.h"
#include "transport/options.h"
#include "transport/registry/call.h"

struct registry_client;

/* push: the scope asked for is pull,push, and no mirror is used. */
int registry_client_open(const struct oci_name *name, bool push, const struct transport_options *options,
			 struct registry_client **out, struct err *err) MUST_CHECK;
void registry_client_close(struct registry_client *c);

/* The answer to the last of the tries, with whatever status it has that is not worth another one. ERR_DENIED: not
 * authorized. The caller closes it before it asks the client's pool for many more. */
int registry_request(struct registry_client *c, const struct registry_call *call, struct net_exchange **out,
		     struct err *err) MUST_CHECK;
/* Makes ERR_NOTFOUND, ERR_DENIED, ERR_LIMIT or ERR_PROTO of an unexpected status. The message has the registry's own
 * words (errors[].code and message, capped and escaped) and names the request. Reads the body. */
int registry_failure(struct net_exchange *x, const char *what, struct err *err) MUST_CHECK;
/* "host/path", for messages. */
const char *registry_client_name(const struct registry_client *c);
/* The whole URL of a path, for a Location to be resolved against; free(). */
char *registry_client_url(const struct registry_client *c, const char *path);
