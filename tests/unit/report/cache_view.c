#include "unit.h"

#include <jansson.h>

#include "report/cache_view.h"

static char old[] = "aaaaaaaaaaaaaaaa", used[] = "bbbbbbbbbbbbbbbb", broken[] = "cccccccccccccccc",
	    why[] = "no \x1b meta";

static struct store_cached layers[] = {
    {.name = broken, .bytes = 1000, .files = 1, .broken = why},
    {.name = old, .bytes = 2000000, .files = 20, .used = {.tv_sec = 86400}, .check = "x"},
    {.name = used, .bytes = 3000000, .files = 30, .used = {.tv_sec = 172800}, .in_use = true},
};
static const struct store_cache cache = {layers, 3};

static void a_table_of_all(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	report_cache_view_list(&cache, &b);
	assert_string_equal(b.data,
			    "bbbbbbbbbbbb       3.000 MB       30 files  1970-01-03T00:00:00Z  in use\n"
			    "aaaaaaaaaaaa       2.000 MB       20 files  1970-01-02T00:00:00Z\n"
			    "cccccccccccc       0.001 MB        1 files                        broken: no \\x1b meta\n"
			    "3 layers, 5.001 MB; 1 in use\n");
}

static void what_was_pruned(void **state)
{
	CLEANUP_BUF struct buf b = {0}, dry = {0};
	layers[1].removed = true;
	report_cache_view_pruned(&cache, false, &b);
	report_cache_view_pruned(&cache, true, &dry);
	layers[1].removed = false;
	assert_string_equal(b.data, "removed aaaaaaaaaaaa       2.000 MB       20 files  1970-01-02T00:00:00Z\n"
				    "freed 2.000 MB in 1 layer; 3.001 MB in 2 layers stay, 1 in use\n");
	assert_non_null(strstr(dry.data, "would remove aaaaaaaaaaaa"));
	assert_non_null(strstr(dry.data, "would free 2.000 MB"));
}

static void what_is_broken(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	report_cache_view_verified(&cache, &b);
	assert_string_equal(b.data,
			    "cccccccccccc       0.001 MB        1 files                        broken: no \\x1b meta\n"
			    "1 layer as unpacked, 1 broken, 1 readable but without a checksum to compare with\n");
}

static void as_json(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	layers[0].removed = true;
	report_cache_view_json("/store", &cache, &b);
	layers[0].removed = false;
	json_t *v = json_loads(b.data, 0, NULL), *first = json_array_get(json_object_get(v, "layers"), 0);
	assert_string_equal(json_string_value(json_object_get(v, "schema")), "slim.cache/v1");
	assert_string_equal(json_string_value(json_object_get(v, "store")), "/store");
	assert_int_equal(json_integer_value(json_object_get(v, "bytes")), 5000000);
	assert_int_equal(json_integer_value(json_object_get(v, "removed_bytes")), 1000);
	assert_int_equal(json_array_size(json_object_get(v, "layers")), 3);
	assert_string_equal(json_string_value(json_object_get(first, "broken")), why);
	json_decref(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_table_of_all),
	    cmocka_unit_test(what_was_pruned),
	    cmocka_unit_test(what_is_broken),
	    cmocka_unit_test(as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
