/* probe/wire/wire.h - a connection to a service, for protocols that are not HTTP: over tcp or a unix socket, with TLS
 * from the start or from any point on. The peer is hostile: each call ends by the deadline or when the user stops, a
 * message and a connection are capped, and what was received is bytes until a decoder has looked at it.
 * TLS takes any certificate: the network is the container's own.
 * Errors: ERR_SYS (sys: ECONNREFUSED, ECONNRESET, ...), ERR_TIMEOUT, ERR_PROTO (the peer ended before it said what was
 * waited for, or TLS failed), ERR_LIMIT, ERR_CANCELLED. Messages name what was waited for.
 * Lifetime: _open_* or _of_fd, any calls, _done. One thread. */
#pragma once

#include "probe/wire/socket.h"
#include "probe/wire/wire_tls.h"

void probe_wire_done(struct probe_wire *w);
#define CLEANUP_WIRE CLEANUP(probe_wire_done)

/* Sends all. what: the message, for errors: "the command SET". */
int probe_wire_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err) MUST_CHECK;
/* Returns the bytes that were received and not taken yet. Valid until the next call that reads. */
const uint8_t *probe_wire_data(const struct probe_wire *w);
size_t probe_wire_size(const struct probe_wire *w);
/* Takes n bytes, of those that are there. */
void probe_wire_take(struct probe_wire *w, size_t n);

/* Waits for more bytes. 1: some came; 0: the peer ended. */
int probe_wire_more(struct probe_wire *w, const char *what, struct err *err) MUST_CHECK;
/* Waits until n bytes are there. */
int probe_wire_need(struct probe_wire *w, size_t n, const char *what, struct err *err) MUST_CHECK;
/* Waits for mark, of n bytes; *size: of what stands before it. */
int probe_wire_find(struct probe_wire *w, const char *mark, size_t n, size_t *size, const char *what,
		    struct err *err) MUST_CHECK;
/* Takes a line and gives it without its end, CRLF or LF. It may hold any bytes, NUL too. */
int probe_wire_line(struct probe_wire *w, struct buf *out, const char *what, struct err *err) MUST_CHECK;
/* Reads until the peer ends; more than max bytes is ERR_LIMIT. */
int probe_wire_rest(struct probe_wire *w, size_t max, const char *what, struct err *err) MUST_CHECK;
