/* probe/contact/contact.h - the first request to a port. The service listens, but its workers may come later, and its
 * protocol is not known. This tells http from https, and recognises a port with another protocol without waiting for
 * a time-out. It waits for a slow service as long as a request may take. */
#pragma once

#include "exercise/exercise.h"
#include "net/fetch.h"

struct probe_contact {
	const struct exercise_target *target;
	const char *host; /* numeric address of the port */
	uint16_t port;
	const char *scheme; /* "http" or "https" if it is known, else NULL; set once an answer came */
	bool foreign;       /* set if the port speaks something else */
	/* The service says no more than "not yet" (502, 503, 504), and does nothing about it: it is not waited for
	 * again. Shared by the ports of one service; NULL = unknown. */
	_Atomic bool *settled;
	/* Sends the request over this scheme, with the watch, and takes the answer, as net_fetch does. Called again for
	 * each try. */
	int (*send)(void *ctx, const char *scheme, const struct net_fetch_watch *watch, struct net_answer *out,
		    struct err *err);
	void (*slow)(void *ctx); /* the answer does not come at once; may be called again; NULL = nobody asks */
	void *ctx;
};

/* began: when the request was sent that out or the error is the answer to (clock_ms). "http-not-spoken" if the port
 * speaks something else; else the errors of send, and ERR_CANCELLED. */
int probe_contact_make(struct probe_contact *c, uint64_t *began, struct net_answer *out, struct err *err) MUST_CHECK;
