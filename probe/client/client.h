/* probe/client/client.h - small exercises of services that speak no HTTP: a login where credentials are given, one
 * write, one read, and a clean end. So an image needs no client program to be driven. Each protocol is a row with a
 * file of its own. Its function talks over the connection that it is given, and says what it does: probe_client_begin,
 * then what is sent and read, then probe_client_answered, once for each step. An error ends the exercise, and the step
 * that was under way is one without an answer. */
#pragma once

#include "exercise/exercise.h"
#include "probe/probe.h"
#include "probe/wire/wire.h"

struct probe_client {
	const char *name;                         /* of the row */
	const struct probe_client_options *given; /* never NULL */
	struct probe_wire wire;
	const struct exercise_target *target;
	uint16_t port;            /* 0 = a unix socket */
	struct exercise_log *log; /* of this try */
	const char *step;         /* what is under way, NULL = nothing */
	uint64_t began;
	bool busy;       /* the service said that it is not up yet */
	unsigned closed; /* tries that it ended without a word */
};

struct probe_client_row {
	const char *name;
	uint16_t port, other_port; /* its own one, and one more or 0 */
	const char *alpn;          /* see wire.h */
	uint16_t tls_port;         /* where it is spoken over TLS from the start; 0 = nowhere */
	bool by_default;           /* needs no credentials and harms nothing: fit for who asked for nothing else */
	bool own_tls;              /* it begins TLS itself, in its protocol's way, if given->tls */
	bool needs_user;           /* the protocol has no login without a user */
	int (*run)(struct probe_client *c, struct err *err);
};

/* Runs a row against the target's port and adds its steps. given: may be NULL, its port counts if it is not 0. Goes on
 * trying while nothing listens there or the service says that it is starting. ERR_UNPROVEN if a step failed. */
int probe_client_run(const struct probe_client_row *row, const struct probe_client_options *given,
		     const struct exercise_target *t, uint16_t port, struct exercise_log *log,
		     struct err *err) MUST_CHECK;

/* ---- for rows ---- */

/* step: the same in every run, a constant. It has PROBE_CLIENT_TIMEOUT_MS. */
#define PROBE_CLIENT_TIMEOUT_MS 30000
void probe_client_begin(struct probe_client *c, const char *step);
/* Ends the step. data, of n bytes: what can be compared with another run's. */
void probe_client_answered(struct probe_client *c, const void *data, size_t n);
/* The service refuses the step; its text, of n bytes, is escaped. */
int probe_client_refused(struct probe_client *c, const char *text, size_t n, struct err *err);
/* The service says that it is not up yet: all is tried again. */
int probe_client_not_yet(struct probe_client *c, const char *text, size_t n, struct err *err);
/* Sets the error for an answer that the protocol does not know. */
int probe_client_malformed(struct probe_client *c, const char *what, struct err *err);
/* Sets the error for an answer that is not the value that was written. */
int probe_client_differs(struct probe_client *c, const char *what, struct err *err);
