#include "transport/source.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "oci/index.h"
#include "transport/document.h"
#include "transport/locate.h"
#include "transport/table.h"
#include "transport/trail.h"

struct transport_source {
	const struct transport_backend *backend;
	void *ctx;
	char *text; /* the reference, for messages */
	struct transport_options options;
	struct oci_ref ref;
	struct buf trail; /* places where a bare name was looked up; empty = the name had a scheme */
};

static int open_located(const struct oci_ref *ref, const struct transport_options *options,
			struct transport_source **out, struct err *err)
{
	const struct transport_backend *backend;
	int r = transport_backend_find(ref, &backend, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *text = oci_ref_text(ref);
	if (!backend->open)
		return err_set(err, ERR_UNSUPPORTED, "transport-write-only",
			       "%s: images can only be written there, not read", text);
	CLEANUP_FREE struct transport_source *s = mem_alloc(sizeof(*s));
	s->options = *options;
	r = backend->open(ref, &s->options, &s->ctx, err);
	if (r < 0)
		return transport_name_error(r, text, err);
	s->backend = backend;
	s->text = steal_ptr(&text);
	oci_ref_copy(ref, &s->ref);
	if (backend->place)
		backend->place(s->ctx, &s->ref);
	*out = steal_ptr(&s);
	return 0;
}

/* Whether the last place, a registry, has it not or can't be asked; docker.io denies what it does not have. */
static bool in_vain(int r)
{
	return r == -ERR_NOTFOUND || r == -ERR_DENIED || r == -ERR_SYS || r == -ERR_TIMEOUT;
}

/* The message of a search that ended in nothing tells where it went. */
static int tell_trail(const struct buf *trail, struct err *err)
{
	if (!err || !trail->len)
		return err ? -(int)err->code : -ERR_SYS;
	struct err e = *err;
	return err_set(err, e.code, e.id, "%s; looked for at: %s", e.msg, trail->data);
}

int transport_source_open(const struct oci_ref *ref, const struct transport_options *options,
			  struct transport_source **out, struct err *err)
{
	static const struct transport_options none;
	if (!options)
		options = &none;
	if (ref->scheme != OCI_SCHEME_NONE)
		return open_located(ref, options, out, err);
	CLEANUP_OCI_REF struct oci_ref found = {0};
	CLEANUP_BUF struct buf trail = {0};
	struct err e = {0};
	int r = transport_locate(ref, options, &found, &trail, &e);
	if (r == 0)
		r = open_located(&found, options, out, &e);
	for (char *at = trail.data; at && *at;) {
		char *end = strchrnul(at, '\n');
		log_debug("%s: %.*s", ref->location, (int)(end - at), at);
		at = *end ? end + 1 : end;
	}
	CLEANUP_BUF struct buf line = {0};
	transport_trail_line(&trail, &line);
	if (r < 0) {
		r = tell_trail(&line, &e);
		if (err)
			*err = e;
		return r;
	}
	(*out)->trail = line;
	line = (struct buf){0};
	return 0;
}

const struct oci_ref *transport_source_ref(const struct transport_source *s)
{
	return &s->ref;
}

void transport_source_close(struct transport_source *s)
{
	if (!s)
		return;
	s->backend->close(s->ctx);
	oci_ref_done(&s->ref);
	buf_done(&s->trail);
	free(s->text);
	free(s);
}

/* What the name stands for, checked. *name: as in struct transport_image; NULL = it has none. */
static int read_top(struct transport_source *s, struct buf *doc, struct oci_descriptor *d, char **name, struct err *err)
{
	int r = s->backend->top(s->ctx, doc, d, name, err);
	if (r < 0)
		return r;
	if (doc->len > LIMIT_MANIFEST)
		return err_set(err, ERR_LIMIT, "manifest-too-large", "the manifest has %zu bytes; the limit is %u",
			       doc->len, LIMIT_MANIFEST);
	return d->digest.text[0] ? transport_check_bytes(d, doc->data, doc->len, err) : 0;
}

/* From the top document to the manifest of the wanted platform. */
static int resolve_manifest(struct transport_source *s, const struct oci_platform *want, struct buf *doc,
			    struct oci_descriptor *d, struct transport_image *image, struct err *err)
{
	int r = read_top(s, doc, d, &image->name, err);
	if (r < 0)
		return r;
	if (oci_media_type_is_index(d->media_type)) {
		buf_append(&image->index, doc->data, doc->len);
		image->index_descriptor = *d;
	}
	return transport_resolve_index(s->backend, s->ctx, want, doc, d, err);
}

int transport_source_index(struct transport_source *s, struct oci_index *out, struct err *err)
{
	CLEANUP_BUF struct buf doc = {0};
	CLEANUP_FREE char *name = NULL;
	struct oci_descriptor d = {0};
	int r = read_top(s, &doc, &d, &name, err);
	if (r == 0 && !oci_media_type_is_index(d.media_type) && s->backend->traits.engine)
		r = err_set(
		    err, ERR_NOTFOUND, "engine-without-index",
		    "the engine shows one platform of it; if the engine has several (Docker 29), save them with "
		    "\"docker save -o FILE %s\", and build from oci-archive:FILE",
		    s->ref.location);
	else if (r == 0 && !oci_media_type_is_index(d.media_type))
		r = err_set(err, ERR_NOTFOUND, "source-without-index",
			    "it is a single image, not an index of several platforms: name one platform, or none");
	if (r == 0)
		r = oci_index_parse(doc.data, doc.len, out, err);
	return transport_name_error(r, s->text, err);
}

static int parse_manifest(const struct buf *doc, const struct oci_descriptor *d, struct oci_manifest *out,
			  struct err *err)
{
	int r = oci_manifest_parse(doc->data, doc->len, out, err);
	if (r < 0)
		return d->digest.text[0] ? err_wrap(err, "manifest %s", d->digest.text) : err_wrap(err, "manifest");
	return 0;
}

static int check_image(const struct transport_image *image, const struct oci_platform *want, struct err *err)
{
	if (image->manifest.n_layers != image->config.n_layers)
		return err_set(err, ERR_CORRUPT, "layer-count-mismatch",
			       "the manifest has %zu layers, but config %s has %zu diff IDs", image->manifest.n_layers,
			       image->manifest.config.digest.text, image->config.n_layers);
	char have_text[OCI_PLATFORM_TEXT], want_text[OCI_PLATFORM_TEXT];
	if (!oci_platform_matches(&image->config.platform, want))
		return err_set(err, ERR_UNSUPPORTED, "platform-mismatch", "the image is for %s, not for %s",
			       oci_platform_text(&image->config.platform, have_text),
			       oci_platform_text(want, want_text));
	return 0;
}

static int read_manifest(struct transport_source *s, const struct oci_platform *want, struct transport_image *image,
			 struct err *err)
{
	CLEANUP_BUF struct buf doc = {0};
	struct oci_descriptor d = {0};
	int r = resolve_manifest(s, want, &doc, &d, image, err);
	if (r < 0)
		return r;
	if (!image->name)
		image->name = mem_strdup("");
	if ((r = parse_manifest(&doc, &d, &image->manifest, err)) < 0)
		return r;
	image->manifest_digest = d.digest;
	if (d.digest.text[0])
		buf_append(&image->manifest_bytes, doc.data, doc.len);
	image->base_digest = image->index.len ? image->index_descriptor.digest : d.digest;
	return 0;
}

static int read_config(struct transport_source *s, const struct oci_platform *want, struct transport_image *image,
		       struct err *err)
{
	CLEANUP_BUF struct buf doc = {0};
	int r = transport_read_document(s->backend, s->ctx, &image->manifest.config, LIMIT_CONFIG, &doc, err);
	if (r < 0)
		return err_wrap(err, "config");
	r = oci_image_config_parse(doc.data, doc.len, &image->config, err);
	if (r < 0)
		return err_wrap(err, "config %s", image->manifest.config.digest.text);
	image->config_bytes = doc;
	doc = (struct buf){0};
	r = check_image(image, want, err);
	return r == 0 && s->backend->unpacked ? s->backend->unpacked(s->ctx, image, err) : r;
}

static int name_error(const struct transport_source *s, int r, struct err *err)
{
	r = transport_name_error(r, s->text, err);
	return in_vain(r) ? tell_trail(&s->trail, err) : r;
}

static const struct oci_platform *or_host(const struct oci_platform *want, struct oci_platform *host)
{
	if (want)
		return want;
	oci_platform_host(host);
	return host;
}

int transport_source_image_manifest(struct transport_source *s, const struct oci_platform *want,
				    struct transport_image *out, struct err *err)
{
	struct oci_platform host;
	want = or_host(want, &host);
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	int r = read_manifest(s, want, &image, err);
	if (r < 0)
		return name_error(s, r, err);
	*out = image;
	image = (struct transport_image){0};
	return 0;
}

int transport_source_image_config(struct transport_source *s, const struct oci_platform *want,
				  struct transport_image *image, struct err *err)
{
	struct oci_platform host;
	want = or_host(want, &host);
	int r = read_config(s, want, image, err);
	return r < 0 ? name_error(s, r, err) : 0;
}

int transport_source_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *out,
			   struct err *err)
{
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	int r = transport_source_image_manifest(s, want, &image, err);
	if (r == 0)
		r = transport_source_image_config(s, want, &image, err);
	if (r < 0)
		return r;
	*out = image;
	image = (struct transport_image){0};
	return 0;
}

int transport_source_manifest(struct transport_source *s, const struct oci_platform *want, struct oci_manifest *out,
			      struct err *err)
{
	struct oci_platform host;
	want = or_host(want, &host);
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_BUF struct buf doc = {0};
	struct oci_descriptor d = {0};
	int r = resolve_manifest(s, want, &doc, &d, &image, err);
	if (r == 0)
		r = parse_manifest(&doc, &d, out, err);
	return r < 0 ? name_error(s, r, err) : 0;
}

int transport_source_blob(struct transport_source *s, const struct oci_descriptor *d, struct io_reader *out,
			  struct err *err)
{
	return transport_name_error(s->backend->blob(s->ctx, d, out, err), s->text, err);
}

int transport_source_referrers(struct transport_source *s, const struct oci_digest *subject, const char *artifact_type,
			       struct oci_index *out, struct err *err)
{
	int r = !s->backend->referrers
		    ? err_set(err, ERR_UNSUPPORTED, "referrers-unsupported",
			      "nothing can be attached to an image there, only in a registry: name it as docker://NAME")
		    : s->backend->referrers(s->ctx, subject, artifact_type, out, err);
	return transport_name_error(r, s->text, err);
}

int transport_source_document(struct transport_source *s, const struct oci_descriptor *d, size_t max, struct buf *out,
			      struct err *err)
{
	return transport_name_error(transport_read_document(s->backend, s->ctx, d, max, out, err), s->text, err);
}

void transport_source_find_base(struct transport_source *s, struct oci_base_search *search)
{
	if (s->backend->find_base)
		s->backend->find_base(s->ctx, &s->ref, search);
}

bool transport_source_is_remote(const struct transport_source *s)
{
	return s->backend->traits.remote;
}

bool transport_source_has_blobs(const struct transport_source *s)
{
	return !s->backend->traits.directory && !transport_source_is_stream(s);
}

bool transport_source_is_stream(const struct transport_source *s)
{
	return s->backend->is_stream && s->backend->is_stream(s->ctx);
}

int transport_source_stream(struct transport_source *s, struct transport_image *image, transport_each_layer *each,
			    void *ctx, struct err *err)
{
	return transport_name_error(s->backend->stream(s->ctx, image, each, ctx, err), s->text, err);
}
