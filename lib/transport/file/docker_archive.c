/* docker-archive:FILE[:NAME[:TAG]]: what docker save writes. Spec: moby image/spec/v1.2 (manifest.json).
 * Engines before 25: manifest.json, HEX.json, ID/layer.tar, some of which are symlinks to another's.
 * Later ones: the same manifest.json in an OCI layout. skopeo, podman and crane: HEX.json and HEX.tar. */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/strset.h"
#include "oci/index.h"
#include "oci/name.h"
#include "text/json.h"
#include "transport/document.h"
#include "transport/file/archive_sink.h"
#include "transport/file/docker_layers.h"
#include "transport/file/layout_index.h"

#define DOCKER_MANIFEST "manifest.json"

struct docker_archive {
	struct file_tar_index *tar;
	char *tag;
	json_t *images; /* manifest.json: an array */
	struct file_docker_layers layers;
};

static void source_close(void *ctx)
{
	struct docker_archive *s = ctx;
	file_tar_index_free(s->tar);
	free(s->tag);
	json_decref(s->images);
	file_docker_layers_done(&s->layers);
	free(s);
}

static int load_images(struct docker_archive *s, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = file_tar_index_read(s->tar, DOCKER_MANIFEST, LIMIT_MANIFEST, &text, err);
	if (r < 0)
		return err_wrap(err, "this is not what docker save writes");
	json_error_t e;
	s->images = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &e);
	if (!s->images)
		return err_set(err, ERR_CORRUPT, "json-malformed", DOCKER_MANIFEST " is not valid JSON: line %d: %s",
			       e.line, e.text);
	if (json_array_size(s->images) > LIMIT_INDEX_ENTRIES)
		return err_set(err, ERR_LIMIT, "too-many-images", DOCKER_MANIFEST " has more than %d images",
			       LIMIT_INDEX_ENTRIES);
	size_t i;
	json_t *image;
	json_array_foreach (s->images, i, image)
		if (!json_is_object(image))
			return err_set(err, ERR_CORRUPT, "json-type-wrong",
				       DOCKER_MANIFEST ": image %zu is not an object", i + 1);
	return i ? 0 : err_set(err, ERR_NOTFOUND, "image-missing", "the archive holds no image");
}

static int source_open(const struct oci_ref *ref, const struct transport_options *options, void **ctx, struct err *err)
{
	struct docker_archive *s = mem_alloc(sizeof(*s));
	s->tag = mem_strdup(ref->tag);
	int r = file_tar_index_open(ref->location, options->tmp_dir, &s->tar, err);
	if (r == 0 && !file_tar_index_has(s->tar, DOCKER_MANIFEST) && file_tar_index_has(s->tar, FILE_LAYOUT_FILE))
		r = err_set(err, ERR_INVAL, "archive-form-wrong",
			    "the archive is an OCI layout; name it as oci-archive:FILE");
	if (r == 0)
		r = load_images(s, err);
	if (r < 0)
		source_close(s);
	else
		*ctx = s;
	return r;
}

/* ---- which image ---- */

static int list_images(struct docker_archive *s, struct buf *out, struct err *err)
{
	CLEANUP_STRLIST struct strlist names = {0};
	size_t i;
	json_t *image;
	json_array_foreach (s->images, i, image) {
		size_t before = names.count;
		int r = json_get_strlist(image, "RepoTags", false, &names, err);
		if (r < 0)
			return r;
		if (names.count == before)
			strlist_take(&names, mem_printf("@%zu", i));
	}
	file_list_names(&names, out);
	return 0;
}

static bool same_name(const char *a, const char *b)
{
	CLEANUP_FREE char *full_a = oci_name_full(a), *full_b = oci_name_full(b);
	return strcmp(full_a, full_b) == 0;
}

static bool has_name(const struct strlist *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (same_name(names->items[i], name))
			return true;
	return false;
}

/* "@N": the N-th image counted from 0, as skopeo has it, for images without a name. */
static bool is_position(const char *tag, size_t n)
{
	CLEANUP_FREE char *text = mem_printf("@%zu", n);
	return strcmp(tag, text) == 0;
}

/* The image that the reference names, with its names. */
static int select_image(struct docker_archive *s, json_t **out, struct strlist *names, struct err *err)
{
	CLEANUP_BUF struct buf there = {0};
	int r = list_images(s, &there, err);
	if (r < 0)
		return err_wrap(err, DOCKER_MANIFEST);
	if (!s->tag && json_array_size(s->images) > 1)
		return err_set(err, ERR_INVAL, "image-ambiguous", "%zu images are there; add the name of one:%s",
			       json_array_size(s->images), there.data);
	size_t i;
	json_t *image;
	json_array_foreach (s->images, i, image) {
		CLEANUP_STRLIST struct strlist mine = {0};
		r = json_get_strlist(image, "RepoTags", false, &mine, err);
		if (r < 0)
			return err_wrap(err, DOCKER_MANIFEST);
		if (s->tag && !is_position(s->tag, i) && !has_name(&mine, s->tag))
			continue;
		*out = image;
		*names = mine;
		mine = (struct strlist){0};
		return 0;
	}
	return err_set(err, ERR_NOTFOUND, "tag-not-found", "the archive has no such image, it has:%s", there.data);
}

/* ---- the real manifest, where there is one ---- */

/* Whether all of the manifest is in the archive, and it is the image of manifest.json's config. */
static bool is_usable(struct docker_archive *s, const struct oci_descriptor *d, const char *config)
{
	CLEANUP_BUF struct buf doc = {0};
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	char path[FILE_LAYOUT_BLOB_PATH];
	struct file_tar_member at;
	if (transport_read_document(&transport_docker_archive, s, d, LIMIT_MANIFEST, &doc, NULL) < 0 ||
	    oci_manifest_parse(doc.data, doc.len, &m, NULL) < 0 ||
	    strcmp(file_layout_blob_path(&m.config.digest, path), config) != 0)
		return false;
	for (size_t i = 0; i < m.n_layers; i++)
		if (file_tar_index_find(s->tar, file_layout_blob_path(&m.layers[i].digest, path), &at, NULL) < 0 ||
		    at.size != m.layers[i].size)
			return false;
	return true;
}

/* The entry of index.json with the image's config, or, for an index of several platforms, its name. */
static int find_real(struct docker_archive *s, const struct strlist *names, const char *config,
		     struct oci_descriptor *out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	json_auto_t *doc = NULL;
	json_t *manifests, *entry;
	size_t i;
	if (!file_tar_index_has(s->tar, FILE_LAYOUT_INDEX))
		return 0;
	int r = file_tar_index_read(s->tar, FILE_LAYOUT_INDEX, LIMIT_MANIFEST, &text, err);
	if (r == 0)
		r = json_parse_object(text.data, text.len, LIMIT_MANIFEST, FILE_LAYOUT_INDEX, &doc, err);
	if (r == 0)
		r = json_get_array(doc, "manifests", true, &manifests, err);
	if (r < 0)
		return r;
	if (json_array_size(manifests) > LIMIT_INDEX_ENTRIES)
		return err_set(err, ERR_LIMIT, "too-many-images", FILE_LAYOUT_INDEX " has more than %d entries",
			       LIMIT_INDEX_ENTRIES);
	json_array_foreach (manifests, i, entry) {
		struct oci_descriptor d;
		if (oci_descriptor_parse(entry, &d, NULL) < 0)
			continue; /* manifest.json is enough */
		const char *name =
		    json_string_value(json_object_get(json_object_get(entry, "annotations"), FILE_LAYOUT_IMAGE_NAME));
		char path[FILE_LAYOUT_BLOB_PATH];
		bool index = oci_media_type_is_index(d.media_type);
		if (index ? name && has_name(names, name) &&
				file_tar_index_has(s->tar, file_layout_blob_path(&d.digest, path))
			  : is_usable(s, &d, config)) {
			*out = d;
			return 0;
		}
	}
	return 0;
}

/* ---- the backend ---- */

static int source_top(void *ctx, struct buf *out, struct oci_descriptor *d, char **name, struct err *err)
{
	struct docker_archive *s = ctx;
	CLEANUP_STRLIST struct strlist names = {0}, layers = {0};
	const char *config;
	json_t *image = NULL;
	int r = select_image(s, &image, &names, err);
	if (r < 0)
		return r;
	r = json_get_string(image, "Config", true, &config, err);
	if (r == 0)
		r = json_get_strlist(image, "Layers", false, &layers, err);
	if (r < 0)
		return err_wrap(err, DOCKER_MANIFEST);
	struct oci_descriptor real = {0};
	r = find_real(s, &names, config, &real, err);
	if (r < 0)
		return r;
	if (real.digest.text[0]) {
		*d = real;
		r = transport_read_document(&transport_docker_archive, s, d, LIMIT_MANIFEST, out, err);
	} else {
		*d = (struct oci_descriptor){.media_type = DOCKER_MEDIA_MANIFEST};
		r = file_docker_layers_manifest(&s->layers, s->tar, config, &layers, out, err);
		d->size = out->len;
	}
	if (r == 0) {
		size_t i = 0;
		while (s->tag && i + 1 < names.count && !same_name(names.items[i], s->tag))
			i++;
		*name = mem_strdup(names.count ? names.items[i] : "");
	}
	return r;
}

static int source_blob(void *ctx, const struct oci_descriptor *d, struct io_reader *out, struct err *err)
{
	struct docker_archive *s = ctx;
	const struct file_tar_member *m = file_docker_layers_find(&s->layers, d);
	if (!m)
		return file_tar_index_blob(s->tar, d, out, err);
	*out = file_tar_index_reader(s->tar, m);
	return 0;
}

/* Offers an image of manifest.json, which has position i in it. */
static void offer(struct docker_archive *s, const struct oci_ref *of, size_t i, struct oci_base_search *search)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config config = {0};
	CLEANUP_STRLIST struct strlist names = {0};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_BUF struct buf text = {0};
	const json_t *image = json_array_get(s->images, i);
	const char *member;
	struct oci_digest digest;
	if (json_get_string(image, "Config", true, &member, NULL) < 0 ||
	    json_get_strlist(image, "RepoTags", false, &names, NULL) < 0 ||
	    file_tar_index_read(s->tar, member, LIMIT_CONFIG, &text, NULL) < 0 ||
	    oci_image_config_parse(text.data ? text.data : "", text.len, &config, NULL) < 0)
		return;
	oci_digest_of(text.data, text.len, &digest);
	oci_ref_init(of->scheme, mem_strdup(of->location), mem_strdup(names.count ? names.items[0] : NULL), &ref);
	CLEANUP_FREE char *name = names.count ? oci_ref_text(&ref) : NULL;
	oci_base_search_offer_config(search, name, &digest, &config);
}

static void source_find_base(void *ctx, const struct oci_ref *ref, struct oci_base_search *search)
{
	struct docker_archive *s = ctx;
	for (size_t i = 0; i < json_array_size(s->images) && oci_base_search_next(search); i++)
		offer(s, ref, i, search);
}

const struct transport_backend transport_docker_archive = {
    .traits = {.family = OCI_FAMILY_DOCKER, .takes_names = true, .elsewhere = TRANSPORT_DEFAULT_FILE},
    .open = source_open,
    .top = source_top,
    .blob = source_blob,
    .find_base = source_find_base,
    .close = source_close,
    .create = file_archive_sink_create_docker,
    .put = file_archive_sink_put,
    .commit = file_archive_sink_commit,
    .abandon = file_archive_sink_abandon,
};
