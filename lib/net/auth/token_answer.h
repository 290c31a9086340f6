/* net/auth/token_answer.h - parses the answer of a token server. Spec: distribution token spec, and its OAuth2 form. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/err.h"

struct net_token_answer {
	char *token;      /* of visible ASCII characters only */
	uint64_t life_ms; /* from now on */
};
void net_token_answer_done(struct net_token_answer *a); /* wipes */
#define CLEANUP_NET_TOKEN_ANSWER CLEANUP(net_token_answer_done)

/* The body of an answer. now: seconds since 1970. */
int net_token_answer_parse(const char *text, size_t n, int64_t now, struct net_token_answer *out,
			   struct err *err) MUST_CHECK;
