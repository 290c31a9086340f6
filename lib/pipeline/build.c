#include "pipeline/build.h"

#include <fcntl.h>
#include <string.h>

#include "pipeline/candidate.h"
#include "pipeline/container_log.h"
#include "pipeline/decision.h"
#include "pipeline/destination.h"
#include "pipeline/publish.h"
#include "pipeline/verify.h"
#include "trace/trace_file.h"

struct build {
	const struct build_options *options;
	struct session session;
	struct decision decision;
	struct candidate candidate;
	struct oci_ref output;
	enum oci_family family;
};

static bool from_traces(const struct build *b)
{
	return b->options->traces && b->options->traces->count > 0;
}

/* Whether containers are run at all. */
static bool runs(const struct build *b)
{
	return !from_traces(b) || b->options->verify == BUILD_VERIFY_ON;
}

/* One stored trace into the session's. That it is of another image is no error: an image is rebuilt more often
 * than its use changes. It is noted, because what is new in this one was not seen. */
static int add_trace(struct build *b, const char *path, struct err *err)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	int r = trace_file_load(AT_FDCWD, path, &f, err);
	if (r < 0)
		return r;
	if (f.trace.unreadable || f.trace.overflows)
		return err_set(err, ERR_INVAL, "%s is of a recording that lost events: record again", path);
	const char *digest = session_digest(&b->session);
	bool other = f.n_images > 0 && !trace_file_has_image(&f, digest);
	if (other)
		report_note(b->session.report,
			    "%s was recorded of %s (%s), not of this image (%s): what only this one uses was not seen",
			    path, f.images[0].reference, f.images[0].digest, digest);
	report_trace_file_add(b->session.report, path, f.trace.paths.count, !other);
	trace_merge(&b->session.trace, &f.trace);
	return 0;
}

/* Source, destination and runtime or traces are known to be usable before any work is done. */
static int fetch(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct build_options *o = b->options;
	int r = session_fetch(&b->session, err);
	if (r < 0)
		return r;
	if (o->output.scheme)
		oci_ref_copy(&o->output, &b->output);
	else
		destination_default(&o->session.source, &b->output);
	if ((r = transport_family(&b->output, &b->family, err)) < 0)
		return r;
	if (runs(b))
		r = session_prepare_run(&b->session, err);
	for (size_t i = 0; r == 0 && from_traces(b) && i < o->traces->count; i++)
		r = add_trace(b, o->traces->items[i], err);
	return r < 0 ? r : candidate_init(&b->candidate, &b->session, err);
}

static int unpack(void *ctx, struct err *err)
{
	struct build *b = ctx;
	return session_unpack(&b->session, err);
}

static int record(void *ctx, struct err *err)
{
	struct build *b = ctx;
	return from_traces(b) ? 0 : session_record(&b->session, err);
}

/* For the candidate, when the keep set has grown. */
static int complete(void *ctx, struct err *err)
{
	return decision_close(ctx, err);
}

static int decide(void *ctx, struct err *err)
{
	struct build *b = ctx;
	struct session *s = &b->session;
	int r = progress_step(s->progress, "keep", 0, 0, "", err);
	if (r < 0 || (r = session_resolve(s, err)) < 0)
		return r;
	return decision_make(s->index, &s->trace, &s->image.config, b->options->policy, s->report, &b->decision, err);
}

static void set_rewrite(struct build *b)
{
	const struct build_options *o = b->options;
	const struct transport_image *i = &b->session.image;
	b->candidate.keep = &b->decision.keep;
	b->candidate.packages = &b->decision.packages;
	b->candidate.complete = complete;
	b->candidate.ctx = &b->decision;
	b->candidate.compression_set = o->compression_set;
	b->candidate.rewrite = (struct rewrite_options){
	    .compression = o->compression,
	    .level = o->level,
	    .family = b->family,
	    .base_name = i->name && *i->name ? i->name : NULL,
	    .base_digest = i->manifest_digest.text[0] ? &i->manifest_digest : NULL,
	    .edits = &b->decision.edits,
	    .created = o->created,
	};
}

static int pack(void *ctx, struct err *err)
{
	struct build *b = ctx;
	set_rewrite(b);
	return candidate_pack(&b->candidate, err);
}

static int verify(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct verify_options o = {
	    .heal = b->options->heal,
	    .keep = &b->decision.keep,
	    .open = candidate_open,
	    .ctx = &b->candidate,
	};
	const char **skipped = &b->session.report->verify.skipped;
	if (b->options->verify == BUILD_VERIFY_OFF)
		*skipped = "as --verify=off says";
	else if (!runs(b))
		*skipped = "with --trace nothing is run, unless --verify=on says so";
	else if (candidate_gains_nothing(&b->candidate))
		*skipped = "the result has the layers of the source";
	return *skipped ? 0 : verify_slim(&b->session, &o, err);
}

static int publish(void *ctx, struct err *err)
{
	struct build *b = ctx;
	int r = progress_step(b->session.progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	decision_report(&b->decision, &b->session.trace, b->options->reasons, b->session.report);
	struct report_image *t = &b->session.report->result;
	CLEANUP_FREE char *name = destination_name(b->session.image.name);
	CLEANUP_STRLIST struct strlist names = {0};
	if (name)
		strlist_add(&names, name);
	const struct transport_options to = {.names = &names};
	struct oci_descriptor d = b->candidate.result.manifest_descriptor;
	const struct report_image *s = &b->session.report->source;
	if (candidate_gains_nothing(&b->candidate)) {
		report_note(b->session.report,
			    "one layer would be no smaller than the source's own: the result has those");
		r = publish_source(b->session.source, &b->session.image, b->family, b->session.run.fd, &b->output, &to,
				   &d, err);
		t->compressed_bytes = s->compressed_bytes;
		t->size_bytes = s->size_bytes;
		t->layers = s->layers;
	} else {
		r = publish_image(&b->output, &to, &b->candidate.result, b->candidate.layer_fd, err);
	}
	if (r < 0)
		return r;
	t->reference = oci_ref_text(&b->output);
	strcpy(t->digest, d.digest.text);
	return 0;
}

int build_image(const struct build_options *options, const struct progress *progress, struct report *report,
		struct buf *log, struct err *err)
{
	static const struct session_stage stages[] = {
	    {"fetch", fetch}, {"unpack", unpack}, {"record", record},   {"keep", decide},
	    {"pack", pack},   {"verify", verify}, {"publish", publish},
	};
	struct build b = {.options = options};
	session_init(&b.session, &options->session, progress, report);
	int r = session_run_stages(stages, sizeof(stages) / sizeof(stages[0]), &b, report, err);
	log_tail(b.session.log_fd, 1 << 20, log);
	candidate_done(&b.candidate);
	decision_done(&b.decision);
	oci_ref_done(&b.output);
	session_done(&b.session);
	return r;
}
