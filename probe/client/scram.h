/* probe/client/scram.h - the client's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677).
 * Lifetime: all zero, _first, _final, _check, _done. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct probe_scram {
	char nonce[32]; /* of ours, with its NUL */
	struct buf auth;
	unsigned char salted[32];
};

/* The first message, appended to out. */
int probe_scram_first(struct probe_scram *s, struct buf *out, struct err *err) MUST_CHECK;
/* The answer to the server's first message, appended to out. ERR_PROTO if that is not one; ERR_LIMIT if it asks for
 * more work than any server does. */
int probe_scram_final(struct probe_scram *s, const char *password, const char *message, size_t n, struct buf *out,
		      struct err *err) MUST_CHECK;
/* Whether the server's final message proves that it knows the password. ERR_PROTO. */
int probe_scram_check(const struct probe_scram *s, const char *message, size_t n, struct err *err) MUST_CHECK;
void probe_scram_done(struct probe_scram *s);
