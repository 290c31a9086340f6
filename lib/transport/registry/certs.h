/* transport/registry/certs.h - finds the certificates for one registry. Spec: containers-certs.d(5). The first of these
 * directories that is there counts: certs.d/HOST[:PORT] in the user's ~/.config/containers, in /etc/containers, in
 * /etc/docker. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strlist.h"

struct registry_certs {
	struct strlist ca_files; /* *.crt: authorities, beside the system's */
	char *cert, *key;        /* NAME.cert and NAME.key: the client's own; NULL = none */
};

/* host: "example.com:5000". ERR_INVAL for a client certificate without its key, or the other way round. */
int registry_certs_find(const char *host, struct registry_certs *out, struct err *err) MUST_CHECK;
void registry_certs_done(struct registry_certs *c);
#define CLEANUP_REGISTRY_CERTS CLEANUP(registry_certs_done)
