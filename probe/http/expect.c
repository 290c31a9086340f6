#include "probe/http/expect.h"

#include <string.h>

#include "probe/http/value.h"

#define SHOWN 60 /* bytes of a value in a message */

bool probe_expects(const struct probe_request *q)
{
	return q->n_statuses || q->n_checks;
}

static bool has_status(const struct probe_request *q, int status)
{
	for (size_t i = 0; i < q->n_statuses; i++)
		if (status >= q->statuses[i].first && status <= q->statuses[i].last)
			return true;
	return q->n_statuses == 0;
}

/* "200, 204 or 300 to 399". */
static void add_statuses(const struct probe_request *q, struct buf *out)
{
	for (size_t i = 0; i < q->n_statuses; i++) {
		const struct probe_status_range *s = &q->statuses[i];
		buf_str(out, i == 0 ? "" : i + 1 == q->n_statuses ? " or " : ", ");
		buf_printf(out, s->first == s->last ? "%d" : "%d to %d", s->first, s->last);
	}
}

static char *checked_value(const struct probe_check *c, const struct net_answer *a)
{
	char *value = c->of == PROBE_CHECK_JSON ? probe_value_json(a, c->where, false)
						: mem_strdup(net_answer_header(a, c->where));
	return value ? value : mem_strdup("");
}

/* A body is not shown: it may be long, and differ from run to run. */
static char *check_fault(const struct probe_check *c, const struct net_answer *a)
{
	const char *verb = c->fails ? "matches" : "does not match";
	if (c->of == PROBE_CHECK_BODY) {
		bool found = probe_value_matches(c->pattern, a->body.data ? a->body.data : "", a->body.len);
		return found != c->fails ? NULL : mem_printf("the body %s \"%s\"", verb, c->pattern);
	}
	CLEANUP_FREE char *value = checked_value(c, a);
	if (probe_value_matches(c->pattern, value, strlen(value)) != c->fails)
		return NULL;
	return mem_printf("%s %s \"%.*s%s\" %s \"%s\"", c->of == PROBE_CHECK_JSON ? "JSON value" : "header", c->where,
			  SHOWN, value, strlen(value) > SHOWN ? "..." : "", verb, c->pattern);
}

char *probe_expect_fault(const struct probe_request *q, const struct net_answer *a)
{
	CLEANUP_BUF struct buf b = {0};
	if (!a || !has_status(q, a->status)) {
		if (a)
			buf_printf(&b, "status %d", a->status);
		else
			buf_str(&b, "no answer");
		buf_str(&b, q->n_statuses ? a ? ", not " : ", not status " : "");
		add_statuses(q, &b);
		return buf_steal(&b);
	}
	for (size_t i = 0; i < q->n_checks; i++) {
		char *fault = check_fault(&q->checks[i], a);
		if (fault)
			return fault;
	}
	return NULL;
}
