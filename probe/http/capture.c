#include "probe/http/capture.h"

#include <string.h>

#include "base/limits.h"
#include "probe/http/value.h"
#include "probe/http/variables.h"

static char *value_of(const struct probe_capture *c, const struct net_answer *a)
{
	switch (c->from) {
	case PROBE_CAPTURE_JSON:
		return probe_value_json(a, c->where, true);
	case PROBE_CAPTURE_REGEX:
		return probe_value_regex(a, c->where);
	case PROBE_CAPTURE_HEADER:
		return mem_strdup(net_answer_header(a, c->where));
	case PROBE_CAPTURE_SEGMENT:
		return probe_value_segment(a, c->where);
	case PROBE_CAPTURE_FORM:
		return probe_value_form(a, c->where);
	}
	return NULL;
}

static char *missing(const struct probe_capture *c)
{
	static const char *const what[] = {
	    [PROBE_CAPTURE_JSON] = "the answer has no JSON value at",
	    [PROBE_CAPTURE_REGEX] = "nothing in the answer matches",
	    [PROBE_CAPTURE_HEADER] = "the answer has no header",
	    [PROBE_CAPTURE_SEGMENT] = "no URL is in the answer's header",
	    [PROBE_CAPTURE_FORM] = "the page has no form field and no meta element named",
	};
	return mem_printf("no value for ${%s}: %s \"%s\"", c->name, what[c->from], c->where);
}

char *probe_capture_take(const struct probe_request *q, const struct net_answer *a, struct strlist *variables)
{
	char *fault = NULL;
	for (size_t i = 0; i < q->n_captures; i++) {
		const struct probe_capture *c = &q->captures[i];
		CLEANUP_FREE char *value = c->optional && a->status >= 400 ? NULL : value_of(c, a);
		bool fits = value && strlen(value) <= LIMIT_CAPTURE;
		if (fits)
			probe_variables_set(variables, c->name, value);
		else if (!c->optional && !fault && value)
			fault = mem_printf("no value for ${%s}: it has more than %d bytes", c->name, LIMIT_CAPTURE);
		else if (!c->optional && !fault)
			fault = missing(c);
	}
	return fault;
}
