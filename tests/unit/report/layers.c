#include "unit.h"

#include "base/buf.h"
#include "keep/kept.h"
#include "report/layers.h"
#include "text/json.h"

static const char config_text[] =
    "{\"architecture\": \"amd64\", \"os\": \"linux\", \"rootfs\": {\"type\": \"layers\", \"diff_ids\": ["
    "\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\", "
    "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"]}, "
    "\"history\": [{\"created_by\": \"ADD </b>\"}, {\"created_by\": \"ENV\", \"empty_layer\": true}]}";

static void layer_one(const json_t *layers, size_t i, const char *expected)
{
	CLEANUP_BUF struct buf b = {0};
	json_write(json_array_get(layers, i), &b);
	assert_string_equal(b.data, expected);
}

static void counts_each_file_once(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_KEEP_SET struct keep_set k;
	struct oci_image_config config = {0};
	assert_int_equal(oci_image_config_parse(config_text, strlen(config_text), &config, NULL), 0);
	image_init(&m);
	image_file(&m, "a", "1234");
	image_hardlink(&m, "b", "a");
	image_file(&m, "replaced", "12345678");
	m.layers.items[0].bytes = 12;
	image_layer(&m);
	image_file(&m, "replaced", "1");
	image_file(&m, "new", "12");
	m.layers.items[1].bytes = 3;
	image_index(&m);

	json_auto_t *undecided = report_layers(&config, &m.layers, m.index, NULL);
	assert_int_equal(json_array_size(undecided), 2);
	layer_one(undecided, 0, "{\"bytes\":12,\"created_by\":\"ADD </b>\",\"diff_id\":\"\",\"shown_bytes\":4}");

	keep_set_init(&k, m.index, NULL, KEEP_EXACT);
	const uint32_t names[] = {image_node(&m, "/b"), image_node(&m, "/a"), image_node(&m, "/new")};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		keep_node(&k, names[i], KEEP_WHY(KEEP_ENGINE, IMAGE_NONE));
	json_auto_t *decided = report_layers(&config, &m.layers, m.index, &k);
	layer_one(decided, 0,
		  "{\"bytes\":12,\"created_by\":\"ADD </b>\",\"diff_id\":\"\",\"kept_bytes\":4,\"shown_bytes\":4}");
	layer_one(decided, 1, "{\"bytes\":3,\"created_by\":\"\",\"diff_id\":\"\",\"kept_bytes\":2,\"shown_bytes\":3}");
	oci_image_config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(counts_each_file_once)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
