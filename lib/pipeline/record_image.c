#include "pipeline/record_image.h"

#include "pipeline/container_log.h"
#include "pipeline/report_fill.h"
#include "pipeline/stages.h"

struct recorded {
	struct session session;
	struct original original;
};

static int fetch(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	int r = session_fetch(&d->session, err);
	return r < 0 ? r : original_prepare(&d->original, &d->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	return session_unpack(&d->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	int r = original_record(&d->original, &d->session, err);
	return r < 0 ? r : original_resolve(&d->original, &d->session, err);
}

int record_image(const struct session_options *options, const struct progress *progress, struct report *report,
		 struct trace_file *out, struct buf *log, struct err *err)
{
	static const struct stage stages[] = {{"fetch", fetch}, {"unpack", unpack}, {"record", record}};
	struct recorded d;
	session_init(&d.session, options, progress);
	original_init(&d.original);
	int r = stages_run(stages, sizeof(stages) / sizeof(stages[0]), &d, report, err);
	log_tail(d.original.log_fd, 1 << 20, log);
	report_fill(&(struct report_sources){.session = &d.session, .original = &d.original}, report);
	if (r == 0) {
		trace_file_add_image(out, options->source_text, session_digest(&d.session));
		out->trace = d.original.trace;
		d.original.trace = (struct trace){0};
	}
	original_done(&d.original);
	session_done(&d.session);
	return r;
}
