/* probe/contact/knock.h - asks a port, on a connection of its own, what it speaks: by a first line that no protocol
 * has, or by the hello of TLS. Never waits. Called from the thread that is in the service's network namespace. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

enum probe_knock_kind {
	PROBE_KNOCK_LINE, /* a request line that HTTP servers refuse without asking the application */
	PROBE_KNOCK_TLS,  /* a TLS hello */
};

enum probe_knock_answer {
	PROBE_KNOCK_UNREAD, /* as far as is known, the service did not read it yet */
	PROBE_KNOCK_SILENT, /* the service has read it, and says nothing */
	PROBE_KNOCK_CLOSED, /* without a word, or refused */
	PROBE_KNOCK_SPEAKS_HTTP,
	PROBE_KNOCK_SPEAKS_TLS,
	PROBE_KNOCK_SPEAKS_OTHER,
};

struct probe_knock {
	int fd;
	uint16_t port, local_port;
	bool sent;
	enum probe_knock_kind kind;
	enum probe_knock_answer answer;
};

/* Begins to connect. host: an address. */
void probe_knock_begin(struct probe_knock *k, const char *host, uint16_t port, enum probe_knock_kind kind);
/* What came of it until now; sends the bytes once the connection stands. */
enum probe_knock_answer probe_knock_look(struct probe_knock *k);
void probe_knock_done(struct probe_knock *k);
#define CLEANUP_PROBE_KNOCK CLEANUP(probe_knock_done)
