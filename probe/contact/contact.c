#include "probe/contact/contact.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "probe/contact/evidence.h"

#define LOOK_MS 50         /* between two looks at a service that does not answer */
#define QUIET_MS 200       /* that any service may take, before it is looked at */
#define CLOSED_IDLE_MS 300 /* of a service that closes connections without an answer */
#define BUSY_IDLE_MS 1000  /* of one that answers that it is not up yet */

/* How long it is worth trying again: pauses that double, and end early once the service does nothing. */
struct patience {
	unsigned pause, left;
	uint64_t idle_ms; /* 0 = however idle it is */
	bool begun, last; /* last: it was idle for so long */
	struct probe_idleness idle;
};
static const struct patience closed_again = {.pause = 50, .left = 5, .idle_ms = CLOSED_IDLE_MS}; /* 1.55 s in all */
static const struct patience refused_again = {.pause = 50, .left = 5};
static const struct patience busy_again = {.pause = 200, .left = 5, .idle_ms = BUSY_IDLE_MS}; /* 6.2 s */

/* A request under way that is not answered yet. */
struct silence {
	struct probe_contact *contact;
	bool told, knocked;
	enum probe_spoken spoken;
	struct probe_evidence evidence;
};

static int not_spoken(const struct probe_contact *c, struct err *err)
{
	return err_set(err, ERR_PROTO, "http-not-spoken", "port %u does not speak HTTP", c->port);
}

static int look(void *ctx, uint16_t local_port, uint64_t waited_ms, struct err *err)
{
	struct silence *s = ctx;
	struct probe_contact *c = s->contact;
	if (waited_ms < QUIET_MS)
		return 0;
	if (!s->told && c->slow)
		c->slow(c->ctx);
	s->told = true;
	if (c->scheme || s->spoken == PROBE_SPOKEN_HTTP)
		return 0;
	if (!s->knocked)
		probe_evidence_begin(&s->evidence, c->target->process, c->host, c->port);
	s->knocked = true;
	s->spoken = probe_evidence_look(&s->evidence, local_port);
	return s->spoken == PROBE_SPOKEN_TLS || s->spoken == PROBE_SPOKEN_OTHER ? not_spoken(c, err) : 0;
}

/* One try; what the port was found to speak meanwhile goes into *spoken. */
static int send_once(struct probe_contact *c, struct net_answer *out, enum probe_spoken *spoken, struct err *err)
{
	struct silence s = {.contact = c};
	const struct net_fetch_watch watch = {.every_ms = LOOK_MS, .look = look, .ctx = &s};
	int r = c->send(c->ctx, c->scheme ? c->scheme : "http", &watch, out, err);
	if (s.knocked)
		probe_evidence_done(&s.evidence);
	*spoken = s.spoken;
	return r;
}

/* 502, 503, 504: what is in front answers, what is behind it is still starting. */
static bool is_busy(const struct net_answer *a)
{
	return a->status >= 502 && a->status <= 504;
}

static bool was_closed(const struct err *e)
{
	return e->code == ERR_SYS && (e->sys == ECONNRESET || e->sys == EPIPE);
}

/* Whether this may be the answer of a TLS port to plain HTTP: a 400, an alert, or nothing. Other protocols close,
 * too. */
static bool is_doubtful(int r, const struct net_answer *a, const struct err *e)
{
	return r == 0 ? a->status == 400 : e->sys == EPROTO || was_closed(e);
}

/* Whether the answer is in another protocol. */
static bool is_foreign(const struct err *e)
{
	return strcmp(e->id, "answer-not-http") == 0 || strcmp(e->id, "http-not-spoken") == 0;
}

static int ask(const struct probe_contact *c, enum probe_spoken *out, struct err *err)
{
	CLEANUP_PROBE_EVIDENCE struct probe_evidence e;
	probe_evidence_begin(&e, c->target->process, c->host, c->port);
	return probe_evidence_wait(&e, c->target->progress, out, err);
}

/* Lets a pause pass. *again: whether to try again. */
static int wait_again(const struct probe_contact *c, struct patience *p, bool *again, struct err *err)
{
	*again = p->left && !p->last;
	if (!*again)
		return 0;
	if (!p->begun)
		probe_idleness_begin(&p->idle, c->target->process);
	p->begun = true;
	const uint64_t until = clock_ms() + p->pause;
	p->left--;
	p->pause *= 2;
	for (uint64_t now; (now = clock_ms()) < until && !p->last;) {
		int r =
		    progress_wait(c->target->progress, until - now < LOOK_MS ? (unsigned)(until - now) : LOOK_MS, err);
		if (r < 0)
			return r;
		p->last = p->idle_ms && probe_idleness_ms(&p->idle) >= p->idle_ms;
	}
	return 0;
}

/* Which patience a try that failed deserves; NULL = none. */
static struct patience *patience_for(struct patience all[3], int r, const struct net_answer *a, const struct err *e)
{
	if (r == 0)
		return is_busy(a) ? &all[0] : NULL;
	if (was_closed(e))
		return &all[1];
	return e->code == ERR_SYS && e->sys == ECONNREFUSED ? &all[2] : NULL;
}

static int end(struct probe_contact *c, int r, bool found_tls, const struct err *e, struct err *err)
{
	if (r == 0) {
		c->scheme = c->scheme ? c->scheme : "http";
		return 0;
	}
	if (found_tls && strcmp(e->id, "tls-not-spoken") == 0)
		return err_set(err, ERR_PROTO, "tls-handshake-failed", "port %u speaks TLS, but no handshake succeeds",
			       c->port);
	c->foreign = !c->scheme && (is_foreign(e) || was_closed(e));
	if (c->foreign)
		return not_spoken(c, err);
	if (err)
		*err = *e;
	return r;
}

int probe_contact_make(struct probe_contact *c, uint64_t *began, struct net_answer *out, struct err *err)
{
	struct patience all[3] = {busy_again, closed_again, refused_again};
	bool asked = c->scheme != NULL, found_tls = false, again = true;
	for (;;) {
		struct err e = {0};
		enum probe_spoken spoken;
		*began = clock_ms();
		int r = send_once(c, out, &spoken, &e);
		if (r < 0 && e.code == ERR_CANCELLED)
			return end(c, r, found_tls, &e, err);
		if (!asked && spoken == PROBE_SPOKEN_UNKNOWN && is_doubtful(r, out, &e)) {
			int bad = ask(c, &spoken, err);
			if (bad < 0) {
				net_answer_done(out);
				return bad;
			}
		}
		if (!c->scheme && spoken == PROBE_SPOKEN_TLS) {
			net_answer_done(out);
			c->scheme = "https";
			asked = found_tls = true;
			continue;
		}
		struct patience *p = patience_for(all, r, out, &e);
		if (spoken == PROBE_SPOKEN_OTHER || !p || (r == 0 && c->settled && *c->settled))
			return end(c, r, found_tls, &e, err);
		int bad = wait_again(c, p, &again, err);
		if (bad < 0 || !again) {
			if (bad == 0 && r == 0 && c->settled)
				*c->settled = p->last;
			if (bad < 0)
				net_answer_done(out);
			return bad < 0 ? bad : end(c, r, found_tls, &e, err);
		}
		net_answer_done(out);
	}
}
