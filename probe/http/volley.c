#include <stdatomic.h>
#include <string.h>

#include "exercise/variant.h"
#include "probe/http/session.h"

#define BATCH 256 /* attempts that are held until they can be logged in their order */

/* Requests that several threads share. */
struct batch {
	const struct probe_session *session;
	struct probe_port *port;
	const struct probe_request *const *requests;
	struct net_exchange_client **clients; /* by worker */
	struct probe_attempt *attempts;
	_Atomic bool ended;
};

static void send_one(void *ctx, unsigned worker, size_t i)
{
	struct batch *b = ctx;
	if (atomic_load(&b->ended))
		return;
	probe_attempt_make(b->session, b->clients[worker], b->port, b->requests[i], &b->session->variables,
			   &b->attempts[i]);
	if (b->attempts[i].fatal.code)
		atomic_store(&b->ended, true);
}

/* Takes over the variables of the last attempt. */
static int log_all(struct probe_session *s, struct batch *b, size_t n, char **redirects, struct err *err)
{
	int r = 0;
	for (size_t i = 0; i < n; i++) {
		struct probe_attempt *a = &b->attempts[i];
		if (r == 0 && a->fatal.code) {
			r = -(int)a->fatal.code;
			if (err)
				*err = a->fatal;
		}
		if (i + 1 == n && a->step.what) {
			strlist_done(&s->variables);
			s->variables = a->variables;
			a->variables = (struct strlist){0};
		}
		if (redirects) {
			redirects[i] = a->redirect;
			a->redirect = NULL;
		}
		probe_attempt_log(a, s);
	}
	return r;
}

static int send_batch(struct batch *b, struct probe_session *s, size_t n, unsigned workers, char **redirects,
		      struct err *err)
{
	b->attempts = mem_calloc(n, sizeof(*b->attempts));
	exercise_variant_share(workers, n, send_one, b);
	int r = log_all(s, b, n, redirects, err);
	free(b->attempts);
	return r;
}

int probe_session_send(struct probe_session *s, struct probe_port *port, const struct probe_request *const *requests,
		       size_t n, unsigned workers, char **redirects, struct err *err)
{
	if (workers > n)
		workers = (unsigned)n;
	CLEANUP_FREE struct net_exchange_client **clients = mem_calloc(workers, sizeof(struct net_exchange_client *));
	struct batch b = {.session = s, .port = port, .clients = clients};
	for (unsigned i = 0; i < workers; i++) {
		clients[i] = i ? probe_session_client() : s->client;
		if (i)
			net_fetch_copy_cookies(clients[i], s->client);
	}
	int r = 0;
	/* One at a time sees what the one before it gave. */
	for (size_t done = 0, max = workers > 1 ? BATCH : 1, now; done < n && r == 0; done += now) {
		now = n - done < max ? n - done : max;
		b.requests = requests + done;
		r = send_batch(&b, s, now, workers, redirects ? redirects + done : NULL, err);
	}
	for (unsigned i = 1; i < workers; i++) {
		if (redirects)
			net_fetch_add_cookies(s->client, clients[i]);
		net_exchange_client_free(clients[i]);
	}
	return r;
}
