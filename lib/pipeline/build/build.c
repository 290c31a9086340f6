#include "pipeline/build/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pipeline/build/destinations.h"
#include "pipeline/build/stage_check.h"
#include "pipeline/build/stage_publish.h"
#include "pipeline/build/stage_verify.h"
#include "pipeline/build/tell.h"
#include "pipeline/build/traces.h"
#include "pipeline/stages.h"
#include "run/output/container_log.h"

static bool from_traces(const struct pipeline_build_state *b)
{
	return b->options->traces && b->options->traces->count > 0;
}

static int check_manifest(const struct pipeline_build_state *b, struct err *err)
{
	const struct oci_digest *wanted = b->options->manifest, *have = &b->session.image.manifest_digest;
	if (!wanted || oci_digest_equal(wanted, have))
		return 0;
	return err_set(err, ERR_INVAL, "source-changed",
		       "the source changed while it was built: its image was %s, and now is %s; build again",
		       wanted->text, have->text);
}

static struct timings *timings_of(const struct pipeline_build_state *b)
{
	return progress_timings(b->session.progress);
}

static int plan_destinations(struct pipeline_build_state *b, struct err *err)
{
	const size_t step = timings_begin(timings_of(b), "open the destinations", "the engines and registries");
	int r = pipeline_build_plan_destinations(b, err);
	timings_end(timings_of(b), step);
	return r;
}

static int prepare_runtime(struct pipeline_build_state *b, struct err *err)
{
	const size_t step = timings_begin(timings_of(b), "find the runtime", "the runtime to tell its version");
	int r = pipeline_original_prepare(&b->original, &b->session, err);
	timings_end(timings_of(b), step);
	return r;
}

/* Source, destinations, traces and runtime are known to be usable before any work is done. */
static int fetch(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	const struct pipeline_build_options *o = b->options;
	if (b->runs)
		pipeline_original_begin(&b->original, &b->session);
	int r = o->check->lock.file ? ci_lock_use_open(&b->lock, &o->check->lock, err) : 0;
	if (r < 0 || (r = pipeline_session_fetch(&b->session, err)) < 0 || (r = check_manifest(b, err)) < 0 ||
	    (r = plan_destinations(b, err)) < 0)
		return r;
	for (size_t i = 0; r == 0 && from_traces(b) && i < o->traces->count; i++)
		r = pipeline_build_add_trace(b, o->traces->items[i], err);
	if (r < 0)
		return r;
	b->openable = true;
	if (o->unable.code) {
		*err = o->unable;
		return -(int)o->unable.code;
	}
	if (b->runs && (r = prepare_runtime(b, err)) < 0)
		return r;
	return pipeline_slim_image_init(&b->slim, &b->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	return pipeline_session_unpack(&b->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	return from_traces(b) ? 0 : pipeline_original_record(&b->original, &b->session, err);
}

static int select_paths(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	struct pipeline_session *s = &b->session;
	int r = progress_step(s->progress, "keep", 0, 0, "", err);
	if (r < 0 || (r = pipeline_build_resolve(b, err)) < 0)
		return r;
	const size_t step = timings_begin(timings_of(b), "choose what to keep", NULL);
	r = pipeline_selection_make(&b->original.evidence, &s->image.config, b->options->policy, &b->original.notes,
				    &b->selection, err);
	timings_end(timings_of(b), step);
	return r;
}

static void set_rewrite(struct pipeline_build_state *b)
{
	const struct pipeline_build_options *o = b->options;
	const struct transport_image *i = &b->session.image;
	struct pipeline_slim_image *slim = &b->slim;
	enum oci_family family = OCI_FAMILY_DOCKER; /* OCI's says more: the others' manifests are made from it */
	slim->unpacked_there = b->to.count > 0;
	for (size_t k = 0; k < b->to.count; k++) {
		const struct transport_traits *t = transport_traits(b->to.items[k].ref.scheme);
		if (b->to.items[k].family == OCI_FAMILY_OCI)
			family = OCI_FAMILY_OCI;
		slim->unpacked_there &= !transport_sink_keeps_blobs(b->to.items[k].sink);
		slim->compressed_there |= t->remote;
	}
	if (b->runs && o->verify != PIPELINE_BUILD_VERIFY_OFF) /* else there is nothing to send it beside */
		slim->to = &b->to;
	slim->access = pipeline_build_sink_access(b);
	slim->keep = &b->selection.keep;
	slim->packages = &b->selection.packages;
	slim->compression_set = o->compression_set;
	slim->rewrite = (struct rewrite_options){
	    .compression = o->compression,
	    .level = o->level,
	    .family = family,
	    .annotations = i->manifest.annotations,
	    .base_name = i->name && *i->name ? i->name : NULL,
	    .base_digest = i->base_digest.text[0] ? &i->base_digest : NULL,
	    .edits = &b->selection.edits,
	    .config_edit = &o->config_edit,
	    .created = o->created,
	};
}

static int pack(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	set_rewrite(b);
	return pipeline_slim_image_pack(&b->slim, err);
}

void pipeline_build_state_init(struct pipeline_build_state *b, const struct pipeline_build_options *options,
			       const struct progress *progress, struct report *report,
			       const struct pipeline_build_state *lead)
{
	*b = (struct pipeline_build_state){.options = options, .report = report, .lead = lead};
	b->runs = !from_traces(b) || options->verify == PIPELINE_BUILD_VERIFY_ON;
	report->timings = progress_timings(progress);
	pipeline_session_init(&b->session, &options->session, progress);
	pipeline_original_init(&b->original);
}

int pipeline_build_make(struct pipeline_build_state *b, struct buf *log, struct err *err)
{
	static const struct pipeline_stage stages[] = {
	    {"fetch", fetch},
	    {"unpack", unpack},
	    {"record", record},
	    {"keep", select_paths},
	    {"pack", pack},
	    {"verify", pipeline_build_verify},
	    {"check", pipeline_build_check},
	};
	int r = pipeline_stages_run(stages, sizeof(stages) / sizeof(stages[0]), b, b->report, err);
	pipeline_original_end(&b->original);
	(void)!pipeline_slim_image_wait(&b->slim, NULL); /* its error came before, or matters no more */
	if (r < 0)
		pipeline_slim_image_recall(&b->slim);
	run_log_tail(b->original.log_fd, 1 << 20, log);
	if (r == -ERR_DIFFERS)
		pipeline_build_check_different(b);
	if (!b->filled)
		pipeline_build_fill_report(b, NULL);
	return r;
}

void pipeline_build_state_done(struct pipeline_build_state *b)
{
	pipeline_slim_image_recall(&b->slim);
	if (!b->lead)
		publish_destinations_done(&b->to); /* the sinks borrow from the rest */
	ci_gate_baseline_done(&b->baseline);
	ci_lock_use_done(&b->lock);
	pipeline_slim_image_done(&b->slim);
	pipeline_selection_done(&b->selection);
	for (size_t i = 0; i < b->n_stored; i++)
		free(b->stored[i].path);
	free(b->stored);
	pipeline_original_done(&b->original);
	pipeline_session_done(&b->session);
}

int pipeline_build(const struct pipeline_build_options *options, const struct progress *progress, struct report *report,
		   struct buf *log, struct err *err)
{
	static const struct pipeline_stage last = {"publish", pipeline_build_publish};
	struct pipeline_build_state b;
	struct err e = {0}; /* what the original is published for */
	pipeline_build_state_init(&b, options, progress, report, NULL);
	int r = pipeline_build_make(&b, log, &e);
	if (r == 0)
		r = pipeline_stages_run(&last, 1, &b, report, &e);
	if (pipeline_build_falls_back(&b, r))
		r = pipeline_build_keep_original(&b, &e, err);
	else if (r < 0 && err)
		*err = e;
	pipeline_build_state_done(&b);
	return r;
}
