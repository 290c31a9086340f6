#include "probe/probe.h"

#include <string.h>

/* The search for one description. */
struct search {
	const struct probe_openapi_options *reading;
	const char *path;
	struct probe_script *script; /* its requests; none = not found yet */
	struct notes *notes;
	struct err fault; /* of the last answer that was not a document */
	int status;       /* of the last answer; 0 = no answer */
};

static void look(void *ctx, uint16_t port, const struct net_answer *a)
{
	struct search *s = ctx;
	if (s->script->count)
		return;
	s->status = a->status;
	if (a->status < 200 || a->status > 299)
		return;
	if (probe_openapi_read(a->body.data ? a->body.data : "", a->body.len, s->path, -1, s->reading, s->script,
			       s->notes, &s->fault) < 0)
		probe_script_done(s->script);
	for (size_t i = 0; i < s->script->count; i++)
		s->script->requests[i].port = port;
}

static int missing(const struct search *s, struct err *err)
{
	if (s->fault.code)
		return err_set(err, ERR_UNPROVEN, "api-document-missing",
			       "the service's API description is not usable: %s", s->fault.msg);
	if (s->status)
		return err_set(err, ERR_UNPROVEN, "api-document-missing",
			       "the service has no API description at %s: the answer has status %d", s->path,
			       s->status);
	return err_set(err, ERR_UNPROVEN, "api-document-missing",
		       "the service has no API description at %s: nothing answered", s->path);
}

/* Whether the service got a request already. */
static bool was_asked(const struct exercise_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (log->steps[i].kind == EXERCISE_HTTP)
			return true;
	return false;
}

static int send_all(const struct probe_apispec_options *o, const struct probe_script *script,
		    const struct exercise_target *t, struct exercise_log *log, struct search *search, struct err *err)
{
	struct probe_script_options sending = o->sending;
	struct exercise e;
	sending.script = script;
	sending.answered = search ? look : NULL;
	sending.answered_ctx = search;
	if (was_asked(log))
		sending.wait_ms = 0;
	probe_script(&sending, &e);
	return e.run(e.ctx, t, log, err);
}

static int run_one(const struct probe_apispec_options *o, const struct probe_apispec *spec,
		   const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	CLEANUP_PROBE_SCRIPT struct probe_script question = {0}, found = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct probe_openapi_options reading = o->reading;
	struct search s = {.reading = &reading, .path = spec->path, .script = &found, .notes = &notes};
	reading.base = spec->base;
	probe_script_add(&question, "GET", spec->path);
	int r = send_all(o, &question, t, log, &s, err);
	notes_take(&log->notes, &notes);
	if (r == 0 && !found.count)
		r = missing(&s, err);
	return r < 0 ? r : send_all(o, &found, t, log, NULL, err);
}

static int run(void *ctx, const struct exercise_target *t, struct exercise_log *log, struct err *err)
{
	const struct probe_apispec_options *o = ctx;
	int r = o->known.count ? send_all(o, &o->known, t, log, NULL, err) : 0;
	for (size_t i = 0; r == 0 && i < o->n_specs; i++)
		r = run_one(o, &o->specs[i], t, log, err);
	return r;
}

int probe_apispec_parse(const char *text, struct probe_apispec *out, struct err *err)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	probe_openapi_split(text, &out->path, &out->base);
	probe_script_add(&s, "GET", out->path);
	return probe_script_check(&s, 0, text, err);
}

void probe_apispec(const struct probe_apispec_options *options, struct exercise *out)
{
	*out = (struct exercise){.name = exercise_kind_name(EXERCISE_HTTP), .run = run, .ctx = (void *)options};
}
