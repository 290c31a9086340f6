#include "pipeline/record_image.h"

#include "pipeline/container_log.h"

static int fetch(void *ctx, struct err *err)
{
	int r = session_fetch(ctx, err);
	return r < 0 ? r : session_prepare_run(ctx, err);
}

static int unpack(void *ctx, struct err *err)
{
	return session_unpack(ctx, err);
}

static int record(void *ctx, struct err *err)
{
	int r = session_record(ctx, err);
	return r < 0 ? r : session_resolve(ctx, err);
}

int record_image(const struct session_options *options, const struct progress *progress, struct report *report,
		 struct trace_file *out, struct buf *log, struct err *err)
{
	static const struct session_stage stages[] = {{"fetch", fetch}, {"unpack", unpack}, {"record", record}};
	struct session s;
	session_init(&s, options, progress, report);
	int r = session_run_stages(stages, sizeof(stages) / sizeof(stages[0]), &s, report, err);
	log_tail(s.log_fd, 1 << 20, log);
	if (r == 0) {
		trace_file_add_image(out, options->source_text, session_digest(&s));
		out->trace = s.trace;
		s.trace = (struct trace){0};
	}
	session_done(&s);
	return r;
}
