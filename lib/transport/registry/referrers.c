#include "transport/registry/referrers.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "text/json.h"

const char *registry_referrers_tag(const struct oci_digest *subject, char out[REGISTRY_REFERRERS_TAG])
{
	snprintf(out, REGISTRY_REFERRERS_TAG, "sha256-%s", oci_digest_hex(subject));
	return out;
}

/* oci_index_parse has looked at it: an index, each entry with type, digest and size. A Docker list is not ours to
 * extend with OCI's artifacts. */
static int load(const struct buf *bytes, json_t **out, struct err *err)
{
	CLEANUP_OCI_INDEX struct oci_index parsed = {0};
	json_auto_t *index = NULL;
	const char *type = NULL;
	int r = oci_index_parse(bytes->data, bytes->len, &parsed, err);
	if (r == 0)
		r = json_parse_object(bytes->data, bytes->len, LIMIT_MANIFEST, "the index", &index, err);
	if (r == 0)
		r = json_get_string(index, "mediaType", false, &type, err);
	if (r < 0)
		return r;
	if (type && strcmp(type, OCI_MEDIA_INDEX) != 0)
		return err_set(err, ERR_CORRUPT, "media-type-unexpected",
			       "has type \"%s\", but an OCI index is expected", type);
	*out = steal_ptr(&index);
	return 0;
}

static json_t *empty_index(void)
{
	json_t *index = json_object();
	json_object_set_new(index, "schemaVersion", json_integer(2));
	json_object_set_new(index, "mediaType", json_string(OCI_MEDIA_INDEX));
	json_object_set_new(index, "manifests", json_array());
	return index;
}

static bool has_digest(const json_t *manifests, const struct oci_digest *digest)
{
	size_t i;
	const json_t *entry;
	json_array_foreach (manifests, i, entry)
		if (strcmp(json_string_value(json_object_get(entry, "digest")), digest->text) == 0)
			return true;
	return false;
}

int registry_referrers_add(const struct buf *index, const struct oci_descriptor *d, const struct buf *manifest,
			   const char *artifact_type, struct buf *out, bool *changed, struct err *err)
{
	json_auto_t *doc = NULL, *artifact = NULL;
	json_t *annotations = NULL;
	int r = 0;
	if (index->len)
		r = load(index, &doc, err);
	else
		doc = empty_index();
	if (r == 0)
		r = json_parse_object(manifest->data, manifest->len, LIMIT_MANIFEST, "the artifact's manifest",
				      &artifact, err);
	if (r == 0)
		r = json_get_object(artifact, "annotations", false, &annotations, err);
	if (r < 0)
		return r;
	json_t *manifests = json_object_get(doc, "manifests");
	*changed = !has_digest(manifests, &d->digest);
	if (!*changed)
		return 0;
	if (json_array_size(manifests) >= LIMIT_INDEX_ENTRIES)
		return err_set(err, ERR_LIMIT, "index-too-large", "has %d entries already, no more are supported",
			       LIMIT_INDEX_ENTRIES);
	json_t *entry = oci_descriptor_json(d);
	json_object_set_new(entry, "artifactType", json_string(artifact_type));
	if (annotations)
		json_object_set(entry, "annotations", annotations);
	json_array_append_new(manifests, entry);
	json_write(doc, out);
	return 0;
}

static bool has_entry(const struct oci_index *index, const struct oci_digest *digest)
{
	for (size_t i = 0; i < index->count; i++)
		if (oci_digest_equal(&index->manifests[i].digest, digest))
			return true;
	return false;
}

int registry_referrers_select(const struct buf *index, const char *artifact_type, struct oci_index *out,
			      struct err *err)
{
	json_auto_t *doc = NULL;
	const json_t *entry;
	size_t i;
	int r = load(index, &doc, err);
	if (r < 0)
		return r;
	json_array_foreach (json_object_get(doc, "manifests"), i, entry) {
		const char *type = json_string_value(json_object_get(entry, "artifactType"));
		struct oci_descriptor d;
		if (!type || strcmp(type, artifact_type) != 0)
			continue;
		if ((r = oci_descriptor_parse(entry, &d, err)) < 0)
			return r;
		if (has_entry(out, &d.digest))
			continue;
		if (out->count >= LIMIT_INDEX_ENTRIES)
			return err_set(err, ERR_LIMIT, "index-too-large", "there are more than %d artifacts",
				       LIMIT_INDEX_ENTRIES);
		out->manifests = mem_realloc(out->manifests, out->count + 1, sizeof(*out->manifests));
		out->manifests[out->count++] = d;
	}
	return 0;
}

int registry_referrers_next(const char *link, const struct oci_digest *subject, char **path, struct err *err)
{
	*path = NULL;
	if (!link || !strstr(link, "rel=\"next\""))
		return 0;
	CLEANUP_FREE char *want = mem_printf("referrers/%s?", subject->text);
	const char *at = link[0] == '<' ? strstr(link, want) : NULL, *end = at ? strchr(at, '>') : NULL;
	if (!end)
		return err_set(err, ERR_PROTO, "answer-malformed",
			       "the registry's list of referrers continues at \"%.100s\", which does not belong to it",
			       link);
	*path = mem_strndup(at, (size_t)(end - at));
	return 0;
}
