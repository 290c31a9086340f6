#include "probe/wire/plain.h"

#define BANNER_MS 2000 /* a service may wait for the client to speak first */

/* Read until it is enough. If it never is, the caller judges the bytes that came. */
static int read_enough(struct probe_wire *w, const struct probe_plain *p, struct err *err)
{
	int r;
	do {
		const size_t n = probe_wire_size(w);
		if (n && p->is_enough(p->ctx, probe_wire_data(w), n))
			return 0;
		r = probe_wire_more(w, "what is expected", err);
	} while (r > 0);
	return r == -ERR_TIMEOUT && probe_wire_size(w) ? 0 : r;
}

/* Read the first bytes: an answer, or a greeting, which may be absent. */
static int read_first(struct probe_wire *w, const struct probe_plain *p, struct err *err)
{
	struct err e = {0};
	if (!p->n) {
		probe_wire_allow(w, BANNER_MS);
		probe_wire_end(w); /* who waits for us to speak does so no longer */
	}
	int r = probe_wire_more(w, "an answer", &e);
	if (r > 0 || (!p->n && r != -ERR_CANCELLED))
		return 0;
	if (r == 0)
		return err_set(err, ERR_UNPROVEN, "talk-unanswered",
			       "the service closed the connection without an answer");
	if (err)
		*err = e;
	return r;
}

int probe_plain_over(struct probe_wire *w, const struct probe_plain *p, struct err *err)
{
	int r = p->n ? probe_wire_send(w, p->data, p->n, "the bytes", err) : 0;
	if (r < 0)
		return r;
	return p->is_enough ? read_enough(w, p, err) : read_first(w, p, err);
}
