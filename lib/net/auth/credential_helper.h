/* net/auth/credential_helper.h - asks a program docker-credential-NAME for credentials. Docker and the container tools
 * use such programs for a user's keyring or a cloud's login. Spec: docker/docker-credential-helpers, its README. */
#pragma once

#include <stdbool.h>

#include "base/progress.h"
#include "net/auth/credentials.h"

#define NET_CREDENTIAL_HELPER_MS 60000 /* it may ask a cloud, or the user */

/* server: the registry as the helper knows it. *found: false if the helper has no credentials for it. ERR_INVAL: the
 * name can't be a program's; ERR_NOTFOUND: the program does not exist; ERR_TIMEOUT. An error text that the helper
 * prints is shown; a malformed answer is not, as it may hold a secret. */
int net_credential_helper_get(const char *name, const char *server, int timeout_ms, const struct progress *progress,
			      bool *found, struct net_auth_credentials *out, struct err *err) MUST_CHECK;
/* Parses the n bytes that a helper prints on success. Empty credentials count as not found. */
int net_credential_helper_parse(const char *text, size_t n, bool *found, struct net_auth_credentials *out,
				struct err *err) MUST_CHECK;
