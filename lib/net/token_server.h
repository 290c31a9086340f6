/* net/token_server.h - asks a token server for a token. Spec: distribution token spec (GET, with user and password or
 * without) and its OAuth2 form (POST, with an identity token). */
#pragma once

#include "net/auth_credentials.h"
#include "net/exchange.h"
#include "net/token_answer.h"

struct token_question {
	const char *realm;   /* of the challenge: an http or https URL */
	const char *service; /* NULL = none */
	const char *scope;   /* one or several, a space between them */
	const struct auth_credentials *credentials;
	const struct exchange_peer *peer;
};

/* Tried again while the server is busy. Redirects with credentials are followed within the server only. *status: of its
 * answer, 0 when none came. ERR_DENIED when that is one of those below; the message has the server's own words, and
 * what the user can do is the caller's to say. */
int token_server_ask(const struct token_question *q, const struct progress *progress, int *status,
		     struct token_answer *out, struct err *err) MUST_CHECK;
/* Whether a status says that the credentials are not good, or that some are needed. */
bool token_server_denies(int status);
