#include "probe/client/client.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "probe/wire/reach.h"

#define SHOWN 300           /* bytes of what a service says */
#define UP_TIMEOUT_MS 30000 /* until something listens, and says that it is up */
#define FIRST_RETRY_MS 25   /* then doubled, up to LAST_RETRY_MS */
#define LAST_RETRY_MS 1000
#define CLOSED_RETRIES 5 /* of one that listens, but whose workers come later */

/* ---- steps ---- */

void probe_client_begin(struct probe_client *c, const char *step)
{
	c->step = step;
	c->began = clock_ms();
	probe_wire_allow(&c->wire, PROBE_CLIENT_TIMEOUT_MS);
}

/* failure: NULL = the step has its answer. */
static void log_step(struct probe_client *c, const void *data, size_t n, const char *failure)
{
	struct exercise_step step = {
	    .kind = EXERCISE_CLIENT,
	    .what = mem_printf("%s %s", c->name, c->step),
	    .port = c->port,
	    .status = failure ? -1 : 0,
	    .ms = (uint32_t)(clock_ms() - c->began),
	    .error = mem_strdup(failure),
	};
	if (!failure)
		exercise_answer_set(&step.answer, NULL, n ? data : "", n, n);
	exercise_log_add(c->log, &step);
	c->step = NULL;
}

void probe_client_answered(struct probe_client *c, const void *data, size_t n)
{
	log_step(c, data, n, NULL);
}

int probe_client_refused(struct probe_client *c, const char *text, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, text, n < SHOWN ? n : SHOWN);
	return err_set(err, ERR_UNPROVEN, "client-refused", "the service answered with an error: %s",
		       b.len ? b.data : "");
}

int probe_client_not_yet(struct probe_client *c, const char *text, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	buf_escape(&b, text, n < SHOWN ? n : SHOWN);
	c->busy = true;
	return err_set(err, ERR_UNPROVEN, "client-not-up", "the service is still starting: %s", b.len ? b.data : "");
}

int probe_client_malformed(struct probe_client *c, const char *what, struct err *err)
{
	return err_set(err, ERR_PROTO, "client-answer-malformed", "this is not %s: %s", c->name, what);
}

int probe_client_differs(struct probe_client *c, const char *what, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "client-answer-unexpected", "%s", what);
}

/* ---- tries ---- */

static bool was_closed(const struct err *e)
{
	return e->sys == ECONNRESET || e->sys == EPIPE || strcmp(e->id, "wire-ended") == 0;
}

/* One try. Its steps are in c->log. */
static int try(struct probe_client *c, const struct probe_client_row *row, struct err *err)
{
	probe_client_begin(c, "connect");
	int r = probe_wire_reach(&c->wire, c->target, c->port, c->given->socket, PROBE_CLIENT_TIMEOUT_MS, 0, err);
	c->busy = r < 0 && (err->sys == ECONNREFUSED || err->code == ERR_NOTFOUND);
	c->wire.alpn = row->alpn;
	const bool connected = r == 0;
	if (r == 0 && !row->own_tls && (c->given->tls || (row->tls_port && c->port == row->tls_port)))
		r = probe_wire_begin_tls(&c->wire, NULL, err);
	if (r == 0)
		r = row->run(c, err);
	if (connected && r < 0 && !c->log->count && !c->wire.received && c->closed < CLOSED_RETRIES &&
	    was_closed(err)) {
		c->busy = true;
		c->closed++;
	}
	if (!c->step)
		c->step = "end"; /* what it says goodbye with */
	if (r < 0 && r != -ERR_CANCELLED)
		log_step(c, NULL, 0, err->msg);
	probe_wire_done(&c->wire);
	return r;
}

/* Looks again where the port is reached. A service that listens at several addresses takes them one after the other,
 * and may let a client in at the last one alone. host: where it was. */
static bool moved(const struct exercise_target *t, uint16_t port, const char *host)
{
	if (t->look)
		t->look(t->exec_ctx);
	return strcmp(exercise_target_host(t, port), host) != 0;
}

int probe_client_run(const struct probe_client_row *row, const struct probe_client_options *given,
		     const struct exercise_target *t, uint16_t port, struct exercise_log *log, struct err *err)
{
	static const struct probe_client_options nothing = {0};
	struct probe_client c = {.name = row->name, .given = given ? given : &nothing, .target = t, .port = port};
	const uint64_t give_up = clock_ms() + UP_TIMEOUT_MS;
	struct exercise_log steps;
	struct err failure;
	int r;
	for (unsigned pause = FIRST_RETRY_MS;; pause = pause < LAST_RETRY_MS ? pause * 2 : LAST_RETRY_MS) {
		steps = (struct exercise_log){0};
		failure = (struct err){0};
		c.log = &steps;
		CLEANUP_FREE char *host = mem_strdup(exercise_target_host(t, port));
		r = try(&c, row, &failure);
		if (r == 0 || r == -ERR_CANCELLED || (!moved(t, port, host) && !c.busy) || clock_ms() >= give_up)
			break;
		struct err stopped = {0};
		if (progress_wait(t->progress, pause, &stopped) < 0) {
			failure = stopped;
			r = -(int)stopped.code;
			break;
		}
		exercise_log_done(&steps);
	}
	for (size_t i = 0; i < steps.count; i++)
		exercise_log_add(log, &steps.steps[i]);
	free(steps.steps);
	if (r == 0)
		return 0;
	if (r != -ERR_CANCELLED)
		failure.code = ERR_UNPROVEN;
	err_wrap(&failure, "%s on port %u",
		 log->count && r != -ERR_CANCELLED ? log->steps[log->count - 1].what : row->name, port);
	if (err)
		*err = failure;
	return -(int)failure.code;
}
