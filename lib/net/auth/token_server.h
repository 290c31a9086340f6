/* net/auth/token_server.h - asks a token server for a token. Spec: distribution token spec (GET, with user and password
 * or without) and its OAuth2 form (POST, with an identity token). */
#pragma once

#include "net/auth/credentials.h"
#include "net/auth/token_answer.h"
#include "net/exchange.h"

struct net_token_question {
	const char *realm;   /* of the challenge: an http or https URL */
	const char *service; /* NULL = none */
	const char *scope;   /* one or several, a space between them */
	const struct net_auth_credentials *credentials;
	const struct net_exchange_peer *peer;
};

/* Tried again while the server is busy. Redirects with credentials are followed within the server only. *status: of its
 * answer, 0 when none came. ERR_DENIED when that is one of those below; the message has the server's own words, and
 * what the user can do is the caller's to say. */
int net_token_server_ask(const struct net_token_question *q, const struct progress *progress, int *status,
			 struct net_token_answer *out, struct err *err) MUST_CHECK;
/* Whether a status says that the credentials are not good, or that some are needed. */
bool net_token_server_denies(int status);
