/* Blobs are written under a lease, the image's record comes last. Labels on manifests and indexes name what they need,
 * so that containerd keeps it as long as the record. */
#include "transport/containerd/sink.h"

#include <string.h>

#include "base/mem.h"
#include "base/strset.h"
#include "transport/containerd/names.h"
#include "transport/containerd/records.h"
#include "transport/containerd/unpack.h"

/* A manifest or config that was put: --unpack reads them. */
struct document {
	struct oci_descriptor d;
	char *data;
};

/* A record to write. */
struct name {
	char *text;
	struct oci_descriptor before; /* what it stands for; digest "" = nothing */
	bool is_source;               /* it names the image that is slimmed */
};

struct sink {
	struct containerd *containerd;
	char *lease;
	bool unpack;
	struct name *names;
	size_t n_names, names_cap;
	struct document *documents;
	size_t n_documents, cap;
};

void containerd_sink_abandon(void *ctx)
{
	struct sink *s = ctx;
	if (s->containerd) {
		containerd_clean_up(s->containerd);
		containerd_lease_end(s->containerd, s->lease);
	}
	containerd_close(s->containerd);
	for (size_t i = 0; i < s->n_documents; i++)
		free(s->documents[i].data);
	free(s->documents);
	for (size_t i = 0; i < s->n_names; i++)
		free(s->names[i].text);
	free(s->names);
	free(s->lease);
	free(s);
}

/* Whether the source of the build is the image of that name. */
static bool is_source(struct sink *s, const char *name, const struct oci_ref *source)
{
	CLEANUP_FREE char *full = NULL;
	struct oci_descriptor target;
	return source && source->scheme == OCI_SCHEME_CONTAINERD && source->space && source->engine &&
	       strcmp(source->space, containerd_namespace(s->containerd)) == 0 &&
	       strcmp(source->engine, containerd_socket(s->containerd)) == 0 &&
	       containerd_name_find(s->containerd, source->location, &full, &target, NULL) == 0 &&
	       strcmp(full, name) == 0;
}

static int add_name(struct sink *s, const char *name, const struct oci_ref *source, struct err *err)
{
	CLEANUP_OCI_NAME struct oci_name parsed = {0};
	struct name n = {0};
	struct err e = {0};
	int r = oci_name_parse(name, &parsed, err);
	if (r < 0)
		return r;
	r = containerd_name_find(s->containerd, name, &n.text, &n.before, &e);
	if (r < 0 && r != -ERR_NOTFOUND) {
		if (err)
			*err = e;
		return r;
	}
	if (r < 0)
		n.before = (struct oci_descriptor){0};
	n.is_source = is_source(s, n.text, source);
	s->names = mem_grow(s->names, s->n_names, &s->names_cap, sizeof(*s->names));
	s->names[s->n_names++] = n;
	return 0;
}

static int prepare(struct sink *s, const struct oci_ref *ref, const struct transport_options *options, struct err *err)
{
	const struct strlist *more = options->names;
	const char *name = ref->location;
	int r = containerd_open(ref->engine, ref->space, options, &s->containerd, err);
	if (r == 0 && !ref->space)
		r = containerd_name_split(s->containerd, ref->location, &name, err);
	if (r == 0)
		r = add_name(s, name, options->mount_from, err);
	for (size_t i = 0; r == 0 && more && i < more->count; i++)
		r = add_name(s, more->items[i], options->mount_from, err);
	return r;
}

/* Only when something is written: between the opening and that, a container may run for hours, and leases end. */
static int need_lease(struct sink *s, struct err *err)
{
	return s->lease ? 0 : containerd_lease_begin(s->containerd, &s->lease, err);
}

int containerd_sink_create(const struct oci_ref *ref, const struct transport_options *options, void **ctx,
			   struct err *err)
{
	struct sink *s = mem_alloc(sizeof(*s));
	s->unpack = options->unpack;
	int r = prepare(s, ref, options, err);
	if (r < 0)
		containerd_sink_abandon(s);
	else
		*ctx = s;
	return r;
}

int containerd_sink_has(void *ctx, const struct oci_descriptor *d, struct err *err)
{
	struct sink *s = ctx;
	struct err e = {0};
	int r = need_lease(s, err);
	if (r < 0)
		return r;
	r = containerd_content_info(s->containerd, &d->digest, NULL, &e);
	if (r == 0)
		r = containerd_lease_add(s->containerd, s->lease, &d->digest, &e);
	if (r == -ERR_NOTFOUND)
		return 0;
	if (r < 0 && err)
		*err = e;
	return r < 0 ? r : 1;
}

/* ---- what needs what ---- */

static void add_label(struct strlist *labels, const char *what, const struct oci_digest *digest)
{
	strlist_take(labels, mem_printf("containerd.io/gc.ref.content.%s=%s", what, digest->text));
}

static int label_index(const char *data, size_t n, struct strlist *labels, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	int r = oci_index_parse(data, n, &index, err);
	for (size_t i = 0; r == 0 && i < index.count; i++) {
		CLEANUP_FREE char *what = mem_printf("m.%zu", i);
		add_label(labels, what, &index.manifests[i].digest);
	}
	return r;
}

static int label_manifest(const char *data, size_t n, struct strlist *labels, struct err *err)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	int r = oci_manifest_parse(data, n, &m, err);
	if (r < 0)
		return r;
	add_label(labels, "config", &m.config.digest);
	for (size_t i = 0; i < m.n_layers; i++) {
		CLEANUP_FREE char *what = mem_printf("l.%zu", i);
		add_label(labels, what, &m.layers[i].digest);
	}
	return 0;
}

/* Asks first whether the blob is there: containerd would answer so in the middle of the stream, and the connection may
 * break before its answer is read. */
int containerd_sink_put(void *ctx, const struct oci_descriptor *d, int fd, const void *data, struct err *err)
{
	struct sink *s = ctx;
	CLEANUP_STRLIST struct strlist labels = {0};
	int r = need_lease(s, err);
	if (r < 0)
		return r;
	if (data && oci_media_type_is_index(d->media_type))
		r = label_index(data, (size_t)d->size, &labels, err);
	else if (data && oci_media_type_is_manifest(d->media_type))
		r = label_manifest(data, (size_t)d->size, &labels, err);
	if (r < 0)
		return r;
	if (data) {
		s->documents = mem_grow(s->documents, s->n_documents, &s->cap, sizeof(*s->documents));
		s->documents[s->n_documents++] = (struct document){*d, mem_dup(data, (size_t)d->size)};
	}
	r = containerd_sink_has(s, d, err);
	if (r != 0)
		return r < 0 ? r : 0;
	r = containerd_content_write(s->containerd, d, fd, data, &labels, err);
	if (r < 0 && containerd_sink_has(s, d, NULL) > 0)
		r = 0; /* another client was faster */
	return r;
}

/* ---- the record ---- */

static const struct document *find(const struct sink *s, const struct oci_digest *digest)
{
	for (size_t i = 0; i < s->n_documents; i++)
		if (oci_digest_equal(&s->documents[i].d.digest, digest))
			return &s->documents[i];
	return NULL;
}

static int unpack(const struct sink *s, const struct oci_manifest *m, struct err *err)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	const struct document *d = find(s, &m->config.digest);
	if (!d)
		return err_set(err, ERR_INVAL, "blob-not-added", "%s was not added", m->config.digest.text);
	int r = oci_image_config_parse(d->data, (size_t)d->d.size, &config, err);
	if (r == 0 && config.n_layers != m->n_layers)
		r = err_set(err, ERR_CORRUPT, "layer-count-mismatch", "the image has %zu layers, its config %zu",
			    m->n_layers, config.n_layers);
	return r < 0 ? r : containerd_unpack(s->containerd, m, &config, err);
}

/* Of an index the image for this machine, if there is one. */
static int unpack_index(const struct sink *s, const struct buf *bytes, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	const struct oci_descriptor *entry;
	struct oci_platform host;
	oci_platform_host(&host);
	int r = oci_index_parse(bytes->data, bytes->len, &index, err);
	if (r < 0 || oci_index_select(&index, &host, &entry, NULL) < 0)
		return r;
	const struct document *d = find(s, &entry->digest);
	if (!d)
		return 0;
	r = oci_manifest_parse(d->data, (size_t)d->d.size, &m, err);
	return r < 0 ? r : unpack(s, &m, err);
}

/* The image that loses its name gets another one, with its digest. */
static int keep_before(const struct sink *s, const struct name *n, struct err *err)
{
	CLEANUP_OCI_NAME struct oci_name name = {0};
	int r = oci_name_parse(n->text, &name, err);
	if (r < 0)
		return r;
	free(name.tag);
	name.tag = NULL;
	name.digest = n->before.digest;
	CLEANUP_FREE char *text = oci_name_text(&name);
	return containerd_image_set(s->containerd, text, &n->before, err);
}

int containerd_sink_commit(void *ctx, const struct oci_descriptor *d, const struct buf *bytes,
			   const struct oci_manifest *manifest, struct err *err)
{
	struct sink *s = ctx;
	int r = containerd_sink_put(s, d, -1, bytes->data, err);
	if (r == 0 && s->unpack)
		r = manifest ? unpack(s, manifest, err) : unpack_index(s, bytes, err);
	for (size_t i = 0; r == 0 && i < s->n_names; i++) {
		const struct name *n = &s->names[i];
		if (n->is_source && !oci_digest_equal(&n->before.digest, &d->digest))
			r = keep_before(s, n, err);
		if (r == 0)
			r = containerd_image_set(s->containerd, n->text, d, err);
	}
	return r;
}
