#include "unit.h"

#include "rewrite/config_update.h"

#define OLD "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NEW "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define NEW_ROOTFS "\"rootfs\":{\"diff_ids\":[\"" NEW "\"],\"type\":\"layers\"}"

static void update_one(const char *source, const char *created, const char *want)
{
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf b = {0};
	struct oci_digest diff_id;
	assert_int_equal(oci_image_config_parse(source, strlen(source), &c, NULL), 0);
	oci_digest_of("", 0, &diff_id);
	char *before = json_dumps(c.root, JSON_SORT_KEYS);
	rewrite_config_update(&c, &diff_id, created, NULL, &b);
	assert_string_equal(b.data, want);
	/* the source is as it was */
	char *after = json_dumps(c.root, JSON_SORT_KEYS);
	assert_string_equal(after, before);
	free(before);
	free(after);
	/* and what came out is a config again, with our one layer */
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config again = {0};
	assert_int_equal(oci_image_config_parse(b.data, b.len, &again, NULL), 0);
	assert_int_equal(again.n_layers, 1);
}

static void update(void **state)
{
#define STEP(when) "{\"comment\":\"slim: only what is needed\"" when ",\"created_by\":\"slim build\"}"
	update_one("{\"rootfs\":{\"diff_ids\":[]}}", NULL, "{\"history\":[" STEP("") "]," NEW_ROOTFS "}");
	update_one("{\"rootfs\":{\"diff_ids\":[]},\"created\":null,\"history\":null}", "2020-01-01T00:00:00Z",
		   "{\"created\":\"2020-01-01T00:00:00Z\",\"history\":[" STEP(
		       ",\"created\":\"2020-01-01T00:00:00Z\"") "]," NEW_ROOTFS "}");
	/* history: of the old layers, one was empty already; the source's date stays without another */
	update_one("{\"created\":\"2019\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" OLD "\",\"" OLD
		   "\"]},\"history\":"
		   "[{\"created_by\":\"a\",\"author\":\"x\"},{\"created_by\":\"b\",\"empty_layer\":true},"
		   "{\"created_by\":\"c\",\"empty_layer\":false}]}",
		   NULL,
		   "{\"created\":\"2019\",\"history\":[{\"author\":\"x\",\"created_by\":\"a\",\"empty_layer\":true},"
		   "{\"created_by\":\"b\",\"empty_layer\":true},{\"created_by\":\"c\",\"empty_layer\":true}," STEP(
		       ",\"created\":\"2019\"") "]," NEW_ROOTFS "}");
	/* what we do not know stays, what tells of the old container goes */
	update_one(
	    "{\"zzz\":{\"b\":[1,null],\"a\":1.5},\"container\":\"1\",\"container_config\":{\"Cmd\":[]},\"parent\":"
	    "\"p\","
	    "\"config\":{\"Labels\":{\"k\":\"v\"},\"OnBuild\":null},\"docker_version\":\"1\",\"os\":\"linux\","
	    "\"rootfs\":{\"diff_ids\":[\"" OLD "\"],\"x\":1}}",
	    NULL,
	    "{\"config\":{\"Labels\":{\"k\":\"v\"},\"OnBuild\":null},\"docker_version\":\"1\",\"history\":[" STEP(
		"") "],\"os\":\"linux\"," NEW_ROOTFS ",\"zzz\":{\"a\":1.5,\"b\":[1,null]}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(update),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
