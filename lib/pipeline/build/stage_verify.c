#include "pipeline/build/stage_verify.h"

#include "pipeline/slim/candidate.h"

/* For the slim image, when the keep set has grown. */
static int complete(void *ctx, struct err *err)
{
	return pipeline_selection_close(ctx, err);
}

static int prove(struct pipeline_build_state *b, struct err *err)
{
	struct pipeline_slim_candidate candidate;
	const struct verify_options o = {
	    .heal = b->options->heal,
	    .keep = &b->selection.keep,
	    .open = pipeline_slim_candidate_open,
	    .close = pipeline_slim_candidate_close,
	    .ctx = &candidate,
	    .config = rewrite_config_edit_is_empty(&b->options->config_edit) ? NULL : &b->session.image.config,
	};
	pipeline_slim_candidate_init(&candidate, &b->slim);
	candidate.complete = complete;
	candidate.ctx = &b->selection;
	candidate.unpacks = b->original.trace.direct_reads > 0;
	int r = pipeline_original_verify(&b->original, &b->session, &o, &b->verdict, err);
	const size_t step = timings_begin(progress_timings(b->session.progress), "remove the candidate", NULL);
	pipeline_slim_candidate_done(&candidate);
	timings_end(progress_timings(b->session.progress), step);
	return r;
}

/* The source's own layers are published. */
static int skip_for_source(struct pipeline_build_state *b)
{
	verify_verdict_done(&b->verdict);
	b->verdict = (struct verify_verdict){.skipped = "the result has the layers of the source"};
	return 0;
}

/* Whether the source's layers are published is known once the layer is compressed, beside the proof. A layer that saves
 * nothing is hardly worth one, so its compression is awaited first. */
int pipeline_build_verify(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	const char **skipped = &b->verdict.skipped;
	struct err e = {0};
	int r = 0;
	if (b->options->verify == PIPELINE_BUILD_VERIFY_OFF)
		*skipped = "as --verify=off says";
	else if (!b->runs)
		*skipped = "with --trace nothing is run, unless --verify=on says so";
	if (*skipped || (!pipeline_slim_image_saves(&b->slim) && (r = pipeline_slim_image_wait(&b->slim, err)) < 0))
		return r;
	if (!pipeline_slim_image_saves(&b->slim) && pipeline_prefers_source(&b->slim))
		return skip_for_source(b);
	r = prove(b, err);
	if (r < 0 && r != -ERR_DIFFERS)
		return r;
	int waited = pipeline_slim_image_wait(&b->slim, &e);
	if (waited == 0 && pipeline_prefers_source(&b->slim))
		return skip_for_source(b);
	if (r == 0 && waited < 0 && err)
		*err = e;
	return r < 0 ? r : waited;
}
