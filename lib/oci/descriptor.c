#include "oci/descriptor.h"

#include <stdio.h>
#include <string.h>

#include "text/json.h"

#define REF_NAME "org.opencontainers.image.ref.name"

/* Copy obj's string member, if it is there, into a field of the given size. */
static int get_text(const json_t *obj, const char *key, bool required, char *out, size_t size, struct err *err)
{
	const char *s = NULL;
	int r = json_get_string(obj, key, required, &s, err);
	if (r < 0 || !s)
		return r;
	if (strlen(s) >= size)
		return err_set(err, ERR_LIMIT, "member-too-long", "member \"%s\" is longer than %zu bytes", key,
			       size - 1);
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

static int get_platform(const json_t *v, struct oci_platform *out, struct err *err)
{
	json_t *p = NULL;
	int r = json_get_object(v, "platform", false, &p, err);
	if (r < 0 || !p)
		return r;
	if ((r = get_text(p, "os", false, out->os, sizeof(out->os), err)) < 0 ||
	    (r = get_text(p, "architecture", false, out->arch, sizeof(out->arch), err)) < 0 ||
	    (r = get_text(p, "variant", false, out->variant, sizeof(out->variant), err)) < 0) {
		err_wrap(err, "member \"platform\"");
		return r;
	}
	return 0;
}

static int get_ref_name(const json_t *v, struct oci_descriptor *out, struct err *err)
{
	json_t *a = NULL;
	int r = json_get_object(v, "annotations", false, &a, err);
	if (r < 0 || !a)
		return r;
	return get_text(a, REF_NAME, false, out->ref_name, sizeof(out->ref_name), err);
}

int oci_descriptor_parse(const json_t *v, struct oci_descriptor *out, struct err *err)
{
	if (!json_is_object(v))
		return err_set(err, ERR_CORRUPT, "json-type-wrong", "is not an object");
	struct oci_descriptor d = {0};
	const char *digest = NULL;
	int r;
	if ((r = get_text(v, "mediaType", true, d.media_type, sizeof(d.media_type), err)) < 0 ||
	    (r = json_get_string(v, "digest", true, &digest, err)) < 0 ||
	    (r = oci_digest_parse(digest, &d.digest, err)) < 0 ||
	    (r = json_get_uint(v, "size", true, &d.size, err)) < 0 || (r = get_platform(v, &d.platform, err)) < 0 ||
	    (r = get_ref_name(v, &d, err)) < 0)
		return r;
	if (!d.media_type[0])
		return err_set(err, ERR_CORRUPT, "member-empty", "member \"mediaType\" is empty");
	*out = d;
	return 0;
}

static void set_text(json_t *obj, const char *key, const char *s)
{
	if (s[0])
		json_object_set_new(obj, key, json_bytes(s, strlen(s)));
}

json_t *oci_descriptor_json(const struct oci_descriptor *d)
{
	json_t *v = json_object();
	set_text(v, "mediaType", d->media_type);
	set_text(v, "digest", d->digest.text);
	json_object_set_new(v, "size", json_integer((json_int_t)d->size));
	if (d->platform.os[0] || d->platform.arch[0]) {
		json_t *p = json_object();
		set_text(p, "os", d->platform.os);
		set_text(p, "architecture", d->platform.arch);
		set_text(p, "variant", d->platform.variant);
		json_object_set_new(v, "platform", p);
	}
	if (d->ref_name[0]) {
		json_t *a = json_object();
		set_text(a, REF_NAME, d->ref_name);
		json_object_set_new(v, "annotations", a);
	}
	return v;
}

void oci_descriptor_of(const char *media_type, const void *bytes, size_t n, struct oci_descriptor *out)
{
	*out = (struct oci_descriptor){.size = n};
	snprintf(out->media_type, sizeof(out->media_type), "%s", media_type);
	oci_digest_of(bytes ? bytes : "", n, &out->digest);
}

static const char *const layer_types[2][3] = {
    [OCI_FAMILY_OCI] = {OCI_MEDIA_LAYER, OCI_MEDIA_LAYER "+gzip", OCI_MEDIA_LAYER "+zstd"},
    [OCI_FAMILY_DOCKER] = {DOCKER_MEDIA_LAYER, DOCKER_MEDIA_LAYER ".gzip", DOCKER_MEDIA_LAYER ".zstd"},
};

const char *oci_layer_media_type(enum oci_family family, enum oci_compression c)
{
	return layer_types[family][c];
}

int oci_layer_compression(const char *media_type, enum oci_compression *out, struct err *err)
{
	for (int family = 0; family < 2; family++)
		for (int c = 0; c < 3; c++)
			if (strcmp(media_type, layer_types[family][c]) == 0) {
				*out = (enum oci_compression)c;
				return 0;
			}
	if (strstr(media_type, "nondistributable") || strstr(media_type, ".foreign."))
		return err_set(err, ERR_UNSUPPORTED, "layer-foreign",
			       "layer type \"%s\": the content is not in the image (foreign layer)", media_type);
	if (strstr(media_type, "+encrypted"))
		return err_set(err, ERR_UNSUPPORTED, "layer-encrypted", "layer type \"%s\": decrypt the image first",
			       media_type);
	return err_set(err, ERR_UNSUPPORTED, "layer-type-unsupported",
		       "layer type \"%s\" is not a tar with gzip, zstd or no compression", media_type);
}
