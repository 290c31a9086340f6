#include "transport/sink.h"

#include "base/mem.h"
#include "base/strset.h"
#include "oci/index.h"
#include "transport/document.h"
#include "transport/table.h"

struct transport_sink {
	const struct transport_backend *backend;
	void *ctx;
	char *text;
	struct transport_options options;
	struct strset added; /* digests */
	bool committed;
};

int transport_sink_open(const struct oci_ref *ref, const struct transport_options *options, struct transport_sink **out,
			struct err *err)
{
	const struct transport_backend *backend;
	int r = transport_backend_find(ref, &backend, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *text = oci_ref_text(ref);
	if (!backend->create)
		return err_set(err, ERR_UNSUPPORTED, "transport-read-only",
			       "%s: images can only be read from there, not written", text);
	CLEANUP_FREE struct transport_sink *s = mem_alloc(sizeof(*s));
	if (options)
		s->options = *options;
	r = backend->create(ref, &s->options, &s->ctx, err);
	if (r < 0)
		return transport_name_error(r, text, err);
	s->backend = backend;
	s->text = steal_ptr(&text);
	*out = steal_ptr(&s);
	return 0;
}

static int add_blob(struct transport_sink *s, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	if (strset_find(&s->added, d->digest.text) != STRSET_NONE)
		return 0;
	if (s->backend->put(s->ctx, d, fd, data, err) < 0)
		return err_wrap(err, "blob %s", d->digest.text);
	strset_add(&s->added, d->digest.text);
	return 0;
}

int transport_sink_probe(struct transport_sink *s, const struct oci_descriptor *d, struct err *err)
{
	return s->backend->probe ? transport_name_error(s->backend->probe(s->ctx, d, err), s->text, err) : 0;
}

int transport_sink_has(struct transport_sink *s, const struct oci_descriptor *d, struct err *err)
{
	if (strset_find(&s->added, d->digest.text) != STRSET_NONE)
		return 1;
	int r = s->backend->has ? s->backend->has(s->ctx, d, err) : 0;
	if (r > 0)
		strset_add(&s->added, d->digest.text);
	return r < 0 ? transport_name_error(r, s->text, err) : r;
}

int transport_sink_blob_fd(struct transport_sink *s, const struct oci_descriptor *d, int fd, struct err *err)
{
	return transport_name_error(add_blob(s, d, fd, NULL, err), s->text, err);
}

int transport_sink_blob(struct transport_sink *s, const struct oci_descriptor *d, const void *data, struct err *err)
{
	int r = transport_check_bytes(d, data, (size_t)d->size, err);
	if (r == 0)
		r = add_blob(s, d, -1, data, err);
	return transport_name_error(r, s->text, err);
}

int transport_sink_flush(struct transport_sink *s, struct err *err)
{
	return s->backend->flush ? transport_name_error(s->backend->flush(s->ctx, err), s->text, err) : 0;
}

static int require_added(const struct transport_sink *s, const char *what, const struct oci_descriptor *d,
			 struct err *err)
{
	if (strset_find(&s->added, d->digest.text) != STRSET_NONE)
		return 0;
	return err_set(err, ERR_INVAL, "blob-not-added", "the %s names %s, which was not added", what, d->digest.text);
}

/* Refuse a manifest that names a blob which was not added: it would be published broken. */
static int check_added(const struct transport_sink *s, const struct oci_manifest *m, struct err *err)
{
	int r = require_added(s, "manifest", &m->config, err);
	for (size_t i = 0; r == 0 && i < m->n_layers; i++)
		r = require_added(s, "manifest", &m->layers[i], err);
	return r;
}

static int check_index(const struct transport_sink *s, const struct buf *bytes, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	int r = oci_index_parse(bytes->data, bytes->len, &index, err);
	for (size_t i = 0; r == 0 && i < index.count; i++)
		r = require_added(s, "index", &index.manifests[i], err);
	return r;
}

static int commit(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *bytes, struct err *err)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	bool index = oci_media_type_is_index(d->media_type);
	int r = transport_check_bytes(d, bytes->data, bytes->len, err);
	if (r == 0 && index)
		r = check_index(s, bytes, err);
	else if (r == 0 && (r = oci_manifest_parse(bytes->data, bytes->len, &m, err)) == 0)
		r = check_added(s, &m, err);
	if (r == 0)
		r = s->backend->commit(s->ctx, d, bytes, index ? NULL : &m, err);
	return r;
}

int transport_sink_commit(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  struct err *err)
{
	if (s->committed)
		return err_set(err, ERR_INVAL, "destination-committed", "%s: already committed", s->text);
	int r = commit(s, d, manifest, err);
	s->committed = r == 0;
	return transport_name_error(r, s->text, err);
}

int transport_sink_attach(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  const struct oci_descriptor *subject, const char *artifact_type, struct err *err)
{
	int r = !s->backend->attach ? err_set(err, ERR_UNSUPPORTED, "attach-unsupported",
					      "nothing can be attached to an image there, only in a registry")
				    : s->backend->attach(s->ctx, d, manifest, subject, artifact_type, err);
	return transport_name_error(r, s->text, err);
}

bool transport_sink_keeps_blobs(const struct transport_sink *s)
{
	return s->backend->keeps_blobs ? s->backend->keeps_blobs(s->ctx) : !s->backend->traits.unpacks;
}

void transport_sink_close(struct transport_sink *s)
{
	if (!s)
		return;
	s->backend->abandon(s->ctx);
	strset_done(&s->added);
	free(s->text);
	free(s);
}
