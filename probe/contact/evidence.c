#include "probe/contact/evidence.h"

#include <poll.h>

#include "base/clock.h"
#include "os/proc_tree.h"
#include "probe/contact/peer.h"

#define IDLE_READ_MS 400    /* that a service which read all of it may do nothing */
#define IDLE_CLOSED_MS 3000 /* and one that closes the connection on bytes that are not a request */
#define KNOCK_MS 2000       /* at most, for an answer to a knock */
#define KNOCK_IDLE_MS 200   /* of a service that does not answer it */
#define LOOK_MS 20          /* between two looks */

void probe_idleness_begin(struct probe_idleness *i, pid_t process)
{
	*i = (struct probe_idleness){.process = process, .since = clock_ms()};
	(void)probe_idleness_ms(i);
}

uint64_t probe_idleness_ms(struct probe_idleness *i)
{
	struct proc_tree_load l;
	uint64_t now = clock_ms();
	if (i->process <= 0 || !proc_tree_load(i->process, &l) || l.busy || l.ticks != i->ticks) {
		i->ticks = i->process > 0 ? l.ticks : 0;
		i->since = now;
	}
	return now - i->since;
}

void probe_evidence_begin(struct probe_evidence *e, pid_t process, const char *host, uint16_t port)
{
	e->port = port;
	probe_knock_begin(&e->line, host, port, PROBE_KNOCK_LINE);
	probe_knock_begin(&e->tls, host, port, PROBE_KNOCK_TLS);
	probe_idleness_begin(&e->idle, process);
}

void probe_evidence_done(struct probe_evidence *e)
{
	probe_knock_done(&e->line);
	probe_knock_done(&e->tls);
}

static bool has_read(const struct probe_knock *k)
{
	return k->answer != PROBE_KNOCK_UNREAD;
}

/* Returns for how long the service has done nothing with both knocks, since it read them. */
static uint64_t idle_ms(struct probe_evidence *e)
{
	if (!has_read(&e->line) || !has_read(&e->tls))
		e->idle.since = clock_ms(); /* it is behind, whatever it waits for */
	return probe_idleness_ms(&e->idle);
}

/* What the service, idle for so long, said to the knocks. A server that speaks TLS may answer a plain line with plain
 * HTTP, and at once, so that TLS is heard out first: its handshake takes time. */
static enum probe_spoken heard(struct probe_evidence *e, uint64_t idle)
{
	enum probe_knock_answer tls = probe_knock_look(&e->tls), line = probe_knock_look(&e->line);
	if (tls == PROBE_KNOCK_SPEAKS_TLS || line == PROBE_KNOCK_SPEAKS_TLS)
		return PROBE_SPOKEN_TLS;
	if (tls == PROBE_KNOCK_SPEAKS_OTHER || line == PROBE_KNOCK_SPEAKS_OTHER)
		return PROBE_SPOKEN_OTHER;
	const bool heard_out = tls >= PROBE_KNOCK_CLOSED || idle >= KNOCK_IDLE_MS;
	if (tls == PROBE_KNOCK_SPEAKS_HTTP || (line == PROBE_KNOCK_SPEAKS_HTTP && heard_out))
		return PROBE_SPOKEN_HTTP;
	return PROBE_SPOKEN_UNKNOWN;
}

enum probe_spoken probe_evidence_look(struct probe_evidence *e, uint16_t local_port)
{
	uint64_t idle = idle_ms(e);
	enum probe_spoken spoken = heard(e, idle);
	if (spoken != PROBE_SPOKEN_UNKNOWN)
		return spoken;
	if (probe_peer_look(e->port, local_port) != PROBE_PEER_READ) {
		e->idle.since = clock_ms(); /* the request is still unread */
		return PROBE_SPOKEN_UNKNOWN;
	}
	bool closed = e->line.answer == PROBE_KNOCK_CLOSED;
	return idle >= (closed ? IDLE_CLOSED_MS : IDLE_READ_MS) ? PROBE_SPOKEN_OTHER : PROBE_SPOKEN_UNKNOWN;
}

/* Whether nothing more is to be expected. */
static bool is_over(const struct probe_evidence *e, uint64_t idle)
{
	bool line = e->line.answer >= PROBE_KNOCK_CLOSED, tls = e->tls.answer >= PROBE_KNOCK_CLOSED;
	return (line && tls) || idle >= KNOCK_IDLE_MS;
}

int probe_evidence_wait(struct probe_evidence *e, const struct progress *progress, enum probe_spoken *out,
			struct err *err)
{
	const uint64_t until = clock_ms() + KNOCK_MS;
	for (;;) {
		uint64_t idle = idle_ms(e);
		*out = heard(e, idle);
		if (*out != PROBE_SPOKEN_UNKNOWN || is_over(e, idle) || clock_ms() >= until)
			return 0;
		struct pollfd fds[3] = {
		    {.fd = e->line.answer >= PROBE_KNOCK_CLOSED ? -1 : e->line.fd, .events = POLLIN},
		    {.fd = e->tls.answer >= PROBE_KNOCK_CLOSED ? -1 : e->tls.fd, .events = POLLIN},
		    {.fd = progress ? progress->cancel_fd : -1, .events = POLLIN},
		};
		(void)poll(fds, 3, LOOK_MS);
		int r = progress_check(progress, err);
		if (r < 0)
			return r;
	}
}
