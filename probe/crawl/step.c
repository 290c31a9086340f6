#include "probe/crawl/step.h"

#include "base/clock.h"

void probe_step_log(const struct probe_step *s, const struct net_answer *a, const char *failure,
		    struct exercise_log *log)
{
	struct exercise_step step = {
	    .kind = EXERCISE_HTTP,
	    .what = mem_strdup(s->what),
	    .port = s->port,
	    .status = failure ? -1 : a->status,
	    .ms = (uint32_t)((s->ended ? s->ended : clock_ms()) - s->began),
	    .error = mem_strdup(failure),
	    .wish = s->wish,
	};
	if (!failure)
		exercise_answer_set(&step.answer, a->content_type, a->body.data ? a->body.data : "", a->body.len,
				    a->body_bytes);
	if (s->varies)
		step.answer.digest[0] = '\0';
	exercise_log_add(log, &step);
}
