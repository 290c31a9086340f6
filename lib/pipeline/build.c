#include "pipeline/build.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keep/left_out.h"
#include "pipeline/dockerfiles.h"
#include "pipeline/report_fill.h"
#include "pipeline/selection.h"
#include "pipeline/slim_image.h"
#include "pipeline/stages.h"
#include "publish/attach.h"
#include "publish/exported.h"
#include "publish/publish.h"
#include "publish/traces.h"
#include "run/output/container_log.h"
#include "trace/trace_file.h"
#include "trace/unite.h"

struct stored_trace {
	char *path;
	uint64_t paths;
	bool same_image; /* it has this one among its images, or names none */
	bool this_alone; /* it has no other */
};

struct build {
	const struct pipeline_build_options *options;
	struct report *report;
	bool filled; /* the report: at the end of the last stage, or after the stage that failed */
	struct pipeline_session session;
	struct pipeline_original original;
	struct stored_trace *stored; /* of the files that were read */
	size_t n_stored, stored_cap;
	struct pipeline_selection selection;
	struct pipeline_slim_image slim;
	struct verify_verdict verdict;
	struct publish_destinations to;
	struct ci_gate_baseline baseline;
	bool working, publishing; /* which stages were reached: those after fetch, and publish */
	struct ci_lock_use lock;
};

static bool from_traces(const struct build *b)
{
	return b->options->traces && b->options->traces->count > 0;
}

/* Whether containers are run at all. */
static bool runs(const struct build *b)
{
	return !from_traces(b) || b->options->verify == PIPELINE_BUILD_VERIFY_ON;
}

/* One stored trace into the session's. That it is of another image is no error: an image is rebuilt more often
 * than its use changes. It is noted, because what is new in this one was not seen. */
static int take_trace(struct build *b, const char *path, struct trace_file *f, struct err *err)
{
	if (f->trace.unreadable || f->trace.overflows)
		return err_set(err, ERR_INVAL, "trace-incomplete",
			       "%s is of a recording that lost events: record again", path);
	const char *digest = pipeline_session_digest(&b->session);
	bool other = f->n_images > 0 && !trace_file_has_image(f, digest);
	if (other)
		notes_add(&b->original.notes, "trace-of-other-image",
			  "%s was recorded of %s (%s), not of this image (%s): what only this one uses was not seen",
			  path, f->images[0].reference, f->images[0].digest, digest);
	b->stored = mem_grow(b->stored, b->n_stored, &b->stored_cap, sizeof(*b->stored));
	b->stored[b->n_stored++] =
	    (struct stored_trace){mem_strdup(path), f->trace.paths.count, !other, !other && f->n_images == 1};
	if (b->n_stored == 1)
		trace_take(&b->original.trace, &f->trace);
	else
		trace_unite(&b->original.trace, &f->trace);
	return 0;
}

/* All that are attached to the source. */
static int add_attached(struct build *b, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index artifacts = {0};
	int r = publish_traces_list(b->session.source, &b->session.image.manifest_digest, &artifacts, err);
	for (size_t i = 0; r == 0 && i < artifacts.count; i++) {
		CLEANUP_TRACE_FILE struct trace_file f = {0};
		r = publish_trace_read(b->session.source, &artifacts.manifests[i], &f, err);
		if (r == 0)
			r = take_trace(b, artifacts.manifests[i].digest.text, &f, err);
	}
	return r;
}

static int add_trace(struct build *b, const char *path, struct err *err)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	if (strcmp(path, PIPELINE_BUILD_TRACE_ATTACHED) == 0)
		return add_attached(b, err);
	int r = trace_file_load(AT_FDCWD, path, &f, err);
	return r < 0 ? r : take_trace(b, path, &f, err);
}

/* How the destinations are reached in this run. */
static struct transport_options sink_access(const struct build *b)
{
	const struct oci_ref *source = transport_source_ref(b->session.source);
	struct transport_options t = pipeline_session_access(&b->session);
	if (b->options->dest_creds)
		t.creds = b->options->dest_creds;
	else if (transport_traits(source->scheme)->registry)
		t.creds_host = source->name.host;
	t.mount_from = source;
	return t;
}

static int choose_family(const struct build *b, struct publish_destination *to, struct err *err)
{
	const struct pipeline_build_options *o = b->options;
	const struct transport_traits *t = transport_traits(to->ref.scheme);
	const enum oci_family wanted = o->format_set ? o->format : b->session.image.manifest.family;
	to->family = t->any_family ? wanted : t->family;
	if (o->format_set && to->family != wanted && !t->unpacks) {
		CLEANUP_FREE char *text = oci_ref_text(&to->ref);
		return err_set(err, ERR_INVAL, "format-conflict",
			       "%s holds images of %s's format: leave out --format, or write elsewhere", text,
			       to->family == OCI_FAMILY_OCI ? "the OCI" : "Docker");
	}
	return 0;
}

static int plan_destinations(struct build *b, struct err *err)
{
	const struct pipeline_build_options *o = b->options;
	const struct transport_options access = sink_access(b);
	int r = publish_destinations_plan(&o->wish, transport_source_ref(b->session.source), b->session.image.name,
					  &access, &b->to, err);
	bool registry = false;
	for (size_t i = 0; r == 0 && i < b->to.count; i++) {
		r = choose_family(b, &b->to.items[i], err);
		registry |= transport_traits(b->to.items[i].ref.scheme)->registry;
	}
	if (r == 0 && o->attach_report && !registry)
		return err_set(err, ERR_INVAL, "attach-without-registry",
			       "--attach-report: none of the destinations is a registry");
	if (r == 0 && o->keep_index && !b->session.image.index.len)
		return err_set(err, ERR_INVAL, "keep-index-without-index",
			       "--keep-index: the source is no index of several platforms, or its transport has none");
	if (r == 0 && o->keep_original && b->session.image.unpacked && !transport_source_is_stream(b->session.source))
		return err_set(err, ERR_UNSUPPORTED, "original-not-publishable",
			       "--on-fail keep-original: a directory of files has no layers to publish");
	if (r < 0 || (r = publish_open(&b->to, &access, &b->session.image.manifest.config, err)) < 0)
		return r;
	return pipeline_check_baseline(o->check, &b->session, &b->to, &access, &b->baseline, err);
}

/* Source, destinations and runtime or traces are known to be usable before any work is done. */
static int fetch(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct pipeline_build_options *o = b->options;
	int r = o->check->lock.file ? ci_lock_use_open(&b->lock, &o->check->lock, err) : 0;
	if (r < 0 || (r = pipeline_session_fetch(&b->session, err)) < 0 || (r = plan_destinations(b, err)) < 0)
		return r;
	if (runs(b))
		r = pipeline_original_prepare(&b->original, &b->session, err);
	for (size_t i = 0; r == 0 && from_traces(b) && i < o->traces->count; i++)
		r = add_trace(b, o->traces->items[i], err);
	return r < 0 ? r : pipeline_slim_image_init(&b->slim, &b->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct build *b = ctx;
	b->working = true;
	return pipeline_session_unpack(&b->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct build *b = ctx;
	return from_traces(b) ? 0 : pipeline_original_record(&b->original, &b->session, err);
}

/* For the slim image, when the keep set has grown. */
static int complete(void *ctx, struct err *err)
{
	return pipeline_selection_close(ctx, err);
}

/* Of stored traces, what differs between their image and this one is told. */
static int resolve(struct build *b, struct err *err)
{
	struct pipeline_original *o = &b->original;
	struct ci_drift drift = {0};
	bool same = true;
	if (!from_traces(b))
		return pipeline_original_resolve(o, &b->session, err);
	for (size_t i = 0; i < b->n_stored; i++)
		same &= b->stored[i].this_alone;
	ci_drift_begin(&o->trace, &drift);
	int r = pipeline_original_resolve(o, &b->session, err);
	if (r == 0)
		r = ci_drift_end(&drift, &o->evidence, &o->trace, same, &b->report->drift, err);
	ci_drift_done(&drift);
	return r;
}

static int select_paths(void *ctx, struct err *err)
{
	struct build *b = ctx;
	struct pipeline_session *s = &b->session;
	int r = progress_step(s->progress, "keep", 0, 0, "", err);
	if (r < 0 || (r = resolve(b, err)) < 0)
		return r;
	return pipeline_selection_make(&b->original.evidence, &s->image.config, b->options->policy, &b->original.notes,
				       &b->selection, err);
}

static void set_rewrite(struct build *b)
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
		slim->unpacked_there &= t->unpacks;
		slim->compressed_there |= t->remote;
	}
	slim->keep = &b->selection.keep;
	slim->packages = &b->selection.packages;
	slim->complete = complete;
	slim->ctx = &b->selection;
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
	struct build *b = ctx;
	set_rewrite(b);
	return pipeline_slim_image_pack(&b->slim, err);
}

static int verify(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct verify_options o = {
	    .heal = b->options->heal,
	    .keep = &b->selection.keep,
	    .open = pipeline_slim_image_open,
	    .close = pipeline_slim_image_close,
	    .ctx = &b->slim,
	    .config = rewrite_config_edit_is_empty(&b->options->config_edit) ? NULL : &b->session.image.config,
	};
	const char **skipped = &b->verdict.skipped;
	if (b->options->verify == PIPELINE_BUILD_VERIFY_OFF)
		*skipped = "as --verify=off says";
	else if (!runs(b))
		*skipped = "with --trace nothing is run, unless --verify=on says so";
	else if (pipeline_prefers_source(&b->slim))
		*skipped = "the result has the layers of the source";
	return *skipped ? 0 : pipeline_original_verify(&b->original, &b->session, &o, &b->verdict, err);
}

/* selection: NULL = the build did not come so far that it is told. */
static void fill_report(struct build *b, const struct pipeline_selection *selection)
{
	const struct pipeline_report_sources from = {
	    .session = &b->session,
	    .original = &b->original,
	    .verdict = &b->verdict,
	    .result = &b->slim.figures,
	    .selection = selection,
	    .paths = b->options->reasons || b->options->attach_report,
	};
	if (b->selection.keep.index) /* else nothing was selected; healing is done by now */
		keep_left_out_tell(&b->selection.keep, &b->original.notes);
	pipeline_report_fill(&from, b->report);
	for (size_t i = 0; i < b->n_stored; i++)
		report_trace_file_add(b->report, b->stored[i].path, b->stored[i].paths, b->stored[i].same_image);
	b->filled = true;
}

/* The result has all that the source has. */
static void report_source(struct report *r)
{
	memset(r->shares.bytes, 0, sizeof(r->shares.bytes));
	r->result.compressed_bytes = r->source.compressed_bytes;
	r->result.size_bytes = r->source.size_bytes;
	r->result.layers = r->source.layers;
}

static void report_source_kept(struct report *r)
{
	notes_add(&r->notes, "source-layers-kept",
		  "one layer would be no smaller than the source's own: the result has those");
	report_source(r);
}

static void report_destinations(const struct build *b)
{
	struct report *rep = b->report;
	rep->destinations = mem_calloc(b->to.count, sizeof(*rep->destinations));
	rep->n_destinations = b->to.count;
	for (size_t i = 0; i < b->to.count; i++) {
		const struct publish_destination *to = &b->to.items[i];
		const struct transport_traits *t = transport_traits(to->ref.scheme);
		struct report_destination *d = &rep->destinations[i];
		const struct oci_digest *digest = t->engine ? &to->published.config : &to->published.top.digest;
		d->reference = oci_ref_text(&to->ref);
		strlist_extend(&d->names, &to->names);
		if (t->engine)
			d->pinned = mem_strdup(digest->text);
		else if (t->registry)
			d->pinned = mem_printf("%s/%s@%s", to->ref.name.host, to->ref.name.path, digest->text);
		strcpy(d->digest, digest->text);
	}
	rep->result.reference = mem_strdup(rep->destinations[0].reference);
	strcpy(rep->result.digest, rep->destinations[0].digest);
}

static int attach_reports(struct build *b, struct err *err)
{
	CLEANUP_BUF struct buf json = {0};
	report_json(b->report, true, &json);
	for (size_t i = 0; i < b->to.count; i++) {
		struct oci_digest artifact;
		if (!transport_traits(b->to.items[i].ref.scheme)->registry)
			continue;
		int r = publish_attach_report(&b->to.items[i], &json, &artifact, err);
		if (r < 0)
			return err_wrap(err, "the image is published, but the report could not be attached");
		notes_add(&b->report->notes, "report-attached", "the report is attached to %s as %s",
			  b->report->destinations[i].reference, artifact.text);
	}
	return 0;
}

/* The report is filled. */
static int judge(struct build *b, struct err *err)
{
	const struct ci_gate_figures figures = {
	    .report = b->report,
	    .baseline = b->baseline.name ? &b->baseline : NULL,
	    .tree = {.keep = &b->selection.keep,
		     .packages = &b->selection.packages,
		     .trace = &b->original.trace,
		     .whole = pipeline_prefers_source(&b->slim)},
	    .unproven_known = b->report->unproven.items != NULL,
	    .unproven_files = b->report->unproven.files,
	    .unproven_bytes = b->report->unproven.bytes,
	};
	ci_drift_judge(&b->options->check->max_drift, &b->report->drift, &b->report->gates);
	ci_gate_judge(&b->options->check->limits, &figures, &b->report->gates);
	return ci_gate_error(&b->report->gates, err);
}

/* A result that has the source's layers lacks nothing. */
static int find_unproven(struct build *b, struct err *err)
{
	struct pipeline_selection *s = &b->selection;
	int r = pipeline_prefers_source(&b->slim) ? 0 : keep_unproven_find(&s->keep, &s->unproven, err);
	if (r == 0)
		pipeline_report_fill_unproven(&s->keep, &s->unproven, &b->report->unproven);
	return r;
}

static int compare_lock(struct build *b, struct err *err)
{
	const struct ci_lock_tree tree = {
	    .keep = &b->selection.keep,
	    .whole = pipeline_prefers_source(&b->slim),
	    .packages = &b->selection.packages,
	    .edits = &b->selection.edits,
	};
	return pipeline_check_lock(b->options->check, &tree, &b->slim.result.config_bytes, &b->lock, b->report, err);
}

/* Fills the report: what is judged is what it says. */
static int check(void *ctx, struct err *err)
{
	struct build *b = ctx;
	int r = progress_step(b->session.progress, "check", 0, 0, "", err);
	if (r < 0 || (r = find_unproven(b, err)) < 0)
		return r;
	fill_report(b, &b->selection);
	if (pipeline_prefers_source(&b->slim))
		report_source_kept(b->report);
	if (b->options->check->lock.file && (r = compare_lock(b, err)) < 0)
		return r;
	return judge(b, err);
}

/* The report is filled. */
static int write_dockerfiles(struct build *b, struct err *err)
{
	const struct pipeline_dockerfiles d = {
	    .dockerfile = b->options->dockerfile_out,
	    .dockerignore = b->options->dockerignore_out,
	    .created = b->options->created,
	    .notes = &b->report->notes,
	    .evidence = &b->original.evidence,
	    .selection = &b->selection,
	    .slim = &b->slim,
	    .verdict = &b->report->verify,
	};
	int r = pipeline_dockerfiles_write(&d, err);
	return r < 0 ? err_wrap(err, "the image is published, but a file beside it is not written") : 0;
}

static int publish_image(struct build *b, const struct publish_image *image, struct err *err)
{
	struct publish_image p = *image;
	int r = progress_step(b->session.progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	p.source = b->session.source;
	p.tmp_dir = b->session.run.fd;
	p.keep_index = b->options->keep_index;
	p.may_publish = b->options->may_publish;
	if ((r = publish(&p, &b->to, err)) < 0 || (!p.original && (r = write_dockerfiles(b, err)) < 0))
		return r;
	b->report->gates.published = p.original ? "original" : "result";
	report_destinations(b);
	if (b->options->check->lock.file && !p.original &&
	    (r = ci_lock_use_write(&b->lock, &b->options->check->lock, &b->report->lock, err)) < 0)
		return r;
	return b->options->attach_report ? attach_reports(b, err) : 0;
}

static int publish_all(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct publish_image p = {
	    .result = pipeline_prefers_source(&b->slim) ? NULL : &b->slim.result,
	    .layer = b->slim.layer_fd,
	    .image = &b->session.image,
	};
	b->publishing = true;
	return publish_image(b, &p, err);
}

static bool all_unpack(const struct publish_destinations *to)
{
	for (size_t i = 0; i < to->count; i++)
		if (!transport_traits(to->items[i].ref.scheme)->unpacks)
			return false;
	return true;
}

static int publish_original(void *ctx, struct err *err)
{
	struct build *b = ctx;
	struct pipeline_session *s = &b->session;
	CLEANUP_PUBLISH_EXPORTED struct publish_exported exported = {0};
	struct publish_image p = {.original = true, .layer = -1, .image = &s->image};
	if (transport_source_is_stream(s->source)) {
		const enum oci_compression c = b->options->compression_set ? b->options->compression
					       : all_unpack(&b->to)        ? OCI_COMPRESSION_NONE
									   : OCI_COMPRESSION_GZIP;
		int r = publish_exported_make(s->source, &s->image, c, s->run.fd, &exported, err);
		if (r < 0)
			return r;
		p.image = &exported.image;
		p.layers = exported.layers;
		b->report->result.compressed_bytes = 0;
		for (size_t i = 0; c != OCI_COMPRESSION_NONE && i < exported.n_layers; i++)
			b->report->result.compressed_bytes += exported.image.manifest.layers[i].size;
	}
	return publish_image(b, &p, err);
}

/* Whether the source may stand in for the result: not if the user made a mistake or wants to stop. */
static bool falls_back(const struct build *b, int r)
{
	return r < 0 && b->options->keep_original && b->working && !b->publishing && r != -ERR_INVAL &&
	       r != -ERR_CANCELLED;
}

/* why: the failure, which the report then has as its error. */
static int keep_original(struct build *b, const struct err *why, struct err *err)
{
	static const struct pipeline_stage stage = {"publish", publish_original};
	struct report *rep = b->report;
	rep->error = *why;
	notes_add(&rep->notes, "original-published",
		  "the original image was published, not a slim one, as --on-fail keep-original asks: %s", why->msg);
	report_source(rep);
	rep->result.files = rep->source.files;
	int r = pipeline_stages_run(&stage, 1, b, rep, err);
	return r < 0 ? err_wrap(err, "%s; and the original could not be published in the place of the slim image",
				why->msg)
		     : 0;
}

int pipeline_build(const struct pipeline_build_options *options, const struct progress *progress, struct report *report,
		   struct buf *log, struct err *err)
{
	static const struct pipeline_stage stages[] = {
	    {"fetch", fetch}, {"unpack", unpack}, {"record", record}, {"keep", select_paths},
	    {"pack", pack},   {"verify", verify}, {"check", check},   {"publish", publish_all},
	};
	struct build b = {.options = options, .report = report};
	pipeline_session_init(&b.session, &options->session, progress);
	pipeline_original_init(&b.original);
	struct err e = {0}; /* what the original is published for */
	int r = pipeline_stages_run(stages, sizeof(stages) / sizeof(stages[0]), &b, report, &e);
	run_log_tail(b.original.log_fd, 1 << 20, log);
	if (!b.filled)
		fill_report(&b, NULL);
	if (r == -ERR_DIFFERS)
		(void)judge(&b, NULL); /* the gates are told, too, but what it is not equal in comes first */
	if (falls_back(&b, r))
		r = keep_original(&b, &e, err);
	else if (r < 0 && err)
		*err = e;
	publish_destinations_done(&b.to); /* the sinks borrow from the rest */
	ci_gate_baseline_done(&b.baseline);
	ci_lock_use_done(&b.lock);
	pipeline_slim_image_done(&b.slim);
	pipeline_selection_done(&b.selection);
	for (size_t i = 0; i < b.n_stored; i++)
		free(b.stored[i].path);
	free(b.stored);
	pipeline_original_done(&b.original);
	pipeline_session_done(&b.session);
	return r;
}
