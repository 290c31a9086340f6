#include "unit.h"

#include "oci/descriptor.h"
#include "text/json.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void same_one(const char *text)
{
	json_auto_t *v = json_loads(text, 0, NULL);
	struct oci_descriptor d = {0};
	assert_int_equal(oci_descriptor_parse(v, &d, NULL), 0);
	json_auto_t *again = oci_descriptor_json(&d);
	CLEANUP_BUF struct buf b = {0};
	json_write(again, &b);
	assert_string_equal(b.data, text);
}

static void round_trip(void **state)
{
	same_one("{\"digest\":\"" D "\",\"mediaType\":\"a/b\",\"size\":0}");
	same_one("{\"digest\":\"" D "\",\"mediaType\":\"a/b\",\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\","
		 "\"variant\":\"v7\"},\"size\":9223372036854775807}");
	same_one("{\"annotations\":{\"org.opencontainers.image.ref.name\":\"a:b\"},\"digest\":\"" D
		 "\",\"mediaType\":\"a/b\",\"size\":1}");
}

static void null_members_are_absent(void **state)
{
	json_auto_t *v = json_loads("{\"mediaType\":\"a/b\",\"size\":1,\"digest\":\"" D
				    "\",\"platform\":null,\"annotations\":null,\"urls\":null}",
				    0, NULL);
	struct oci_descriptor d = {0};
	assert_int_equal(oci_descriptor_parse(v, &d, NULL), 0);
	assert_string_equal(d.platform.os, "");
	assert_string_equal(d.ref_name, "");
}

static void refuse_one(const char *text, enum err_code code, const char *message)
{
	json_auto_t *v = json_loads(text, JSON_DECODE_ANY, NULL);
	assert_non_null(v);
	struct oci_descriptor d = {0};
	struct err err = {0};
	assert_int_equal(oci_descriptor_parse(v, &d, &err), -(int)code);
	assert_string_equal(err.msg, message);
	assert_string_equal(d.media_type, "");
	assert_int_equal(oci_descriptor_parse(v, &d, NULL), -(int)code);
}

static void refuse(void **state)
{
#define REST ",\"mediaType\":\"a/b\",\"digest\":\"" D "\""
	refuse_one("[]", ERR_CORRUPT, "is not an object");
	refuse_one("{}", ERR_CORRUPT, "member \"mediaType\" is missing");
	refuse_one("{\"mediaType\":1}", ERR_CORRUPT, "member \"mediaType\" is not a string");
	refuse_one("{\"mediaType\":\"\",\"size\":1,\"digest\":\"" D "\"}", ERR_CORRUPT,
		   "member \"mediaType\" is empty");
	refuse_one("{\"mediaType\":\"a/b\"}", ERR_CORRUPT, "member \"digest\" is missing");
	refuse_one("{\"mediaType\":\"a/b\",\"digest\":\"md5:0\"}", ERR_UNSUPPORTED,
		   "digest \"md5:0\": only sha256 is supported");
	refuse_one("{\"x\":0" REST "}", ERR_CORRUPT, "member \"size\" is missing");
	refuse_one("{\"size\":-1" REST "}", ERR_CORRUPT, "member \"size\" is not a non-negative integer");
	refuse_one("{\"size\":1.5" REST "}", ERR_CORRUPT, "member \"size\" is not a non-negative integer");
	refuse_one("{\"size\":\"1\"" REST "}", ERR_CORRUPT, "member \"size\" is not a non-negative integer");
	refuse_one("{\"size\":1,\"platform\":[]" REST "}", ERR_CORRUPT, "member \"platform\" is not an object");
	refuse_one("{\"size\":1,\"platform\":{\"os\":\"" HUNDRED "\"}" REST "}", ERR_LIMIT,
		   "member \"platform\": member \"os\" is longer than 31 bytes");
	refuse_one("{\"size\":1,\"platform\":{\"variant\":8}" REST "}", ERR_CORRUPT,
		   "member \"platform\": member \"variant\" is not a string");
	refuse_one("{\"mediaType\":\"" HUNDRED HUNDRED "\"}", ERR_LIMIT,
		   "member \"mediaType\" is longer than 127 bytes");
	refuse_one("{\"size\":1,\"annotations\":{\"org.opencontainers.image.ref.name\":\"" HUNDRED HUNDRED HUNDRED
		   "\"}" REST "}",
		   ERR_LIMIT, "member \"org.opencontainers.image.ref.name\" is longer than 255 bytes");
}

static void layer_types(void **state)
{
	for (int f = 0; f < 2; f++)
		for (int c = 0; c < 3; c++) {
			enum oci_compression got = OCI_COMPRESSION_NONE;
			const char *type = oci_layer_media_type((enum oci_family)f, (enum oci_compression)c);
			assert_int_equal(oci_layer_compression(type, &got, NULL), 0);
			assert_int_equal(got, c);
		}
	assert_string_equal(oci_layer_media_type(OCI_FAMILY_OCI, OCI_COMPRESSION_ZSTD),
			    "application/vnd.oci.image.layer.v1.tar+zstd");
	assert_string_equal(oci_layer_media_type(OCI_FAMILY_DOCKER, OCI_COMPRESSION_GZIP),
			    "application/vnd.docker.image.rootfs.diff.tar.gzip");
}

static void refuse_layer_one(const char *type, const char *message)
{
	enum oci_compression c = OCI_COMPRESSION_ZSTD;
	struct err err = {0};
	assert_int_equal(oci_layer_compression(type, &c, &err), -ERR_UNSUPPORTED);
	assert_non_null(strstr(err.msg, type));
	assert_non_null(strstr(err.msg, message));
	assert_int_equal(c, OCI_COMPRESSION_ZSTD);
}

static void refuse_layer_types(void **state)
{
	refuse_layer_one("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "foreign layer");
	refuse_layer_one("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign layer");
	refuse_layer_one("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "decrypt the image first");
	refuse_layer_one("application/vnd.oci.image.layer.v1.tar+xz", "is not a tar with");
	refuse_layer_one("application/vnd.oci.image.layer.v1.tar.gzip", "is not a tar with");
	refuse_layer_one("", "is not a tar with");
}

static void bytes_are_described(void **state)
{
	struct oci_descriptor d = {.ref_name = "of before"};
	oci_descriptor_of("a/b", "", 0, &d);
	assert_string_equal(d.media_type, "a/b");
	assert_string_equal(d.digest.text, D);
	assert_int_equal(d.size, 0);
	assert_string_equal(d.ref_name, "");
	oci_descriptor_of("", NULL, 0, &d);
	assert_string_equal(d.digest.text, D);
	oci_descriptor_of(OCI_MEDIA_CONFIG, "abc", 3, &d);
	assert_string_equal(d.digest.text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(d.size, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(round_trip),
	    cmocka_unit_test(null_members_are_absent),
	    cmocka_unit_test(refuse),
	    cmocka_unit_test(layer_types),
	    cmocka_unit_test(refuse_layer_types),
	    cmocka_unit_test(bytes_are_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
