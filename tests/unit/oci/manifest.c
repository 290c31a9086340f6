#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "oci/manifest.h"
#include "text/json.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define BLOB(type) "{\"digest\":\"" D "\",\"mediaType\":\"" type "\",\"size\":7}"
#define V2 "\"schemaVersion\":2"

static void same_one(const char *text, enum oci_family family, size_t layers)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	struct err err = {0};
	assert_int_equal(oci_manifest_parse(text, strlen(text), &m, &err), 0);
	assert_int_equal(m.family, family);
	assert_int_equal(m.n_layers, layers);
	assert_int_equal(m.config.size, 7);
	CLEANUP_BUF struct buf b = {0};
	oci_manifest_write(&m, &b);
	assert_string_equal(b.data, text);
}

static void round_trip(void **state)
{
	same_one("{\"config\":" BLOB(OCI_MEDIA_CONFIG) ",\"layers\":[],\"mediaType\":\"" OCI_MEDIA_MANIFEST "\"," V2
						       "}",
		 OCI_FAMILY_OCI, 0);
	same_one("{\"annotations\":{\"a\":\"b\"},\"config\":" BLOB(OCI_MEDIA_CONFIG) ",\"layers\":[" BLOB(
		     OCI_MEDIA_LAYER "+gzip") "," BLOB("x/y") "],\"mediaType\":\"" OCI_MEDIA_MANIFEST "\"," V2 "}",
		 OCI_FAMILY_OCI, 2);
	same_one("{\"config\":" BLOB(DOCKER_MEDIA_CONFIG) ",\"layers\":[" BLOB(
		     DOCKER_MEDIA_LAYER ".gzip") "],\"mediaType\":\"" DOCKER_MEDIA_MANIFEST "\"," V2 "}",
		 OCI_FAMILY_DOCKER, 1);
	/* a Docker manifest around an OCI config, and what old registries called a config */
	same_one("{\"config\":" BLOB(OCI_MEDIA_CONFIG) ",\"layers\":[],\"mediaType\":\"" DOCKER_MEDIA_MANIFEST "\"," V2
						       "}",
		 OCI_FAMILY_DOCKER, 0);
	same_one("{\"config\":" BLOB("application/octet-stream") ",\"layers\":[],\"mediaType\":\"" DOCKER_MEDIA_MANIFEST
								 "\"," V2 "}",
		 OCI_FAMILY_DOCKER, 0);
}

static void family_one(const char *text, enum oci_family family)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	assert_int_equal(oci_manifest_parse(text, strlen(text), &m, NULL), 0);
	assert_int_equal(m.family, family);
}

static void without_media_type_the_config_tells(void **state)
{
	family_one("{" V2 ",\"config\":" BLOB(OCI_MEDIA_CONFIG) ",\"layers\":[]}", OCI_FAMILY_OCI);
	family_one("{" V2
		   ",\"mediaType\":null,\"annotations\":null,\"config\":" BLOB(DOCKER_MEDIA_CONFIG) ",\"layers\":[]}",
		   OCI_FAMILY_DOCKER);
}

static void docker_has_no_annotations(void **state)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {.family = OCI_FAMILY_DOCKER,
						      .annotations = json_pack("{s:s}", "a", "b")};
	CLEANUP_BUF struct buf b = {0};
	oci_manifest_write(&m, &b);
	assert_null(strstr(b.data, "annotations"));
	m.family = OCI_FAMILY_OCI;
	oci_manifest_write(&m, &b);
	assert_non_null(strstr(b.data, "\"annotations\":{\"a\":\"b\"}"));
}

static void refuse_one(const char *text, enum err_code code, const char *message)
{
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	struct err err = {0};
	assert_int_equal(oci_manifest_parse(text, strlen(text), &m, &err), -(int)code);
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, message))
		assert_string_equal(err.msg, message);
	assert_null(m.layers);
}

static void refuse(void **state)
{
#define CONFIG "\"config\":" BLOB(OCI_MEDIA_CONFIG)
	refuse_one("", ERR_CORRUPT, "the manifest is not valid JSON");
	refuse_one("[]", ERR_CORRUPT, "the manifest is not a JSON object");
	refuse_one("{}", ERR_CORRUPT, "member \"schemaVersion\" is missing");
	refuse_one("{\"schemaVersion\":\"2\"}", ERR_CORRUPT, "member \"schemaVersion\" is not");
	refuse_one("{\"schemaVersion\":3}", ERR_UNSUPPORTED, "schemaVersion 3 is not supported");
	refuse_one("{\"schemaVersion\":1,\"fsLayers\":[]}", ERR_UNSUPPORTED,
		   "schema 1 is not supported, convert the image");
	refuse_one("{" V2 ",\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}",
		   ERR_UNSUPPORTED, "schema 1 is not supported");
	refuse_one("{" V2 ",\"manifests\":[]}", ERR_CORRUPT, "is an index, but the manifest of one image is expected");
	refuse_one("{" V2 ",\"manifests\":[],\"layers\":[]}", ERR_CORRUPT, "is ambiguous");
	refuse_one("{" V2 "," CONFIG ",\"layers\":[],\"mediaType\":\"" OCI_MEDIA_INDEX "\"}", ERR_CORRUPT,
		   "is an index (\"" OCI_MEDIA_INDEX "\")");
	refuse_one("{" V2 "," CONFIG ",\"layers\":[],\"mediaType\":\"a/b\"}", ERR_UNSUPPORTED, "manifest type \"a/b\"");
	refuse_one("{" V2 ",\"layers\":[]}", ERR_CORRUPT, "member \"config\" is missing");
	refuse_one("{" V2 ",\"config\":{},\"layers\":[]}", ERR_CORRUPT, "config: member \"mediaType\" is missing");
	refuse_one("{" V2 ",\"config\":" BLOB("application/vnd.cncf.helm.config.v1+json") ",\"layers\":[]}",
		   ERR_UNSUPPORTED, "artifact of type \"application/vnd.cncf.helm.config.v1+json\", not an image");
	refuse_one("{" V2
		   ",\"config\":" BLOB("application/octet-stream") ",\"layers\":[],\"mediaType\":\"" OCI_MEDIA_MANIFEST
								   "\"}",
		   ERR_UNSUPPORTED, "artifact of type \"application/octet-stream\"");
	refuse_one("{" V2 "," CONFIG "}", ERR_CORRUPT, "member \"layers\" is missing");
	refuse_one("{" V2 "," CONFIG ",\"layers\":{}}", ERR_CORRUPT, "member \"layers\" is not an array");
	refuse_one("{" V2 "," CONFIG ",\"layers\":[" BLOB("a/b") ",{\"digest\":\"" D
								 "\",\"mediaType\":\"a/b\",\"size\":-7}]}",
		   ERR_CORRUPT, "layer 2: member \"size\" is not a non-negative integer");
	refuse_one("{" V2 "," CONFIG ",\"layers\":[null]}", ERR_CORRUPT, "layer 1: is not an object");
	refuse_one("{" V2 "," CONFIG ",\"layers\":[],\"annotations\":{\"k\":1}}", ERR_CORRUPT,
		   "annotation \"k\" is not a string");
}

static int parse_layers(size_t n, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	buf_str(&b, "{" V2 "," CONFIG ",\"layers\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s" BLOB("a/b"), i ? "," : "");
	buf_str(&b, "]}");
	return oci_manifest_parse(b.data, b.len, &m, err);
}

static void caps(void **state)
{
	struct err err = {0};
	assert_int_equal(parse_layers(LIMIT_LAYERS, &err), 0);
	assert_int_equal(parse_layers(LIMIT_LAYERS + 1, &err), -ERR_LIMIT);
	assert_string_equal(err.msg, "has 513 layers, at most 512 are supported");
	CLEANUP_FREE char *big = mem_alloc(LIMIT_MANIFEST + 1);
	CLEANUP_OCI_MANIFEST struct oci_manifest m = {0};
	assert_int_equal(oci_manifest_parse(big, LIMIT_MANIFEST + 1, &m, &err), -ERR_LIMIT);
	assert_string_equal(err.msg, "the manifest is larger than 4194304 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(without_media_type_the_config_tells),
	    cmocka_unit_test(docker_has_no_annotations),
	    cmocka_unit_test(refuse),
	    cmocka_unit_test(caps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
