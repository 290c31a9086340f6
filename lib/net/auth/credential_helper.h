/* net/auth/credential_helper.h - asks a program docker-credential-NAME for credentials. Docker and the container tools
 * use such programs for a user's keyring or a cloud's login. Spec: docker/docker-credential-helpers, its README. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"
#include "net/auth/credentials.h"

#define NET_CREDENTIAL_HELPER_MS 60000 /* it may ask a cloud, or the user */

/* server: the registry as the helper knows it. *found: false when it has nothing for it. ERR_INVAL: the name is none
 * of a program; ERR_NOTFOUND: there is no such program; ERR_TIMEOUT. Whatever it prints instead of credentials is
 * shown, of an answer that is broken nothing. */
int net_credential_helper_get(const char *name, const char *server, int timeout_ms, const struct progress *progress,
			      bool *found, struct net_auth_credentials *out, struct err *err) MUST_CHECK;
/* What it prints when it succeeds, n bytes. Credentials that are empty are none. */
int net_credential_helper_parse(const char *text, size_t n, bool *found, struct net_auth_credentials *out,
				struct err *err) MUST_CHECK;
