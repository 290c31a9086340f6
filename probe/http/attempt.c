#include <string.h>

#include "base/clock.h"
#include "probe/http/capture.h"
#include "probe/http/expect.h"
#include "probe/http/first.h"
#include "probe/links/resolve.h"
#include "probe/http/session.h"

#define KEPT_MAX (32u << 20) /* bytes of answers that one script's log holds */

static char *what_of(const struct probe_request *q)
{
	return q->name     ? mem_strdup(q->name)
	       : q->socket ? mem_printf("%s %s over %s", q->method, q->path, q->socket)
			   : mem_printf("%s %s", q->method, q->path);
}

static void forget(struct exercise_step *step)
{
	free(step->what);
	free(step->error);
	free(step->unexpected);
	exercise_answer_done(&step->answer);
}

/* a: NULL = no answer. */
static void judge(const struct probe_request *q, const struct net_answer *a, struct probe_attempt *out)
{
	char *fault = probe_expects(q) ? probe_expect_fault(q, a) : NULL;
	char *missing = a ? probe_capture_take(q, a, &out->variables) : NULL;
	out->step.unexpected = fault ? fault : missing;
	if (probe_expects(q) && !fault && !missing)
		out->step.wish = EXERCISE_WISH_MET;
	if (fault)
		free(missing);
}

static void fail(struct probe_attempt *out, const struct probe_request *q, const struct err *e)
{
	out->step.status = -1;
	out->step.error = mem_strdup(e->msg);
	out->http_not_spoken = strcmp(e->id, "http-not-spoken") == 0;
	if (e->code == ERR_CANCELLED)
		out->fatal = *e;
	else
		judge(q, NULL, out);
}

/* The text, in which no variable is meant. */
static char *literal(const char *text)
{
	CLEANUP_BUF struct buf b = {0};
	for (; *text; text++) {
		if (text[0] == '$' && text[1] == '{')
			buf_char(&b, '$');
		buf_char(&b, *text);
	}
	return buf_steal(&b);
}

/* Where the answer of a request that expects nothing of it leads to. */
static char *redirect_of(const struct probe_sending *to, const struct probe_message *m, const struct net_answer *a)
{
	const struct probe_request *q = m->request;
	if (!a->location[0] || probe_expects(q) || q->n_captures || q->repeat > 1 || !to->scheme)
		return NULL;
	CLEANUP_FREE char *page = probe_sending_url(to, q, m->path);
	CLEANUP_FREE char *path = probe_resolve(page, NULL, a->location, to->target->hostname);
	return path ? literal(path) : NULL;
}

/* m and a: taken over. */
static void answered(struct probe_attempt *out, const struct probe_sending *to, struct probe_message *m,
		     struct net_answer *a)
{
	out->step.status = out->step.kind == EXERCISE_TCP ? 0 : a->status;
	exercise_answer_set(&out->step.answer, a->content_type, a->body.data ? a->body.data : "", a->body.len,
			    a->body_bytes);
	judge(m->request, a, out);
	out->redirect = redirect_of(to, m, a);
	if (m->request->crawl) {
		out->message = *m;
		out->answer = *a;
		*m = (struct probe_message){0};
		return;
	}
	net_answer_done(a);
}

static int send_message(const struct probe_session *s, const struct probe_sender *sender, struct probe_sending *to,
			struct probe_port *port, const struct probe_message *m, uint64_t *began, struct net_answer *a,
			struct err *err)
{
	if (probe_port_is_known(port, m->request)) {
		*began = clock_ms();
		return sender->send(to, m, a, err);
	}
	int r = probe_port_open(s, port, to->timeout_ms, err);
	*began = clock_ms();
	if (r == 0)
		r = port->socket ? sender->send(to, m, a, err) : probe_first_send(to, sender, m, began, a, err);
	port->met = true;
	if (port->socket)
		return r;
	if (sender->has_scheme && !m->request->scheme) {
		port->guessed = true;
		port->scheme = r == 0 ? to->scheme : NULL;
	}
	return r;
}

void probe_attempt_make(const struct probe_session *s, struct net_exchange_client *client, struct probe_port *port,
			const struct probe_request *q, const struct strlist *variables, struct probe_attempt *out)
{
	const struct probe_sender *sender = probe_sender_of(q->protocol);
	CLEANUP_PROBE_MESSAGE struct probe_message m = {0};
	struct net_answer a = {0};
	struct err e = {0};
	struct probe_sending to = {
	    .target = s->target,
	    .client = client,
	    .port = port->number,
	    .socket = port->socket,
	    .unix_socket = port->socket ? port->way : NULL,
	    .scheme = q->scheme ? q->scheme : port->scheme,
	    .timeout_ms = q->timeout_ms ? q->timeout_ms : s->options->timeout_ms,
	};
	*out = (struct probe_attempt){.step = {.kind = q->protocol == PROBE_TCP ? EXERCISE_TCP : EXERCISE_HTTP,
					       .what = what_of(q),
					       .port = port->number}};
	strlist_extend(&out->variables, variables);
	if (probe_message_make(q, variables, &m, &e) < 0) {
		fail(out, q, &e);
		free(out->step.unexpected);
		out->step.unexpected = mem_strdup(e.msg); /* whoever wrote the variable expects a value */
		return;
	}
	if (!to.scheme && (port->guessed || port->socket || !sender->has_scheme))
		to.scheme = "http";
	uint64_t began = clock_ms();
	int r = send_message(s, sender, &to, port, &m, &began, &a, &e);
	out->step.ms = (uint32_t)(clock_ms() - began);
	if (r < 0)
		fail(out, q, &e);
	else if (s->options->answered)
		s->options->answered(s->options->answered_ctx, port->number, &a);
	if (r == 0)
		answered(out, &to, &m, &a);
}

void probe_attempt_log(struct probe_attempt *a, struct probe_session *s)
{
	struct buf *head = &a->step.answer.head;
	s->kept += head->len;
	if (s->kept > KEPT_MAX)
		buf_done(head); /* its digest is enough to tell whether another answer is the same */
	if (a->step.what)
		exercise_log_add(s->log, &a->step);
	else
		forget(&a->step); /* it was never made */
	strlist_done(&a->variables);
	probe_message_done(&a->message);
	net_answer_done(&a->answer);
	free(a->redirect);
	*a = (struct probe_attempt){0};
}
