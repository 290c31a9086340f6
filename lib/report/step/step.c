#include "report/step/step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text/json.h"

bool report_step_is_failed(const struct exercise_step *s)
{
	return s->error || s->unexpected || s->status < 0 ||
	       (exercise_kind_is_command(s->kind) ? s->status != 0
						  : s->status >= 500 && s->wish != EXERCISE_WISH_GUESS &&
							!(s->wish == EXERCISE_WISH_ERROR && s->status == 501));
}

void report_step_text(struct buf *out, const char *s, size_t max)
{
	size_t n = s ? strlen(s) : 0, keep = n;
	if (n > max)
		for (keep = max; keep > 0 && ((unsigned char)s[keep] & 0xc0) == 0x80;)
			keep--;
	buf_escape(out, s, keep);
	if (keep < n)
		buf_str(out, "...");
}

const char *report_step_size(uint64_t bytes, char out[32])
{
	if (bytes < 1000)
		snprintf(out, 32, "%" PRIu64 " B", bytes);
	else if (bytes < 1000000)
		snprintf(out, 32, "%.1f kB", (double)bytes / 1e3);
	else
		snprintf(out, 32, "%.1f MB", (double)bytes / 1e6);
	return out;
}

void report_step_status(const struct exercise_step *s, char out[32])
{
	if (s->status < 0)
		snprintf(out, 32, "no answer");
	else if (!s->status && !exercise_kind_is_command(s->kind))
		snprintf(out, 32, "ok");
	else
		snprintf(out, 32, exercise_kind_is_command(s->kind) ? "exit %d" : "%d", s->status);
}

/* NULL and "" are both "none". */
static json_t *text(const char *s)
{
	return s && s[0] ? json_bytes(s, strlen(s)) : json_null();
}

json_t *report_step_json(const struct exercise_step *s)
{
	json_t *v = json_object();
	json_object_set_new(v, "kind", text(exercise_kind_name(s->kind)));
	json_object_set_new(v, "what", text(s->what));
	json_object_set_new(v, "port", json_integer(s->port));
	json_object_set_new(v, "status", json_integer(s->status));
	json_object_set_new(v, "type", text(s->answer.type));
	json_object_set_new(v, "bytes",
			    json_integer(s->answer.bytes > INT64_MAX ? INT64_MAX : (json_int_t)s->answer.bytes));
	json_object_set_new(v, "ms", json_integer(s->ms));
	json_object_set_new(v, "error", text(s->error));
	json_object_set_new(v, "expected",
			    s->wish == EXERCISE_WISH_MET ? json_true()
			    : s->unexpected              ? json_false()
							 : json_null());
	json_object_set_new(v, "unexpected", text(s->unexpected));
	json_object_set_new(v, "guessed", json_boolean(s->wish == EXERCISE_WISH_GUESS));
	return v;
}
