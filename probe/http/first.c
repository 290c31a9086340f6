#include "probe/http/first.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

#define FIRST_RETRY_MS 50 /* then doubled, RETRIES times: 1.55 s in all */
#define RETRIES 5
#define FIRST_BUSY_MS 200   /* then doubled, RETRIES times: 6.2 s in all, for one that says it is not up yet */
#define TLS_TIMEOUT_MS 2000 /* of the handshake; a server of another protocol may wait for the end of a line */

static bool was_closed(const struct err *e)
{
	return e->code == ERR_SYS && (e->sys == ECONNRESET || e->sys == EPIPE);
}

static bool is_busy(const struct net_answer *a)
{
	return a->status >= 502 && a->status <= 504;
}

/* How servers take plain HTTP on a TLS port: 400, an alert, or nothing. */
static bool may_be_tls(int r, const struct net_answer *a, const struct err *e)
{
	return r == 0 ? a->status == 400 : e->sys == EPROTO || strcmp(e->id, "http2-not-spoken") == 0 || was_closed(e);
}

/* True if HTTP is spoken over TLS: then *out is the answer. */
static bool try_tls(struct probe_sending *s, const struct probe_sender *sender, const struct probe_message *m,
		    struct net_answer *out)
{
	struct net_answer a = {0};
	s->scheme = "https";
	s->connect_timeout_ms = TLS_TIMEOUT_MS;
	int r = sender->send(s, m, &a, NULL);
	s->connect_timeout_ms = 0;
	if (r < 0)
		return false;
	net_answer_done(out);
	*out = a;
	return true;
}

static int failure(const struct probe_sending *s, const struct err *e, bool guessed, struct err *err)
{
	if (guessed && (e->code == ERR_PROTO || was_closed(e)))
		return err_set(err, ERR_PROTO, "http-not-spoken", "no HTTP spoken on port %u", s->port);
	if (err)
		*err = *e;
	return -(int)e->code;
}

int probe_first_send(struct probe_sending *s, const struct probe_sender *sender, const struct probe_message *m,
		     uint64_t *began, struct net_answer *out, struct err *err)
{
	const bool guesses = !s->scheme;
	bool tls_tried = !guesses;
	unsigned busy = 0;
	for (unsigned retry = 0;; retry++) {
		struct err e = {0};
		if (guesses)
			s->scheme = "http";
		*began = clock_ms();
		int r = sender->send(s, m, out, &e);
		if (!tls_tried && may_be_tls(r, out, &e)) {
			tls_tried = true;
			if (try_tls(s, sender, m, out))
				return 0;
			s->scheme = "http";
		}
		bool waits = r == 0 && is_busy(out) && busy < RETRIES;
		bool again =
		    r < 0 && retry < RETRIES && (was_closed(&e) || (e.code == ERR_SYS && e.sys == ECONNREFUSED));
		if (r == 0 && !waits)
			return 0;
		if (r < 0 && !again) {
			if (guesses)
				s->scheme = NULL;
			return failure(s, &e, guesses, err);
		}
		net_answer_done(out);
		unsigned ms = waits ? FIRST_BUSY_MS << busy++ : FIRST_RETRY_MS << retry;
		r = progress_wait(s->target->progress, ms, err);
		if (r < 0)
			return r;
		if (waits)
			retry = UINT32_MAX; /* it begins anew */
	}
}
