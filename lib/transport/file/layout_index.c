#include "transport/file/layout_index.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "text/json.h"
#include "transport/document.h"

#define ANNOTATION_REF_NAME "org.opencontainers.image.ref.name"

#define LIST_BYTES 600 /* of names in a message */

const char *file_layout_blob_path(const struct oci_digest *d, char out[FILE_LAYOUT_BLOB_PATH])
{
	snprintf(out, FILE_LAYOUT_BLOB_PATH, FILE_LAYOUT_BLOBS "/%.64s", oci_digest_hex(d));
	return out;
}

int file_layout_check_version(const struct buf *file, struct err *err)
{
	json_auto_t *v = NULL;
	const char *version;
	int r = json_parse_object(file->data, file->len, LIMIT_MANIFEST, FILE_LAYOUT_FILE, &v, err);
	if (r < 0)
		return r;
	r = json_get_string(v, "imageLayoutVersion", true, &version, err);
	if (r < 0)
		return err_wrap(err, FILE_LAYOUT_FILE);
	if (strncmp(version, "1.", 2) != 0) {
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, version, strnlen(version, 32));
		return err_set(err, ERR_UNSUPPORTED, "layout-version-unsupported",
			       "the layout has version %s, only 1.0.0 is known", shown.data);
	}
	return 0;
}

void file_list_names(const struct strlist *names, struct buf *out)
{
	if (!names->count)
		buf_str(out, " nothing");
	size_t start = out->len;
	for (size_t i = 0; i < names->count; i++) {
		if (out->len - start > LIST_BYTES) {
			buf_printf(out, " and %zu more", names->count - i);
			break;
		}
		buf_str(out, i ? ", " : " ");
		buf_escape(out, names->items[i], strnlen(names->items[i], 256));
	}
}

/* The tags of an index, each once, and how many entries have none. */
static void list_tags(const struct oci_index *index, struct buf *out)
{
	CLEANUP_STRLIST struct strlist tags = {0};
	size_t untagged = 0;
	for (size_t i = 0; i < index->count; i++) {
		const char *name = index->manifests[i].ref_name;
		if (!name[0])
			untagged++;
		else if (!strlist_has(&tags, name))
			strlist_add(&tags, name);
	}
	if (untagged) {
		CLEANUP_FREE char *text = mem_printf("%zu without a tag", untagged);
		strlist_add(&tags, text);
	}
	file_list_names(&tags, out);
}

/* Several entries are one image if each has its platform; who reads the index picks one. */
static int join_platforms(const struct oci_index *index, const size_t *which, size_t n, struct buf *out,
			  struct err *err)
{
	json_auto_t *doc = json_object();
	json_t *manifests = json_array();
	json_object_set_new(doc, "manifests", manifests);
	json_object_set_new(doc, "schemaVersion", json_integer(2));
	for (size_t i = 0; i < n; i++) {
		const struct oci_descriptor *d = &index->manifests[which[i]];
		if (!d->platform.os[0]) {
			CLEANUP_BUF struct buf tags = {0};
			list_tags(index, &tags);
			return err_set(err, ERR_INVAL, "image-ambiguous",
				       "%zu images match and do not give their platforms; the layout has:%s", n,
				       tags.data);
		}
		json_array_append_new(manifests, oci_descriptor_json(d));
	}
	json_write(doc, out);
	return 0;
}

int file_layout_select(const struct buf *index_json, const char *tag, struct buf *out, struct oci_descriptor *d,
		       struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	int r = oci_index_parse(index_json->data, index_json->len, &index, err);
	if (r < 0)
		return err_wrap(err, FILE_LAYOUT_INDEX);
	CLEANUP_FREE size_t *which = mem_calloc(index.count, sizeof(*which));
	size_t n = 0;
	bool same_tag = true;
	for (size_t i = 0; i < index.count; i++) {
		if (tag && strcmp(index.manifests[i].ref_name, tag) != 0)
			continue;
		which[n++] = i;
		same_tag &= strcmp(index.manifests[i].ref_name, index.manifests[which[0]].ref_name) == 0;
	}
	CLEANUP_BUF struct buf tags = {0};
	list_tags(&index, &tags);
	if (n == 0 && tag)
		return err_set(err, ERR_NOTFOUND, "tag-not-found", "the layout does not have this tag; it has:%s",
			       tags.data);
	if (n == 0)
		return err_set(err, ERR_NOTFOUND, "image-missing", "the layout holds no image");
	if (!same_tag)
		return err_set(err, ERR_INVAL, "image-ambiguous", "%zu images are there; add the tag of one:%s", n,
			       tags.data);
	if (n == 1) {
		*d = index.manifests[which[0]];
		return 0;
	}
	CLEANUP_BUF struct buf joined = {0};
	r = join_platforms(&index, which, n, &joined, err);
	if (r < 0)
		return r;
	*d = (struct oci_descriptor){.media_type = OCI_MEDIA_INDEX, .size = joined.len};
	memcpy(d->ref_name, index.manifests[which[0]].ref_name, sizeof(d->ref_name));
	buf_done(out);
	*out = joined;
	joined = (struct buf){0};
	return 0;
}

int file_layout_top(const struct transport_backend *backend, void *ctx, const struct buf *index_json, const char *tag,
		    struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	int r = file_layout_select(index_json, tag, out, d, err);
	if (r == 0 && d->digest.text[0])
		r = transport_read_document(backend, ctx, d, LIMIT_MANIFEST, out, err);
	if (r == 0)
		*name = mem_strdup(d->ref_name);
	return r;
}

/* Whether the new entry takes the place of this one. An entry without a tag that has annotations or an artifact type
 * belongs to something else (signatures, attestations) and stays. */
static bool is_replaced(json_t *entry, json_t *added, const char *tag)
{
	json_t *annotations = json_object_get(entry, "annotations");
	const char *name = json_string_value(json_object_get(annotations, ANNOTATION_REF_NAME));
	if (tag)
		return name && strcmp(name, tag) == 0;
	if (name || json_object_size(annotations) || json_object_get(entry, "artifactType"))
		return false;
	json_t *platform = json_object_get(entry, "platform");
	return !platform || json_equal(platform, json_object_get(added, "platform"));
}

int file_layout_update(const struct buf *index_json, const struct oci_descriptor *d, const char *tag,
		       const char *image_name, struct buf *out, struct err *err)
{
	json_auto_t *doc = NULL;
	json_t *manifests;
	struct oci_descriptor tagged = *d;
	if (snprintf(tagged.ref_name, sizeof(tagged.ref_name), "%s", tag ? tag : "") >= (int)sizeof(tagged.ref_name))
		return err_set(err, ERR_INVAL, "tag-too-long", "the tag is longer than %zu bytes",
			       sizeof(tagged.ref_name) - 1);
	int r = 0;
	if (index_json->len)
		r = json_parse_object(index_json->data, index_json->len, LIMIT_MANIFEST, FILE_LAYOUT_INDEX, &doc, err);
	else
		doc = json_pack("{s:i, s:s, s:[]}", "schemaVersion", 2, "mediaType", OCI_MEDIA_INDEX, "manifests");
	if (r < 0)
		return r;
	r = json_get_array(doc, "manifests", true, &manifests, err);
	if (r < 0)
		return err_wrap(err, FILE_LAYOUT_INDEX);
	json_auto_t *added = oci_descriptor_json(&tagged);
	if (image_name) {
		json_t *annotations = json_object_get(added, "annotations");
		if (!annotations) {
			annotations = json_object();
			json_object_set_new(added, "annotations", annotations);
		}
		json_object_set_new(annotations, FILE_LAYOUT_IMAGE_NAME, json_string(image_name));
	}
	for (size_t i = json_array_size(manifests); i-- > 0;)
		if (is_replaced(json_array_get(manifests, i), added, tag))
			json_array_remove(manifests, i);
	json_array_append(manifests, added);
	if (json_array_size(manifests) > LIMIT_INDEX_ENTRIES)
		return err_set(err, ERR_LIMIT, "too-many-images", FILE_LAYOUT_INDEX " would have more than %d images",
			       LIMIT_INDEX_ENTRIES);
	json_write(doc, out);
	return 0;
}
