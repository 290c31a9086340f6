#include "unit.h"

#include "report/inspect/inspect_view.h"

static const char config_text[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"me\",\"Entrypoint\":[\"/a\\u001b\"],"
    "\"Cmd\":[\"b\",\"c\"],\"ExposedPorts\":{\"80/tcp\":{}}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
    "[\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"]},"
    "\"history\":[{\"created_by\":\"COPY a /a\"}]}";

struct sample {
	struct oci_image_config config;
	struct oci_manifest manifest;
	struct oci_descriptor layer;
	struct oci_digest digest;
	struct report_inspect_view v;
};

static void fill(struct sample *x)
{
	*x = (struct sample){0};
	assert_int_equal(oci_image_config_parse(config_text, strlen(config_text), &x->config, NULL), 0);
	assert_int_equal(oci_digest_parse("sha256:2222222222222222222222222222222222222222222222222222222222222222",
					  &x->digest, NULL),
			 0);
	x->layer = (struct oci_descriptor){.media_type = OCI_MEDIA_LAYER "+gzip", .digest = x->digest, .size = 1500000};
	x->manifest.config.digest = x->digest;
	x->manifest.layers = &x->layer;
	x->manifest.n_layers = 1;
	x->v = (struct report_inspect_view){"oci:x", &x->digest, &x->manifest, &x->config};
}

#define BODY                                                                                                           \
	"platform    linux/amd64\n"                                                                                    \
	"user        me\n"                                                                                             \
	"workdir     /\n"                                                                                              \
	"entrypoint  /a\\x1b\n"                                                                                        \
	"cmd         b\n"                                                                                              \
	"            c\n"                                                                                              \
	"port        80/tcp\n"                                                                                         \
	"layers\n"                                                                                                     \
	"   1       1.500 MB  sha256:222222222222  COPY a /a\n"                                                        \
	"  all      1.500 MB compressed\n"

static void text(void **state)
{
	static const struct oci_digest none;
	CLEANUP_BUF struct buf b = {0}, engine = {0};
	struct sample x;
	fill(&x);
	report_inspect_view_text(&x.v, &b);
	assert_string_equal(
	    b.data, "image       oci:x\n"
		    "digest      sha256:2222222222222222222222222222222222222222222222222222222222222222\n" BODY);
	x.v.digest = &none; /* then the config's digest is the image's ID */
	report_inspect_view_text(&x.v, &engine);
	assert_non_null(strstr(engine.data, "image ID    sha256:2222"));
	oci_image_config_done(&x.config);
}

static void json(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct sample x;
	fill(&x);
	report_inspect_view_json(&x.v, &b);
	json_t *v = json_loads(b.data, 0, NULL), *layer = json_array_get(json_object_get(v, "layers"), 0);
	assert_string_equal(json_string_value(json_object_get(v, "schema")), "slim.inspect/v1");
	assert_string_equal(json_string_value(json_object_get(v, "reference")), "oci:x");
	assert_string_equal(json_string_value(json_object_get(v, "digest")), x.digest.text);
	assert_int_equal(json_integer_value(json_object_get(v, "compressed_bytes")), 1500000);
	assert_string_equal(json_string_value(json_object_get(layer, "created_by")), "COPY a /a");
	assert_string_equal(json_string_value(json_object_get(json_object_get(v, "config"), "User")), "me");
	json_decref(v);
	oci_image_config_done(&x.config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text),
	    cmocka_unit_test(json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
