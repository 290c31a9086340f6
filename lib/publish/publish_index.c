#include "publish/publish_index.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/annotation.h"
#include "oci/index.h"
#include "publish/copy_blob.h"
#include "text/json.h"

/* buildx's mark of an attestation: whose it is. */
#define ATTESTATION_OF "vnd.docker.reference.digest"

static int read_manifest(struct transport_source *source, const struct oci_descriptor *d, struct buf *out,
			 struct err *err)
{
	if (d->size > LIMIT_MANIFEST)
		return err_set(err, ERR_LIMIT, "manifest-too-large", "manifest %s has %llu bytes; the limit is %u",
			       d->digest.text, (unsigned long long)d->size, LIMIT_MANIFEST);
	CLEANUP_IO_READER struct io_reader in = {0};
	int r = transport_source_blob(source, d, &in, err);
	if (r < 0)
		return r;
	buf_reserve(out, (size_t)d->size);
	for (ssize_t n; out->len < d->size; out->len += (size_t)n)
		if ((n = io_read(&in, out->data + out->len, (size_t)d->size - out->len, err)) <= 0)
			return n < 0 ? (int)n
				     : err_set(err, ERR_CORRUPT, "manifest-truncated", "manifest %s is cut off",
					       d->digest.text);
	out->data[out->len] = '\0';
	return 0; /* its digest is checked as it is put */
}

/* Layers of old Windows images are not in any registry: they have an address (image-spec, layer.md). */
static bool is_elsewhere(const json_t *descriptor, const struct oci_descriptor *d)
{
	return json_array_size(json_object_get(descriptor, "urls")) &&
	       (strstr(d->media_type, "nondistributable") || strstr(d->media_type, ".foreign."));
}

static int copy_described(const struct publish_image *p, struct transport_sink *sink, const json_t *descriptor,
			  struct err *err)
{
	struct oci_descriptor d;
	int r = oci_descriptor_parse(descriptor, &d, err);
	if (r < 0 || is_elsewhere(descriptor, &d))
		return r;
	return publish_copy_blob(p->source, &d, &d, p->tmp_dir, sink, err);
}

/* Another platform's image, or an attestation, whatever its layers are: its blobs, then the manifest. */
static int copy_image(const struct publish_image *p, struct transport_sink *sink, const struct oci_descriptor *d,
		      struct err *err)
{
	if (oci_media_type_is_index(d->media_type))
		return err_set(err, ERR_UNSUPPORTED, "index-nested",
			       "the source's index holds another index, %s: leave out --keep-index", d->digest.text);
	CLEANUP_BUF struct buf bytes = {0};
	json_auto_t *m = NULL;
	json_t *layers, *layer;
	size_t i;
	int r = read_manifest(p->source, d, &bytes, err);
	if (r == 0)
		r = json_parse_object(bytes.data, bytes.len, LIMIT_MANIFEST, "manifest", &m, err);
	if (r == 0)
		r = json_get_array(m, "layers", true, &layers, err);
	if (r == 0)
		r = copy_described(p, sink, json_object_get(m, "config"), err);
	if (r < 0)
		return err_wrap(err, "manifest %s", d->digest.text);
	json_array_foreach (layers, i, layer)
		if ((r = copy_described(p, sink, layer, err)) < 0)
			return err_wrap(err, "manifest %s", d->digest.text);
	return transport_sink_blob(sink, d, bytes.data, err);
}

/* The replacement of the image with that digest; NULL = it stays. */
static const struct publish_replacement *find_replacement(const struct publish_replacement *slim, size_t n,
							  const char *digest)
{
	for (size_t i = 0; digest && i < n; i++)
		if (strcmp(slim[i].original.text, digest) == 0)
			return &slim[i];
	return NULL;
}

/* The digest of the image that an attestation is about; NULL = the entry is no attestation. */
static const char *attested(const json_t *entry)
{
	return json_string_value(json_object_get(json_object_get(entry, "annotations"), ATTESTATION_OF));
}

/* What describes the bytes of the original goes; its platform and the other annotations stay. */
static void replace_entry(json_t *entry, const struct oci_descriptor *slim)
{
	json_t *annotations = json_object_get(entry, "annotations");
	json_object_set_new(entry, "mediaType", json_string(slim->media_type));
	json_object_set_new(entry, "digest", json_string(slim->digest.text));
	json_object_set_new(entry, "size", json_integer((json_int_t)slim->size));
	json_object_del(entry, "data");
	json_object_del(entry, "urls");
	oci_annotations_forget_layers(annotations);
	if (annotations && !json_object_size(annotations))
		json_object_del(entry, "annotations");
}

static int read_entries(const struct transport_image *image, json_t **doc, json_t **entries, struct err *err)
{
	if (!image->index.len)
		return err_set(err, ERR_INVAL, "keep-index-without-index",
			       "the source is not an index of several platforms: leave out --keep-index");
	int r = json_parse_object(image->index.data, image->index.len, LIMIT_MANIFEST, "index", doc, err);
	return r < 0 ? r : json_get_array(*doc, "manifests", true, entries, err);
}

int publish_index(const struct publish_image *p, struct transport_sink *sink, const char *media_type,
		  const struct publish_replacement *slim, size_t n_slim, struct buf *out, struct err *err)
{
	CLEANUP_FREE bool *replaced = mem_calloc(n_slim, sizeof(*replaced));
	json_auto_t *doc = NULL;
	json_t *entries = NULL;
	int r = read_entries(p->image, &doc, &entries, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < json_array_size(entries);) {
		json_t *entry = json_array_get(entries, i);
		struct oci_descriptor d;
		if ((r = oci_descriptor_parse(entry, &d, err)) < 0)
			return err_wrap(err, "index");
		const struct publish_replacement *by = find_replacement(slim, n_slim, d.digest.text);
		if (find_replacement(slim, n_slim, attested(entry))) {
			json_array_remove(entries, i);
			continue;
		}
		if (by) {
			replace_entry(entry, &by->slim);
			replaced[by - slim] = true;
		} else if ((r = copy_image(p, sink, &d, err)) < 0) {
			return r;
		}
		i++;
	}
	for (size_t i = 0; i < n_slim; i++)
		if (!replaced[i]) /* found through an index in the index */
			return err_set(err, ERR_UNSUPPORTED, "keep-index-unsupported",
				       "the source's image is not in its index itself: leave out --keep-index");
	if (strcmp(media_type, p->image->index_descriptor.media_type) != 0)
		json_object_set_new(doc, "mediaType", json_string(media_type));
	json_write(doc, out);
	return 0;
}
