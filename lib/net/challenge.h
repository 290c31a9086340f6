/* net/challenge.h - WWW-Authenticate. Spec: RFC 9110, 11.6.1; the Bearer scheme of registries: distribution token spec.
 */
#pragma once

#include "base/cleanup.h"
#include "base/err.h"

enum challenge_scheme { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_scheme scheme;
	char *realm, *service, *scope, *error; /* NULL = not said */
};

/* The first challenge of the header that we can answer, Bearer before Basic; CHALLENGE_NONE if there is none.
 * ERR_PROTO: not a challenge at all, or one larger than it may be. */
int challenge_parse(const char *header, struct challenge *out, struct err *err) MUST_CHECK;
void challenge_done(struct challenge *c);
#define CLEANUP_CHALLENGE CLEANUP(challenge_done)
