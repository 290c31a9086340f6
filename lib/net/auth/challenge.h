/* net/auth/challenge.h - parses WWW-Authenticate headers. Spec: RFC 9110, 11.6.1; the Bearer scheme of registries:
 * distribution token spec. */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"

enum net_challenge_scheme { NET_CHALLENGE_NONE, NET_CHALLENGE_BASIC, NET_CHALLENGE_BEARER };

struct net_challenge {
	enum net_challenge_scheme scheme;
	char *realm, *service, *scope, *error; /* NULL = not said */
};

/* Reads the first challenge of the header that we can answer, Bearer before Basic; NET_CHALLENGE_NONE if we can
 * answer none of them. ERR_PROTO if the header is malformed or too large. */
int net_challenge_parse(const char *header, struct net_challenge *out, struct err *err) MUST_CHECK;
void net_challenge_done(struct net_challenge *c);
#define CLEANUP_NET_CHALLENGE CLEANUP(net_challenge_done)
