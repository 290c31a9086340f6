#include "oci/index.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "text/json.h"

bool oci_media_type_is_index(const char *media_type)
{
	return strcmp(media_type, OCI_MEDIA_INDEX) == 0 || strcmp(media_type, DOCKER_MEDIA_LIST) == 0;
}

bool oci_media_type_is_manifest(const char *media_type)
{
	return oci_media_type_is_index(media_type) || strcmp(media_type, OCI_MEDIA_MANIFEST) == 0 ||
	       strcmp(media_type, DOCKER_MEDIA_MANIFEST) == 0;
}

static int check_shape(const json_t *root, struct err *err)
{
	uint64_t version = 0;
	const char *type = NULL;
	int r;
	if ((r = json_get_string(root, "mediaType", false, &type, err)) < 0 ||
	    (r = json_get_uint(root, "schemaVersion", true, &version, err)) < 0)
		return r;
	if (version != 2)
		return err_set(err, ERR_UNSUPPORTED, "schema-version-unsupported",
			       "schemaVersion %llu is not supported, only 2", (unsigned long long)version);
	if (type && !oci_media_type_is_index(type))
		return err_set(err, ERR_CORRUPT, "media-type-unexpected", "has type \"%s\", but an index is expected",
			       type);
	if (json_object_get(root, "layers") || json_object_get(root, "config"))
		return err_set(err, ERR_CORRUPT,
			       json_object_get(root, "manifests") ? "manifest-ambiguous" : "media-type-unexpected",
			       json_object_get(root, "manifests")
				   ? "is ambiguous: it has \"manifests\" and \"layers\" or \"config\""
				   : "is a manifest, but an index is expected");
	return 0;
}

int oci_index_parse(const char *data, size_t n, struct oci_index *out, struct err *err)
{
	json_auto_t *root = NULL;
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	json_t *manifests = NULL, *v;
	size_t i;
	int r;
	if ((r = json_parse_object(data, n, LIMIT_MANIFEST, "the index", &root, err)) < 0 ||
	    (r = check_shape(root, err)) < 0 || (r = json_get_array(root, "manifests", true, &manifests, err)) < 0)
		return r;
	size_t count = json_array_size(manifests);
	if (count > LIMIT_INDEX_ENTRIES)
		return err_set(err, ERR_LIMIT, "index-too-large", "has %zu entries, at most %d are supported", count,
			       LIMIT_INDEX_ENTRIES);
	index.manifests = mem_calloc(count, sizeof(*index.manifests));
	json_array_foreach (manifests, i, v) {
		if ((r = oci_descriptor_parse(v, &index.manifests[i], err)) < 0) {
			err_wrap(err, "entry %zu", i + 1);
			return r;
		}
		index.count++;
	}
	*out = index;
	index = (struct oci_index){0};
	return 0;
}

/* The variant, "" where the architecture's baseline is spelt out. */
static const char *variant(const struct oci_platform *p)
{
	if ((strcmp(p->arch, "arm64") == 0 && strcmp(p->variant, "v8") == 0) ||
	    (strcmp(p->arch, "amd64") == 0 && strcmp(p->variant, "v1") == 0))
		return "";
	return p->variant;
}

/* How well an entry fits: 0 not at all, 1 its platform is not told, 2 it matches, 3 exactly. */
static int rank(const struct oci_descriptor *d, const struct oci_platform *want)
{
	/* image-index.md: what has an unknown media type is ignored, not refused */
	if (!oci_media_type_is_manifest(d->media_type))
		return 0;
	const struct oci_platform *have = &d->platform;
	if (!oci_platform_matches(have, want))
		return 0;
	if (!have->os[0] && !have->arch[0])
		return 1;
	return strcmp(have->os, want->os) == 0 && strcmp(have->arch, want->arch) == 0 &&
		       strcmp(variant(have), variant(want)) == 0
		   ? 3
		   : 2;
}

static int not_found(const struct oci_index *index, const struct oci_platform *want, struct err *err)
{
	CLEANUP_STRLIST struct strlist seen = {0};
	CLEANUP_BUF struct buf there = {0};
	char text[OCI_PLATFORM_TEXT];
	for (size_t i = 0; i < index->count; i++) {
		oci_platform_text(&index->manifests[i].platform, text);
		if (strcmp(text, "unknown/unknown") == 0 || strlist_has(&seen, text))
			continue;
		buf_printf(&there, "%s%s", seen.count ? ", " : "", text);
		strlist_add(&seen, text);
	}
	return err_set(err, ERR_NOTFOUND, "platform-not-found", "there is no image for %s, only for: %s",
		       oci_platform_text(want, text), there.len ? there.data : "none");
}

int oci_index_select(const struct oci_index *index, const struct oci_platform *want, const struct oci_descriptor **out,
		     struct err *err)
{
	const struct oci_descriptor *best = NULL;
	int best_rank = 0;
	for (size_t i = 0; i < index->count; i++) {
		int r = rank(&index->manifests[i], want);
		if (r > best_rank) {
			best_rank = r;
			best = &index->manifests[i];
		}
	}
	if (!best)
		return not_found(index, want, err);
	*out = best;
	return 0;
}

void oci_index_done(struct oci_index *index)
{
	free(index->manifests);
	*index = (struct oci_index){0};
}
