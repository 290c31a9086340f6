#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "probe/http/session.h"

#define BATCH 256 /* attempts that are held until they can be logged in their order */

/* Attempts first to first + n of one request, which several threads share. */
struct batch {
	const struct probe_session *session;
	struct probe_port *port;
	const struct probe_request *request;
	struct probe_attempt *attempts;
	unsigned n;
	_Atomic unsigned next;
};

struct worker {
	struct batch *batch;
	struct net_exchange_client *client;
	pthread_t thread;
	bool runs;
};

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct batch *b = w->batch;
	for (unsigned i; (i = atomic_fetch_add(&b->next, 1)) < b->n;) {
		probe_attempt_make(b->session, w->client, b->port, b->request, &b->session->variables, &b->attempts[i]);
		if (b->attempts[i].fatal.code)
			atomic_store(&b->next, b->n);
	}
	return NULL;
}

/* Takes over the variables of the last attempt. */
static int log_all(struct probe_session *s, struct batch *b, struct err *err)
{
	int r = 0;
	for (unsigned i = 0; i < b->n; i++) {
		struct probe_attempt *a = &b->attempts[i];
		if (r == 0 && a->fatal.code) {
			r = -(int)a->fatal.code;
			if (err)
				*err = a->fatal;
		}
		if (i + 1 == b->n && a->step.what) {
			strlist_done(&s->variables);
			s->variables = a->variables;
			a->variables = (struct strlist){0};
		}
		probe_attempt_log(a, s);
	}
	return r;
}

static int run_batch(struct probe_session *s, struct worker *workers, unsigned n_workers, struct batch *b,
		     struct err *err)
{
	b->attempts = mem_calloc(b->n, sizeof(*b->attempts));
	for (unsigned i = 1; i < n_workers; i++)
		workers[i].runs = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
	work(&workers[0]); /* all of it, if no other thread can be had */
	for (unsigned i = 1; i < n_workers; i++)
		if (workers[i].runs)
			pthread_join(workers[i].thread, NULL);
	int r = log_all(s, b, err);
	free(b->attempts);
	return r;
}

int probe_session_repeat(struct probe_session *s, struct probe_port *port, const struct probe_request *q, unsigned n,
			 struct err *err)
{
	unsigned n_workers = q->concurrency > n ? n : q->concurrency > 1 ? q->concurrency : 1;
	struct worker *workers = mem_calloc(n_workers, sizeof(*workers));
	struct batch b = {.session = s, .port = port, .request = q};
	for (unsigned i = 0; i < n_workers; i++) {
		workers[i] = (struct worker){.batch = &b, .client = i ? probe_session_client() : s->client};
		if (i)
			net_fetch_copy_cookies(workers[i].client, s->client);
	}
	int r = 0;
	/* One at a time sees what the one before it gave. */
	for (unsigned done = 0, max = n_workers > 1 ? BATCH : 1; done < n && r == 0; done += b.n) {
		b.n = n - done < max ? n - done : max;
		atomic_store(&b.next, 0);
		r = run_batch(s, workers, n_workers, &b, err);
	}
	for (unsigned i = 1; i < n_workers; i++)
		net_exchange_client_free(workers[i].client);
	free(workers);
	return r;
}
