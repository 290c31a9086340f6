#include "pipeline/build/traces.h"

#include <fcntl.h>
#include <string.h>

#include "base/mem.h"
#include "publish/traces.h"
#include "trace/trace_file.h"
#include "trace/unite.h"

/* Adds a stored trace to the session's. A trace of another image is accepted, because an image is rebuilt more often
 * than its use changes. A note says so, because the trace knows nothing about the files that are new. */
static int take_trace(struct pipeline_build_state *b, const char *path, struct trace_file *f, struct err *err)
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
	    (struct pipeline_stored_trace){mem_strdup(path), f->trace.paths.count, !other, !other && f->n_images == 1};
	if (b->n_stored == 1)
		trace_take(&b->original.trace, &f->trace);
	else
		trace_unite(&b->original.trace, &f->trace);
	return 0;
}

/* All that are attached to the source. */
static int add_attached(struct pipeline_build_state *b, struct err *err)
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

int pipeline_build_add_trace(struct pipeline_build_state *b, const char *path, struct err *err)
{
	CLEANUP_TRACE_FILE struct trace_file f = {0};
	if (strcmp(path, PIPELINE_BUILD_TRACE_ATTACHED) == 0)
		return add_attached(b, err);
	int r = trace_file_load(AT_FDCWD, path, &f, err);
	return r < 0 ? r : take_trace(b, path, &f, err);
}

int pipeline_build_resolve(struct pipeline_build_state *b, struct err *err)
{
	struct pipeline_original *o = &b->original;
	struct ci_drift drift = {0};
	bool same = true;
	if (!b->n_stored)
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
