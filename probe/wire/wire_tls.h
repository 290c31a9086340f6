/* probe/wire/wire_tls.h - TLS of a wire (see wire.h). */
#pragma once

#include "probe/wire/socket.h"

/* Begins TLS. name: of the server, for SNI; NULL = none. Plain text that came too early is ERR_PROTO. */
int probe_wire_begin_tls(struct probe_wire *w, const char *name, struct err *err) MUST_CHECK;
/* For wire.c. */
int probe_wire_tls_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err) MUST_CHECK;
ssize_t probe_wire_tls_receive(struct probe_wire *w, void *data, size_t n, const char *what,
			       struct err *err) MUST_CHECK;
/* Says goodbye if that does not have to be waited for. */
void probe_wire_tls_done(struct probe_wire *w);
