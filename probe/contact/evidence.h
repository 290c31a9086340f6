/* probe/contact/evidence.h - finds out the protocol of a port that does not answer a request as an HTTP server does.
 * It knocks with other first bytes, sees whether the service reads them, and whether it is at work meanwhile. */
#pragma once

#include <sys/types.h>

#include "base/progress.h"
#include "probe/contact/knock.h"

enum probe_spoken {
	PROBE_SPOKEN_UNKNOWN, /* not yet known */
	PROBE_SPOKEN_HTTP,
	PROBE_SPOKEN_TLS,
	PROBE_SPOKEN_OTHER,
};

/* Measures for how long the service has not been at work. */
struct probe_idleness {
	pid_t process;
	uint64_t ticks, since;
};
/* process: its first one, 0 = unknown. */
void probe_idleness_begin(struct probe_idleness *i, pid_t process);
/* Milliseconds since it was last seen at work; 0 if nobody knows. Call it often. */
uint64_t probe_idleness_ms(struct probe_idleness *i);

struct probe_evidence {
	uint16_t port;
	struct probe_knock line, tls;
	struct probe_idleness idle;
};

/* Knocks. host: a numeric address, used in this call only. */
void probe_evidence_begin(struct probe_evidence *e, pid_t process, const char *host, uint16_t port);
/* Judges by what is known so far. local_port: of the connection whose request is not answered yet. A service that
 * read everything, and then neither answers nor works, speaks another protocol. Never waits. */
enum probe_spoken probe_evidence_look(struct probe_evidence *e, uint16_t local_port);
/* Waits for what the service says to the knocks, a short time: for a port that answered, or closed the connection. */
int probe_evidence_wait(struct probe_evidence *e, const struct progress *progress, enum probe_spoken *out,
			struct err *err) MUST_CHECK;
void probe_evidence_done(struct probe_evidence *e);
#define CLEANUP_PROBE_EVIDENCE CLEANUP(probe_evidence_done)
