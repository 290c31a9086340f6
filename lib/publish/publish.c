#include "publish/publish.h"

#include <string.h>

#include "base/mem.h"
#include "publish/copy_blob.h"
#include "publish/publish_index.h"

/* The image's manifest with the media types of a family: a shallow copy with *layers of its own, for free(). */
static int make_manifest(const struct publish_image *p, enum oci_family family, struct oci_manifest *m,
			 struct oci_descriptor **layers, struct err *err)
{
	const struct oci_manifest *from = p->result ? &p->result->manifest : &p->image->manifest;
	*m = *from;
	m->layers = *layers = mem_dup(from->layers, from->n_layers * sizeof(*from->layers));
	m->family = family;
	strcpy(m->config.media_type, family == OCI_FAMILY_DOCKER ? DOCKER_MEDIA_CONFIG : OCI_MEDIA_CONFIG);
	for (size_t i = 0; i < m->n_layers; i++) {
		enum oci_compression c;
		int r = oci_layer_compression(m->layers[i].media_type, &c, err);
		if (r < 0)
			return r;
		strcpy(m->layers[i].media_type, oci_layer_media_type(family, c));
	}
	return 0;
}

static int put_layers(const struct publish_image *p, const struct oci_manifest *m, struct transport_sink *sink,
		      struct err *err)
{
	if (p->result) {
		if (p->ahead)
			publish_ahead_wait(p->ahead);
		int there = transport_sink_has(sink, &m->layers[0], err);
		return there ? (there < 0 ? there : 0) : transport_sink_blob_fd(sink, &m->layers[0], p->layer, err);
	}
	int r = 0;
	for (size_t i = 0; r == 0 && p->layers && i < m->n_layers; i++)
		r = transport_sink_blob_fd(sink, &m->layers[i], p->layers[i], err);
	for (size_t i = 0; r == 0 && !p->layers && i < m->n_layers; i++)
		r = publish_copy_blob(p->source, &p->image->manifest.layers[i], &m->layers[i], p->tmp_dir, sink, err);
	return r;
}

/* All of an image but its manifest, which is made: *d and *manifest. *id: the digest of its config. */
static int put_image(const struct publish_image *p, const struct publish_destination *to, struct oci_descriptor *d,
		     struct buf *manifest, struct oci_digest *id, struct err *err)
{
	const struct buf *config = p->result ? &p->result->config_bytes : &p->image->config_bytes;
	struct oci_manifest m = {0};
	CLEANUP_FREE struct oci_descriptor *layers = NULL;
	int r = make_manifest(p, to->family, &m, &layers, err);
	if (r == 0)
		r = put_layers(p, &m, to->sink, err);
	if (r == 0)
		r = transport_sink_blob(to->sink, &m.config, config->data, err);
	if (r < 0)
		return r;
	const struct buf *known = &p->image->manifest_bytes; /* its digest may be signed */
	if (p->original && known->len && to->family == p->image->manifest.family)
		buf_append(manifest, known->data, known->len);
	else
		oci_manifest_write(&m, manifest);
	oci_descriptor_of(oci_manifest_media_type(&m), manifest->data, manifest->len, d);
	*id = m.config.digest;
	return 0;
}

/* A further image of the index, its manifest too. */
static int put_more(const struct publish_image *p, const struct publish_destination *to, struct oci_descriptor *d,
		    struct err *err)
{
	CLEANUP_BUF struct buf manifest = {0};
	struct oci_digest id;
	int r = put_image(p, to, d, &manifest, &id, err);
	return r < 0 ? r : transport_sink_blob(to->sink, d, manifest.data, err);
}

/* The manifest is that of the first image, which is not put yet. */
static int put_index(const struct publish_image *p, struct publish_destination *to, const struct buf *manifest,
		     struct buf *top, struct err *err)
{
	CLEANUP_FREE struct publish_replacement *slim = mem_calloc(1 + p->n_more, sizeof(*slim));
	/* other tools find no image of a layout that is one of Docker's lists */
	const char *type =
	    transport_traits(to->ref.scheme)->any_family ? p->image->index_descriptor.media_type : OCI_MEDIA_INDEX;
	to->published.more = mem_calloc(p->n_more, sizeof(*to->published.more));
	slim[0] = (struct publish_replacement){p->image->manifest_digest, to->published.manifest};
	int r = transport_sink_blob(to->sink, &to->published.manifest, manifest->data, err);
	for (size_t i = 0; r == 0 && i < p->n_more; i++) {
		r = put_more(&p->more[i], to, &to->published.more[i], err);
		slim[1 + i] = (struct publish_replacement){p->more[i].image->manifest_digest, to->published.more[i]};
	}
	if (r == 0)
		r = publish_index(p, to->sink, type, slim, 1 + p->n_more, top, err);
	if (r == 0)
		oci_descriptor_of(type, top->data, top->len, &to->published.top);
	return r;
}

/* All but the top document, which is committed last: *top. */
static int put_blobs(const struct publish_image *p, struct publish_destination *to, struct buf *top, struct err *err)
{
	CLEANUP_BUF struct buf manifest = {0};
	int r = put_image(p, to, &to->published.manifest, &manifest, &to->published.config, err);
	if (r < 0)
		return r;
	if (p->keep_index)
		return put_index(p, to, &manifest, top, err);
	to->published.top = to->published.manifest;
	*top = manifest;
	manifest = (struct buf){0};
	return 0;
}

/* Those that stand when a later one fails. */
static int tell_done(const struct publish_destinations *to, size_t done, struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	for (size_t i = 0; i < done; i++) {
		CLEANUP_FREE char *text = oci_ref_text(&to->items[i].ref);
		buf_printf(&names, "%s%s", i ? ", " : "", text);
	}
	if (!done || !err)
		return err ? -(int)err->code : -ERR_SYS;
	struct err e = *err;
	return err_set(err, e.code, e.id, "%s; published already: %s", e.msg, names.data);
}

int publish_open(struct publish_destinations *to, const struct transport_options *access,
		 const struct oci_descriptor *probe, struct err *err)
{
	for (size_t i = 0; i < to->count; i++) {
		struct publish_destination *d = &to->items[i];
		struct transport_options o = *access;
		o.names = &d->names;
		int r = transport_sink_open(&d->ref, &o, &d->sink, err);
		if (r == 0)
			r = transport_sink_probe(d->sink, probe, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t begin_step(const struct publish_image *p, const char *what, const struct publish_destination *to)
{
	if (!p->timings)
		return TIMINGS_NONE;
	CLEANUP_FREE char *text = oci_ref_text(&to->ref);
	CLEANUP_FREE char *name = mem_printf("%s %s", what, text);
	return timings_begin(p->timings, name, "the destination");
}

int publish(const struct publish_image *p, struct publish_destinations *to, struct err *err)
{
	CLEANUP_FREE struct buf *tops = mem_calloc(to->count, sizeof(*tops));
	struct err e = {0}; /* the code is needed */
	int r = 0;
	for (size_t i = 0; r == 0 && i < to->count; i++) {
		const size_t step = begin_step(p, "send the blobs to", &to->items[i]);
		r = put_blobs(p, &to->items[i], &tops[i], &e);
		timings_end(p->timings, step);
	}
	for (size_t i = 0; r == 0 && i < to->count; i++) {
		const size_t step = begin_step(p, "end the transfer to", &to->items[i]);
		r = transport_sink_flush(to->items[i].sink, &e);
		timings_end(p->timings, step);
	}
	if (r == 0 && p->may_publish)
		r = p->may_publish(&e);
	for (size_t i = 0; r == 0 && i < to->count; i++) {
		const size_t step = begin_step(p, "publish to", &to->items[i]);
		r = transport_sink_commit(to->items[i].sink, &to->items[i].published.top, &tops[i], &e);
		timings_end(p->timings, step);
		if (r < 0)
			r = tell_done(to, i, &e);
	}
	for (size_t i = 0; i < to->count; i++)
		buf_done(&tops[i]);
	if (r < 0 && err)
		*err = e;
	return r;
}

int publish_layout(const struct oci_ref *layout, const struct rewrite_result *result, int layer, struct err *err)
{
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	int r = transport_sink_open(layout, NULL, &sink, err);
	if (r == 0)
		r = transport_sink_blob_fd(sink, &result->manifest.layers[0], layer, err);
	if (r == 0)
		r = transport_sink_blob(sink, &result->manifest.config, result->config_bytes.data, err);
	if (r == 0)
		r = transport_sink_commit(sink, &result->manifest_descriptor, &result->manifest_bytes, err);
	return r;
}
