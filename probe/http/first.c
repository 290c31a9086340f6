#include "probe/http/first.h"

#include "probe/contact/contact.h"

/* What contact.h sends again for each try. */
struct first {
	struct probe_sending *to;
	const struct probe_sender *sender;
	const struct probe_message *message;
};

static int send_first(void *ctx, const char *scheme, const struct net_fetch_watch *watch, struct net_answer *out,
		      struct err *err)
{
	const struct first *f = ctx;
	f->to->scheme = scheme;
	f->to->watch = watch;
	int r = f->sender->send(f->to, f->message, out, err);
	f->to->watch = NULL;
	return r;
}

int probe_first_send(struct probe_sending *s, const struct probe_sender *sender, const struct probe_message *m,
		     uint64_t *began, struct net_answer *out, struct err *err)
{
	struct first first = {s, sender, m};
	struct probe_contact contact = {
	    .target = s->target,
	    .host = exercise_target_host(s->target, s->port),
	    .port = s->port,
	    .scheme = s->scheme,
	    .send = send_first,
	    .ctx = &first,
	};
	int r = probe_contact_make(&contact, began, out, err);
	s->scheme = contact.scheme;
	return r;
}
