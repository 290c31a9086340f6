#include "transport/transport.h"

#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strset.h"
#include "oci/index.h"
#include "transport/backend.h"
#include "transport/engine/backends.h"
#include "transport/locate.h"
#include "transport/registry/backend.h"

static const struct transport_backend *const backends[] = {
    &transport_layout,     &transport_oci_archive,   &transport_docker_archive,     &transport_dir,
    &transport_rootfs_dir, &transport_docker_daemon, &transport_containers_storage, &transport_registry,
};

static const struct transport_options no_options;

static int find_backend(const struct oci_ref *ref, const struct transport_backend **out, struct err *err)
{
	for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
		if (strcmp(backends[i]->scheme, ref->scheme) == 0) {
			*out = backends[i];
			return 0;
		}
	}
	CLEANUP_FREE char *text = oci_ref_text(ref);
	return err_set(err, ERR_UNSUPPORTED, "%s: this transport is not supported", text);
}

/* r with the reference before its message; the code is right without an err too. */
static int name_it(int r, const char *text, struct err *err)
{
	if (r < 0)
		err_wrap(err, "%s", text);
	return r;
}

int transport_family(const struct oci_ref *ref, enum oci_family *out, struct err *err)
{
	const struct transport_backend *backend;
	int r = find_backend(ref, &backend, err);
	if (r == 0 && backend->any_family)
		return 1;
	if (r == 0)
		*out = backend->family;
	return r;
}

bool transport_unpacks(const struct oci_ref *ref)
{
	const struct transport_backend *backend;
	return find_backend(ref, &backend, NULL) == 0 && backend->unpacks;
}

/* ---- sources ---- */

struct transport_source {
	const struct transport_backend *backend;
	void *ctx;
	char *text; /* the reference, for messages */
	struct transport_options options;
	struct oci_ref ref;
	struct buf trail; /* where a bare name was looked for; empty = it was none */
};

static int open_located(const struct oci_ref *ref, const struct transport_options *options,
			struct transport_source **out, struct err *err)
{
	const struct transport_backend *backend;
	int r = find_backend(ref, &backend, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *text = oci_ref_text(ref);
	if (!backend->open)
		return err_set(err, ERR_UNSUPPORTED, "%s: images can only be written there, not read", text);
	CLEANUP_FREE struct transport_source *s = mem_alloc(sizeof(*s));
	s->options = *options;
	r = backend->open(ref, &s->options, &s->ctx, err);
	if (r < 0)
		return name_it(r, text, err);
	s->backend = backend;
	s->text = steal_ptr(&text);
	oci_ref_copy(ref, &s->ref);
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
	return err_set(err, e.code, "%s; looked for at: %s", e.msg, trail->data);
}

int transport_source_open(const struct oci_ref *ref, const struct transport_options *options,
			  struct transport_source **out, struct err *err)
{
	if (!options)
		options = &no_options;
	if (ref->scheme[0])
		return open_located(ref, options, out, err);
	CLEANUP_REF struct oci_ref found = {0};
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

void transport_image_done(struct transport_image *i)
{
	oci_manifest_done(&i->manifest);
	oci_image_config_done(&i->config);
	free(i->name);
	buf_done(&i->config_bytes);
	buf_done(&i->index);
	for (size_t n = 0; n < i->n_unpacked; n++)
		free(i->unpacked[n].path);
	free(i->unpacked);
	*i = (struct transport_image){0};
}

static int check_bytes(const struct oci_descriptor *d, const void *data, size_t n, struct err *err)
{
	if (n != d->size)
		return err_set(err, ERR_CORRUPT, "%s has not the %llu bytes it should have", d->digest.text,
			       (unsigned long long)d->size);
	struct oci_digest real;
	oci_digest_of(data, n, &real);
	if (!oci_digest_equal(&real, &d->digest))
		return err_set(err, ERR_CORRUPT, "%s holds other bytes: their digest is %s", d->digest.text, real.text);
	return 0;
}

int transport_read_document(const struct transport_backend *backend, void *ctx, const struct oci_descriptor *d,
			    size_t max, struct buf *out, struct err *err)
{
	if (d->size > max)
		return err_set(err, ERR_LIMIT, "%s has %llu bytes, more than %zu", d->digest.text,
			       (unsigned long long)d->size, max);
	CLEANUP_READER struct io_reader reader = {0};
	int r = backend->blob(ctx, d, &reader, err);
	if (r < 0)
		return r;
	/* One byte more than there should be, to see that there are not more. */
	size_t room = (size_t)d->size + 1;
	out->len = 0;
	buf_reserve(out, room);
	while (room) {
		ssize_t n = reader.read(reader.ctx, out->data + out->len, room, err);
		if (n < 0)
			return err_wrap(err, "%s", d->digest.text);
		if (n == 0)
			break;
		out->len += (size_t)n;
		room -= (size_t)n;
	}
	out->data[out->len] = '\0';
	return check_bytes(d, out->data, out->len, err);
}

/* From the top document to the manifest of the wanted platform. */
static int resolve_manifest(struct transport_source *s, const struct oci_platform *want, struct buf *doc,
			    struct oci_descriptor *d, struct transport_image *image, struct err *err)
{
	int r = s->backend->top(s->ctx, doc, d, &image->name, err);
	if (r < 0)
		return r;
	if (doc->len > LIMIT_MANIFEST)
		return err_set(err, ERR_LIMIT, "the manifest has %zu bytes, more than %u", doc->len, LIMIT_MANIFEST);
	if (d->digest.text[0]) {
		r = check_bytes(d, doc->data, doc->len, err);
		if (r < 0)
			return r;
	}
	if (oci_media_type_is_index(d->media_type)) {
		buf_append(&image->index, doc->data, doc->len);
		image->index_descriptor = *d;
	}
	for (int depth = 1; oci_media_type_is_index(d->media_type); depth++) {
		if (depth > LIMIT_INDEX_DEPTH)
			return err_set(err, ERR_LIMIT, "indexes within indexes, more than %d deep", LIMIT_INDEX_DEPTH);
		CLEANUP_INDEX struct oci_index index = {0};
		r = oci_index_parse(doc->data, doc->len, &index, err);
		if (r < 0)
			return err_wrap(err, "index %s", d->digest.text);
		const struct oci_descriptor *entry;
		r = oci_index_select(&index, want, &entry, err);
		if (r < 0)
			return err_wrap(err, "the index");
		*d = *entry;
		r = transport_read_document(s->backend, s->ctx, d, LIMIT_MANIFEST, doc, err);
		if (r < 0)
			return err_wrap(err, "manifest");
	}
	return 0;
}

static int check_image(const struct transport_image *image, const struct oci_platform *want, struct err *err)
{
	if (image->manifest.n_layers != image->config.n_layers)
		return err_set(err, ERR_CORRUPT, "the manifest has %zu layers but config %s has %zu diff IDs",
			       image->manifest.n_layers, image->manifest.config.digest.text, image->config.n_layers);
	char have_text[OCI_PLATFORM_TEXT], want_text[OCI_PLATFORM_TEXT];
	if (!oci_platform_matches(&image->config.platform, want))
		return err_set(err, ERR_UNSUPPORTED, "the image is for %s, not for %s",
			       oci_platform_text(&image->config.platform, have_text),
			       oci_platform_text(want, want_text));
	return 0;
}

static int read_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *image,
		      struct err *err)
{
	CLEANUP_BUF struct buf doc = {0};
	struct oci_descriptor d = {0};
	int r = resolve_manifest(s, want, &doc, &d, image, err);
	if (r < 0)
		return r;
	if (!image->name)
		image->name = mem_strdup("");
	r = oci_manifest_parse(doc.data, doc.len, &image->manifest, err);
	if (r < 0)
		return d.digest.text[0] ? err_wrap(err, "manifest %s", d.digest.text) : err_wrap(err, "manifest");
	image->manifest_digest = d.digest;
	image->base_digest = image->index.len ? image->index_descriptor.digest : d.digest;
	r = transport_read_document(s->backend, s->ctx, &image->manifest.config, LIMIT_CONFIG, &doc, err);
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

int transport_source_image(struct transport_source *s, const struct oci_platform *want, struct transport_image *out,
			   struct err *err)
{
	struct oci_platform host;
	if (!want) {
		oci_platform_host(&host);
		want = &host;
	}
	CLEANUP_IMAGE struct transport_image image = {0};
	int r = read_image(s, want, &image, err);
	if (r < 0) {
		r = name_it(r, s->text, err);
		return in_vain(r) ? tell_trail(&s->trail, err) : r;
	}
	*out = image;
	image = (struct transport_image){0};
	return 0;
}

int transport_source_blob(struct transport_source *s, const struct oci_descriptor *d, struct io_reader *out,
			  struct err *err)
{
	return name_it(s->backend->blob(s->ctx, d, out, err), s->text, err);
}

bool transport_source_is_remote(const struct transport_source *s)
{
	return s->backend->remote;
}

bool transport_source_is_stream(const struct transport_source *s)
{
	return s->backend->is_stream && s->backend->is_stream(s->ctx);
}

int transport_source_stream(struct transport_source *s, struct transport_image *image, transport_each_layer *each,
			    void *ctx, struct err *err)
{
	return name_it(s->backend->stream(s->ctx, image, each, ctx, err), s->text, err);
}

/* ---- sinks ---- */

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
	int r = find_backend(ref, &backend, err);
	if (r < 0)
		return r;
	CLEANUP_FREE char *text = oci_ref_text(ref);
	if (!backend->create)
		return err_set(err, ERR_UNSUPPORTED, "%s: images can only be read from there, not written", text);
	CLEANUP_FREE struct transport_sink *s = mem_alloc(sizeof(*s));
	s->options = options ? *options : no_options;
	r = backend->create(ref, &s->options, &s->ctx, err);
	if (r < 0)
		return name_it(r, text, err);
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

int transport_sink_has(struct transport_sink *s, const struct oci_descriptor *d, struct err *err)
{
	if (strset_find(&s->added, d->digest.text) != STRSET_NONE)
		return 1;
	int r = s->backend->has ? s->backend->has(s->ctx, d, err) : 0;
	if (r > 0)
		strset_add(&s->added, d->digest.text);
	return r < 0 ? name_it(r, s->text, err) : r;
}

int transport_sink_blob_fd(struct transport_sink *s, const struct oci_descriptor *d, int fd, struct err *err)
{
	return name_it(add_blob(s, d, fd, NULL, err), s->text, err);
}

int transport_sink_blob(struct transport_sink *s, const struct oci_descriptor *d, const void *data, struct err *err)
{
	int r = check_bytes(d, data, (size_t)d->size, err);
	if (r == 0)
		r = add_blob(s, d, -1, data, err);
	return name_it(r, s->text, err);
}

int transport_sink_flush(struct transport_sink *s, struct err *err)
{
	return s->backend->flush ? name_it(s->backend->flush(s->ctx, err), s->text, err) : 0;
}

static int require_added(const struct transport_sink *s, const char *what, const struct oci_descriptor *d,
			 struct err *err)
{
	if (strset_find(&s->added, d->digest.text) != STRSET_NONE)
		return 0;
	return err_set(err, ERR_INVAL, "the %s names %s, which was not added", what, d->digest.text);
}

/* What names something that was not added would be published broken. */
static int check_added(const struct transport_sink *s, const struct oci_manifest *m, struct err *err)
{
	int r = require_added(s, "manifest", &m->config, err);
	for (size_t i = 0; r == 0 && i < m->n_layers; i++)
		r = require_added(s, "manifest", &m->layers[i], err);
	return r;
}

static int check_index(const struct transport_sink *s, const struct buf *bytes, struct err *err)
{
	CLEANUP_INDEX struct oci_index index = {0};
	int r = oci_index_parse(bytes->data, bytes->len, &index, err);
	for (size_t i = 0; r == 0 && i < index.count; i++)
		r = require_added(s, "index", &index.manifests[i], err);
	return r;
}

static int commit(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *bytes, struct err *err)
{
	CLEANUP_MANIFEST struct oci_manifest m = {0};
	bool index = oci_media_type_is_index(d->media_type);
	int r = check_bytes(d, bytes->data, bytes->len, err);
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
		return err_set(err, ERR_INVAL, "%s: committed already", s->text);
	int r = commit(s, d, manifest, err);
	s->committed = r == 0;
	return name_it(r, s->text, err);
}

int transport_sink_attach(struct transport_sink *s, const struct oci_descriptor *d, const struct buf *manifest,
			  const struct oci_descriptor *subject, const char *artifact_type, struct err *err)
{
	int r = !s->backend->attach
		    ? err_set(err, ERR_UNSUPPORTED, "nothing can be attached to an image there, only at a registry")
		    : s->backend->attach(s->ctx, d, manifest, subject, artifact_type, err);
	return name_it(r, s->text, err);
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
