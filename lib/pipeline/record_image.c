#include "pipeline/record_image.h"

#include "evidence/content.h"
#include "evidence/presence.h"
#include "pipeline/report_fill.h"
#include "pipeline/stages.h"
#include "run/output/container_log.h"

struct recorded {
	struct pipeline_session session;
	struct pipeline_original original;
};

static int fetch(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	pipeline_original_begin(&d->original, &d->session);
	int r = pipeline_session_fetch(&d->session, err);
	return r < 0 ? r : pipeline_original_prepare(&d->original, &d->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	return pipeline_session_unpack(&d->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct recorded *d = ctx;
	int r = pipeline_original_record(&d->original, &d->session, err);
	if (r == 0)
		r = pipeline_original_resolve(&d->original, &d->session, err);
	return r < 0 ? r : evidence_content_fill(&d->original.evidence, &d->original.trace, err);
}

int pipeline_record(const struct pipeline_session_options *options, const struct progress *progress,
		    struct report *report, struct trace_file *out, struct buf *log, struct err *err)
{
	static const struct pipeline_stage stages[] = {{"fetch", fetch}, {"unpack", unpack}, {"record", record}};
	struct recorded d;
	pipeline_session_init(&d.session, options, progress);
	pipeline_original_init(&d.original);
	int r = pipeline_stages_run(stages, sizeof(stages) / sizeof(stages[0]), &d, report, err);
	run_log_tail(d.original.log_fd, 1 << 20, log);
	pipeline_report_fill(&(struct pipeline_report_sources){.session = &d.session, .original = &d.original}, report);
	if (r == 0) {
		evidence_presence_fill_known(&d.original.evidence, &d.original.trace);
		trace_file_add_image(out, options->source_text, pipeline_session_digest(&d.session));
		out->trace = d.original.trace;
		d.original.trace = (struct trace){0};
	}
	pipeline_original_done(&d.original);
	pipeline_session_done(&d.session);
	return r;
}
