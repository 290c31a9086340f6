#include "pipeline/build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/container_log.h"
#include "pipeline/decision.h"
#include "pipeline/destination.h"
#include "pipeline/publish.h"
#include "rewrite/rewrite.h"
#include "trace/trace_file.h"

struct build {
	const struct build_options *options;
	struct session session;
	struct decision decision;
	struct rewrite_result result;
	struct oci_ref output;
	enum oci_family family;
	int layer_fd;
};

static bool from_traces(const struct build *b)
{
	return b->options->traces && b->options->traces->count > 0;
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
		b->output = (struct oci_ref){mem_strdup(o->output.scheme), mem_strdup(o->output.location),
					     mem_strdup(o->output.tag)};
	else
		destination_default(&o->session.source, &b->output);
	if ((r = transport_family(&b->output, &b->family, err)) < 0)
		return r;
	if (!from_traces(b))
		r = session_prepare_run(&b->session, err);
	for (size_t i = 0; r == 0 && from_traces(b) && i < o->traces->count; i++)
		r = add_trace(b, o->traces->items[i], err);
	if (r < 0)
		return r;
	b->layer_fd = session_new_file(&b->session, "layer", 0, err);
	return b->layer_fd < 0 ? b->layer_fd : 0;
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

static int decide(void *ctx, struct err *err)
{
	struct build *b = ctx;
	struct session *s = &b->session;
	int r = progress_step(s->progress, "keep", 0, 0, "", err);
	if (r < 0 || (r = session_resolve(s, err)) < 0)
		return r;
	return decision_make(s->index, &s->trace, &s->image.config, b->options->policy, s->report, &b->decision, err);
}

/* The compression that most bytes of the source have. */
static int source_compression(const struct oci_manifest *m, enum oci_compression *out, struct err *err)
{
	size_t biggest = 0;
	for (size_t i = 0; i < m->n_layers; i++)
		if (m->layers[i].size > m->layers[biggest].size)
			biggest = i;
	*out = OCI_COMPRESSION_GZIP;
	return m->n_layers ? oci_layer_compression(m->layers[biggest].media_type, out, err) : 0;
}

/* Into the empty layer file; what an earlier call made is gone. */
static int rewrite(struct build *b, const struct rewrite_options *w, struct err *err)
{
	rewrite_result_done(&b->result);
	if (ftruncate(b->layer_fd, 0) < 0 || lseek(b->layer_fd, 0, SEEK_SET) < 0)
		return err_sys(err, errno, "empty the layer file");
	return rewrite_image(&b->decision.keep, &b->session.image.config, b->layer_fd, w, b->session.progress,
			     &b->result, err);
}

static bool is_larger(const struct build *b)
{
	return b->result.layer.blob_size > b->session.report->source.compressed_bytes;
}

static int pack(void *ctx, struct err *err)
{
	struct build *b = ctx;
	const struct build_options *o = b->options;
	int r = progress_step(b->session.progress, "pack", 0, 0, "", err);
	struct rewrite_options w = {
	    .compression = o->compression,
	    .level = o->level,
	    .family = b->family,
	    .base_name = b->session.image.name && *b->session.image.name ? b->session.image.name : NULL,
	    .base_digest = b->session.image.manifest_digest.text[0] ? &b->session.image.manifest_digest : NULL,
	    .edits = &b->decision.edits,
	    .created = o->created,
	};
	if (r == 0 && !o->compression_set)
		r = source_compression(&b->session.image.manifest, &w.compression, err);
	if (r < 0 || (r = rewrite(b, &w, err)) < 0)
		return r;
	/* a source that was compressed harder than is our habit, and has little to lose */
	if (!o->compression_set && is_larger(b) && w.compression != OCI_COMPRESSION_NONE) {
		w.level = w.compression == OCI_COMPRESSION_GZIP ? LAYER_GZIP_MAX : LAYER_ZSTD_MAX;
		if ((r = rewrite(b, &w, err)) < 0)
			return r;
	}
	struct report_image *t = &b->session.report->result;
	t->size_bytes = b->result.bytes;
	t->compressed_bytes = b->result.layer.blob_size;
	t->layers = 1;
	for (uint32_t id = 0; id < rootfs_index_count(b->session.index); id++)
		t->files += keep_has(&b->decision.keep, id) && S_ISREG(rootfs_index_node(b->session.index, id)->mode);
	return 0;
}

static int publish(void *ctx, struct err *err)
{
	struct build *b = ctx;
	int r = progress_step(b->session.progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	decision_report(&b->decision, &b->session.trace, b->session.report);
	struct report_image *t = &b->session.report->result;
	CLEANUP_FREE char *name = destination_name(b->session.image.name);
	struct oci_descriptor d = b->result.manifest_descriptor;
	/* Only when the user did not choose the compression: a chosen one may cost what it costs. */
	const struct report_image *s = &b->session.report->source;
	bool nothing_gone = t->compressed_bytes >= s->compressed_bytes && t->size_bytes >= s->size_bytes;
	if (!b->options->compression_set && (is_larger(b) || nothing_gone)) {
		report_note(b->session.report,
			    "one layer would be no smaller than the source's own: the result has those");
		r = publish_source(b->session.source, &b->session.image, b->family, b->session.run.fd, &b->output, name,
				   &d, err);
		t->compressed_bytes = s->compressed_bytes;
		t->size_bytes = s->size_bytes;
		t->layers = s->layers;
	} else {
		r = publish_image(&b->output, name, &b->result, b->layer_fd, err);
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
	    {"fetch", fetch}, {"unpack", unpack}, {"record", record},
	    {"keep", decide}, {"pack", pack},     {"publish", publish},
	};
	struct build b = {.options = options, .layer_fd = -1};
	session_init(&b.session, &options->session, progress, report);
	int r = session_run_stages(stages, sizeof(stages) / sizeof(stages[0]), &b, report, err);
	log_tail(b.session.log_fd, 1 << 20, log);
	rewrite_result_done(&b.result);
	decision_done(&b.decision);
	cleanup_closep(&b.layer_fd);
	oci_ref_done(&b.output);
	session_done(&b.session);
	return r;
}
