/* net/auth/authorization.h - the Authorization headers of one registry: credentials turned into Basic, or into Bearer
 * tokens from the token server that its challenge names. Tokens are kept per scope and made anew before they expire (so
 * in the middle of a long pull). Spec: distribution token spec, and its OAuth2 form for identity tokens. Thread-safe:
 * threads of one source share it; each uses a net_exchange_client of its own for the token server. */
#pragma once

#include "net/auth/credentials.h"
#include "net/exchange.h"

struct net_authorization;
/* credentials are taken over. insecure: the token server's certificate is not checked either. */
struct net_authorization *net_authorization_new(const char *origin /* "https://host:port" */,
						struct net_auth_credentials *credentials,
						const struct net_exchange_peer *peer);
void net_authorization_free(struct net_authorization *a);

/* "Authorization: ..." for what is asked for, or NULL when no challenge was seen yet or none is needed. scope:
 * "repository:library/nginx:pull". The caller wipes it with secret_free (text/secret.h). */
int net_authorization_header(struct net_authorization *a, const char *scope, const struct progress *progress,
			     char **out, struct err *err) MUST_CHECK;
/* Call it after a 401 with these WWW-Authenticate headers. *again: another try is worth it (a first challenge, or an
 * expired token). sent: the header line that was refused, NULL = the request had none. Otherwise ERR_DENIED: the
 * message names the registry and the source of the credentials, if any were sent, and gives advice (skopeo login,
 * --creds). Credentials are never sent to a realm over plain http if the registry spoke https. */
int net_authorization_refused(struct net_authorization *a, const struct strlist *challenges, const char *scope,
			      const char *sent, bool *again, struct err *err) MUST_CHECK;
