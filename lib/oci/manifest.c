#include "oci/manifest.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "text/json.h"

#define DOCKER_MEDIA_SCHEMA1 "application/vnd.docker.distribution.manifest.v1+"

/* The family from mediaType, or, where a manifest has none, from the type of its config. */
static int get_family(const json_t *root, const char *config_type, enum oci_family *out, struct err *err)
{
	const char *type = NULL;
	int r = json_get_string(root, "mediaType", false, &type, err);
	if (r < 0)
		return r;
	if (!type)
		*out = strcmp(config_type, DOCKER_MEDIA_CONFIG) == 0 ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI;
	else if (strcmp(type, OCI_MEDIA_MANIFEST) == 0)
		*out = OCI_FAMILY_OCI;
	else if (strcmp(type, DOCKER_MEDIA_MANIFEST) == 0)
		*out = OCI_FAMILY_DOCKER;
	else if (oci_media_type_is_index(type))
		return err_set(err, ERR_CORRUPT, "media-type-unexpected",
			       "is an index (\"%s\"), but the manifest of one image is expected", type);
	else
		return err_set(err, ERR_UNSUPPORTED, "manifest-type-unsupported",
			       "manifest type \"%s\" is not an image manifest", type);
	return 0;
}

/* Schema 1 has neither config nor layers, so it is told apart before they are looked for. */
static int check_shape(const json_t *root, struct err *err)
{
	uint64_t version = 0;
	const char *type = NULL;
	int r;
	if ((r = json_get_string(root, "mediaType", false, &type, err)) < 0 ||
	    (r = json_get_uint(root, "schemaVersion", true, &version, err)) < 0)
		return r;
	if (version == 1 || (type && strncmp(type, DOCKER_MEDIA_SCHEMA1, strlen(DOCKER_MEDIA_SCHEMA1)) == 0))
		return err_set(err, ERR_UNSUPPORTED, "docker-schema1-unsupported",
			       "Docker schema 1 is not supported, convert the image first: skopeo copy --format oci");
	if (version != 2)
		return err_set(err, ERR_UNSUPPORTED, "schema-version-unsupported",
			       "schemaVersion %llu is not supported, only 2", (unsigned long long)version);
	/* CVE-2021-41190: what is both means one thing to us and another one to the next reader. */
	if (json_object_get(root, "manifests")) {
		if (json_object_get(root, "layers") || json_object_get(root, "config"))
			return err_set(err, ERR_CORRUPT, "manifest-ambiguous",
				       "is ambiguous: it has \"manifests\" and \"layers\" or \"config\"");
		return err_set(err, ERR_CORRUPT, "media-type-unexpected",
			       "is an index, but the manifest of one image is expected");
	}
	return 0;
}

/* Besides the two real types, those that old registries and Docker versions gave to a Docker config
 * (Docker accepts the same ones). */
static bool is_image_config(const char *type, enum oci_family family)
{
	static const char *const old[] = {"application/octet-stream", "application/json", "text/html"};
	if (strcmp(type, OCI_MEDIA_CONFIG) == 0 || strcmp(type, DOCKER_MEDIA_CONFIG) == 0)
		return true;
	for (size_t i = 0; family == OCI_FAMILY_DOCKER && i < sizeof(old) / sizeof(*old); i++)
		if (strcmp(type, old[i]) == 0)
			return true;
	return false;
}

static int get_config(const json_t *root, struct oci_manifest *m, struct err *err)
{
	json_t *config = NULL;
	int r = json_get_object(root, "config", true, &config, err);
	if (r < 0)
		return r;
	if ((r = oci_descriptor_parse(config, &m->config, err)) < 0) {
		err_wrap(err, "config");
		return r;
	}
	if ((r = get_family(root, m->config.media_type, &m->family, err)) < 0)
		return r;
	if (!is_image_config(m->config.media_type, m->family))
		return err_set(err, ERR_UNSUPPORTED, "artifact-not-image",
			       "is an artifact of type \"%s\", not an image", m->config.media_type);
	return 0;
}

static int get_layers(const json_t *root, struct oci_manifest *m, struct err *err)
{
	json_t *layers = NULL, *v;
	int r = json_get_array(root, "layers", true, &layers, err);
	if (r < 0)
		return r;
	size_t i, n = json_array_size(layers);
	if (n > LIMIT_LAYERS)
		return err_set(err, ERR_LIMIT, "too-many-layers", "has %zu layers, at most %d are supported", n,
			       LIMIT_LAYERS);
	m->layers = mem_calloc(n, sizeof(*m->layers));
	json_array_foreach (layers, i, v) {
		if ((r = oci_descriptor_parse(v, &m->layers[i], err)) < 0) {
			err_wrap(err, "layer %zu", i + 1);
			return r;
		}
		m->n_layers++;
	}
	return 0;
}

static int get_annotations(const json_t *root, struct oci_manifest *m, struct err *err)
{
	json_t *a = NULL, *v;
	const char *key;
	int r = json_get_object(root, "annotations", false, &a, err);
	if (r < 0 || !a)
		return r;
	json_object_foreach (a, key, v)
		if (!json_is_string(v))
			return err_set(err, ERR_CORRUPT, "json-type-wrong", "annotation \"%s\" is not a string", key);
	m->annotations = json_incref(a);
	return 0;
}

int oci_manifest_parse(const char *data, size_t n, struct oci_manifest *out, struct err *err)
{
	json_auto_t *root = NULL;
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	int r;
	if ((r = json_parse_object(data, n, LIMIT_MANIFEST, "the manifest", &root, err)) < 0 ||
	    (r = check_shape(root, err)) < 0 || (r = get_config(root, &m, err)) < 0 ||
	    (r = get_layers(root, &m, err)) < 0 || (r = get_annotations(root, &m, err)) < 0)
		return r;
	*out = m;
	m = (struct oci_manifest){0};
	return 0;
}

void oci_manifest_write(const struct oci_manifest *m, struct buf *out)
{
	json_auto_t *root = json_object();
	json_object_set_new(root, "schemaVersion", json_integer(2));
	json_object_set_new(root, "mediaType", json_string(oci_manifest_media_type(m)));
	json_object_set_new(root, "config", oci_descriptor_json(&m->config));
	json_t *layers = json_array();
	for (size_t i = 0; i < m->n_layers; i++)
		json_array_append_new(layers, oci_descriptor_json(&m->layers[i]));
	json_object_set_new(root, "layers", layers);
	if (m->annotations && json_object_size(m->annotations) && m->family == OCI_FAMILY_OCI)
		json_object_set(root, "annotations", m->annotations);
	json_write(root, out);
}

void oci_manifest_done(struct oci_manifest *m)
{
	free(m->layers);
	json_decref(m->annotations);
	*m = (struct oci_manifest){0};
}
