/* probe/http/first.h - the first message to a port. The service listens, but its workers may come later, and whether it
 * speaks TLS is not known. */
#pragma once

#include "probe/http/sender.h"

/* Sends m over s->scheme; NULL = finds out over which, and sets it if an answer came. Refused and closed connections
 * are tried again, and so is a service that says so itself (502, 503, 504). began: when what is answered was sent
 * (clock_ms). "http-not-spoken": the port speaks something else. */
int probe_first_send(struct probe_sending *s, const struct probe_sender *sender, const struct probe_message *m,
		     uint64_t *began, struct net_answer *out, struct err *err) MUST_CHECK;
