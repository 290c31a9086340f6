#include "unit.h"

#include <jansson.h>

#include "oci/annotation.h"

static void keys(void **state)
{
	assert_true(oci_annotation_is_of_layers("containerd.io/snapshot/stargz/toc.digest"));
	assert_true(oci_annotation_is_of_layers("containerd.io/snapshot/nydus-bootstrap"));
	assert_true(oci_annotation_is_of_layers("io.containers.estargz.uncompressed-size"));
	assert_true(oci_annotation_is_of_layers("io.github.containers.zstd-chunked.manifest-position"));
	assert_true(oci_annotation_is_of_layers("com.amazon.soci.index-digest"));
	assert_false(oci_annotation_is_of_layers("org.opencontainers.image.title"));
	assert_false(oci_annotation_is_of_layers("containerd.io/distribution.source.example.com"));
	assert_false(oci_annotation_is_of_layers(""));
}

static void others_stay(void **state)
{
	json_auto_t *a = json_pack("{s:s, s:s, s:s}", "containerd.io/snapshot/stargz/toc.digest", "x",
				   "com.amazon.soci.x", "y", "com.example", "stays");
	oci_annotations_forget_layers(a);
	assert_int_equal(json_object_size(a), 1);
	assert_string_equal(json_string_value(json_object_get(a, "com.example")), "stays");
	oci_annotations_forget_layers(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys),
	    cmocka_unit_test(others_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
