#include "pipeline/build/stage_publish.h"

#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "pipeline/build/dockerfiles.h"
#include "pipeline/build/tell.h"
#include "pipeline/stages.h"
#include "publish/attach.h"
#include "publish/exported.h"
#include "publish/publish.h"
#include "publish/replaced.h"

static void report_destinations(const struct pipeline_build_state *b)
{
	struct report *rep = b->report;
	rep->destinations = mem_calloc(b->to.count, sizeof(*rep->destinations));
	rep->n_destinations = b->to.count;
	for (size_t i = 0; i < b->to.count; i++) {
		const struct publish_destination *to = &b->to.items[i];
		const struct transport_traits *t = transport_traits(to->ref.scheme);
		struct report_destination *d = &rep->destinations[i];
		const bool by_config = t->engine && !transport_sink_keeps_blobs(to->sink);
		const struct oci_digest *digest = by_config ? &to->published.config : &to->published.top.digest;
		d->reference = oci_ref_text(&to->ref);
		strlist_extend(&d->names, &to->names);
		if (t->engine)
			d->pinned = mem_strdup(digest->text);
		else if (t->registry)
			d->pinned = mem_printf("%s/%s@%s", to->ref.name.host, to->ref.name.path, digest->text);
		strcpy(d->digest, digest->text);
		d->index = oci_media_type_is_index(to->published.top.media_type);
	}
	rep->result.reference = mem_strdup(rep->destinations[0].reference);
	strcpy(rep->result.digest, rep->destinations[0].digest);
}

/* image: as in publish_attach_report. */
static int attach_reports(struct pipeline_build_state *b, size_t image, struct err *err)
{
	CLEANUP_BUF struct buf json = {0};
	report_json(b->report, true, &json);
	for (size_t i = 0; i < b->to.count; i++) {
		struct oci_digest artifact;
		if (!transport_traits(b->to.items[i].ref.scheme)->registry)
			continue;
		int r = publish_attach_report(&b->to.items[i], image, &json, &artifact, err);
		if (r < 0)
			return err_wrap(err, "the image is published, but the report could not be attached");
		notes_add(&b->report->notes, "report-attached", "the report is attached to %s as %s",
			  b->report->destinations[i].reference, artifact.text);
	}
	return 0;
}

/* The report is filled. */
static int write_dockerfiles(struct pipeline_build_state *b, struct err *err)
{
	const struct pipeline_dockerfiles d = {
	    .dockerfile = b->options->dockerfile_out,
	    .dockerignore = b->options->dockerignore_out,
	    .created = b->options->created,
	    .notes = &b->report->notes,
	    .result = &b->report->result,
	    .evidence = &b->original.evidence,
	    .selection = &b->selection,
	    .slim = &b->slim,
	    .verdict = &b->report->verify,
	};
	int r = pipeline_dockerfiles_write(&d, err);
	return r < 0 ? err_wrap(err, "the image is published, but a file beside it is not written") : 0;
}

/* Where the result has the original's name by now. */
static void tell_replaced(const struct pipeline_build_state *b)
{
	const struct transport_image *image = &b->session.image;
	const struct oci_ref *source = transport_source_ref(b->session.source);
	const char *digest = image->id.text[0]            ? image->id.text
			     : image->base_digest.text[0] ? image->base_digest.text
							  : image->manifest_digest.text;
	for (size_t i = 0; i < b->to.count; i++) {
		CLEANUP_BUF struct buf text = {0};
		if (publish_replaced(source, digest, &b->to.items[i], &text))
			notes_add(&b->report->notes, "original-renamed", "%s", text.data);
	}
}

/* After its publication, as the first image of an index or a further one. */
static int conclude(struct pipeline_build_state *b, const struct publish_image *p, size_t image, struct err *err)
{
	int r;
	b->report->gates.published = p->original ? "original" : "result";
	report_destinations(b);
	if (!p->original)
		tell_replaced(b);
	if (!p->original && (r = write_dockerfiles(b, err)) < 0)
		return r;
	if (b->options->check->lock.file && !p->original &&
	    (r = ci_lock_use_write(&b->lock, &b->options->check->lock, &b->report->lock, err)) < 0)
		return r;
	return b->options->attach_report ? attach_reports(b, image, err) : 0;
}

static int publish_image(struct pipeline_build_state *b, const struct publish_image *image, struct err *err)
{
	struct publish_image p = *image;
	int r = progress_step(b->session.progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	p.tmp_dir = b->session.run.fd;
	p.keep_index = b->options->keep_index;
	p.may_publish = b->options->may_publish;
	p.timings = progress_timings(b->session.progress);
	r = publish(&p, &b->to, err);
	return r < 0 ? r : conclude(b, &p, 0, err);
}

static struct publish_image slim_image_of(struct pipeline_build_state *b)
{
	b->publishing = true;
	return (struct publish_image){
	    .result = pipeline_prefers_source(&b->slim) ? NULL : &b->slim.result,
	    .layer = pipeline_slim_image_blob(&b->slim),
	    .ahead = &b->slim.ahead,
	    .source = b->session.source,
	    .image = &b->session.image,
	    .tmp_dir = b->session.run.fd,
	};
}

int pipeline_build_publish(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	const struct publish_image p = slim_image_of(b);
	return publish_image(b, &p, err);
}

int pipeline_build_publish_index(void *ctx, struct err *err)
{
	struct pipeline_build_several *s = ctx;
	CLEANUP_FREE struct publish_image *images = mem_calloc(s->count, sizeof(*images));
	struct pipeline_build_state *lead = &s->items[0];
	int r = progress_step(lead->session.progress, "publish", 0, 0, "", err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->count; i++)
		images[i] = slim_image_of(&s->items[i]);
	images[0].keep_index = true;
	images[0].may_publish = lead->options->may_publish;
	images[0].timings = progress_timings(lead->session.progress);
	images[0].more = images + 1;
	images[0].n_more = s->count - 1;
	r = publish(images, &lead->to, err);
	for (size_t i = 0; r == 0 && i < s->count; i++)
		r = conclude(&s->items[i], &images[i], i, err);
	return r;
}

static bool all_unpack(const struct publish_destinations *to)
{
	for (size_t i = 0; i < to->count; i++)
		if (transport_sink_keeps_blobs(to->items[i].sink))
			return false;
	return true;
}

static int publish_original(void *ctx, struct err *err)
{
	struct pipeline_build_state *b = ctx;
	struct pipeline_session *s = &b->session;
	CLEANUP_PUBLISH_EXPORTED struct publish_exported exported = {0};
	struct publish_image p = {.original = true, .layer = -1, .source = s->source, .image = &s->image};
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

bool pipeline_build_falls_back(const struct pipeline_build_state *b, int r)
{
	return r < 0 && b->options->keep_original && b->openable && !b->publishing && r != -ERR_INVAL &&
	       r != -ERR_CANCELLED;
}

int pipeline_build_keep_original(struct pipeline_build_state *b, const struct err *why, struct err *err)
{
	static const struct pipeline_stage stage = {"publish", publish_original};
	struct report *rep = b->report;
	pipeline_session_settle(&b->session);
	stop_resume(); /* if the time limit was the failure */
	rep->error = *why;
	notes_add(&rep->notes, "original-published",
		  "the original image was published, not a slim one, as --on-fail keep-original asks: %s", why->msg);
	pipeline_build_report_source(rep);
	rep->result.files = rep->source.files;
	int r = pipeline_stages_run(&stage, 1, b, rep, err);
	return r < 0 ? err_wrap(err, "%s; and the original could not be published in the place of the slim image",
				why->msg)
		     : 0;
}
