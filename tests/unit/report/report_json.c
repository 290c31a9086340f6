#include "unit.h"

#include "report/report_error.h"
#include "report/sample.h"

static void everything(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	sample_sizes(&r);
	sample_result(&r);
	sample_destination(&r);
	struct run_result *run = sample_run(&r);
	sample_step(run, EXERCISE_EXEC, "t\xff\033", 0, -1, "no such file");
	sample_rest(&r);
	r.shares.bytes[REPORT_SHARE_NEEDED] = 2000;
	r.shares.bytes[REPORT_SHARE_TREES] = 1000;
	r.shares.trees[0] = (struct report_tree){mem_strdup("/usr/lib/R"), 1000};
	sample_trace(&r);
	sample_need(&r);
	r.verify = (struct verify_verdict){.done = true, .rounds = 4, .repeats = 3, .equal_steps = 13, .equal_runs = 1};
	verify_difference_add(&r.verify, "GET / on port 80", "status", "200", "500");
	verify_lookup_add(&r.verify, "/srv/a\033", "/bin/sh");
	verify_healed_add(&r.verify, "/srv/b", "/bin/sh looked for /srv/b", 2);
	strlist_add(&r.verify.left_out, "/srv/c");
	strlist_add(&r.verify.variable, "GET /now on port 80: answer");
	strlist_add(&r.verify.incomparable, "GET /x on port 80: status (2xx, 5xx)");
	report_json(&r, true, &b);
	assert_string_equal(
	    b.data, "{\n"
		    "  \"schema\": \"slim.report/v1\",\n"
		    "  \"source\": {\n"
		    "    \"reference\": \"oci:in:nginx:1.25\",\n"
		    "    \"digest\": null,\n"
		    "    \"size_bytes\": 187234567,\n"
		    "    \"compressed_bytes\": 71000000,\n"
		    "    \"layers\": 7,\n"
		    "    \"files\": 3140,\n"
		    "    \"cached_layers\": 3,\n"
		    "    \"in_place_layers\": 0,\n"
		    "    \"store_bytes\": 0\n"
		    "  },\n"
		    "  \"result\": {\n"
		    "    \"reference\": \"oci:out:slim\",\n"
		    "    \"digest\": \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n"
		    "    \"size_bytes\": 14312345,\n"
		    "    \"compressed_bytes\": 900000,\n"
		    "    \"layers\": 1,\n"
		    "    \"files\": 72\n"
		    "  },\n"
		    "  \"destinations\": [\n"
		    "    {\n"
		    "      \"reference\": \"docker://r.io/app:1\",\n"
		    "      \"names\": [\n"
		    "        \"r.io/app:2\"\n"
		    "      ],\n"
		    "      \"digest\": \"sha256:00\",\n"
		    "      \"pinned\": \"r.io/app@sha256:00\"\n"
		    "    }\n"
		    "  ],\n"
		    "  \"timing_ms\": {\n"
		    "    \"unpack\": 1200,\n"
		    "    \"record\": 4023,\n"
		    "    \"total\": 5223\n"
		    "  },\n"
		    "  \"runs\": [\n"
		    "    {\n"
		    "      \"repeat\": 1,\n"
		    "      \"command\": \"nginx -g 'daemon off;'\",\n"
		    "      \"status\": 143,\n"
		    "      \"ended_by\": \"itself\",\n"
		    "      \"failure\": null,\n"
		    "      \"ms\": 3456,\n"
		    "      \"started_ms\": 0,\n"
		    "      \"ready_ms\": 123,\n"
		    "      \"exercised_ms\": 0,\n"
		    "      \"witnesses\": [\n"
		    "        \"ptrace\"\n"
		    "      ],\n"
		    "      \"steps\": [\n"
		    "        {\n"
		    "          \"kind\": \"http\",\n"
		    "          \"what\": \"GET /\",\n"
		    "          \"port\": 80,\n"
		    "          \"status\": 200,\n"
		    "          \"type\": null,\n"
		    "          \"bytes\": 612,\n"
		    "          \"ms\": 4,\n"
		    "          \"error\": null,\n"
		    "          \"expected\": null,\n"
		    "          \"unexpected\": null,\n"
		    "          \"guessed\": false,\n"
		    "          \"first_to_need\": {\n"
		    "            \"files\": 2,\n"
		    "            \"bytes\": 1247000,\n"
		    "            \"package\": \"zlib1g\",\n"
		    "            \"package_bytes\": 900000\n"
		    "          }\n"
		    "        },\n"
		    "        {\n"
		    "          \"kind\": \"http\",\n"
		    "          \"what\": \"GET /favicon.ico\",\n"
		    "          \"port\": 80,\n"
		    "          \"status\": 404,\n"
		    "          \"type\": null,\n"
		    "          \"bytes\": 612,\n"
		    "          \"ms\": 4,\n"
		    "          \"error\": null,\n"
		    "          \"expected\": null,\n"
		    "          \"unexpected\": null,\n"
		    "          \"guessed\": false,\n"
		    "          \"first_to_need\": null\n"
		    "        },\n"
		    "        {\n"
		    "          \"kind\": \"exec\",\n"
		    "          \"what\": \"t\\\\xff\\\\x1b\",\n"
		    "          \"port\": 0,\n"
		    "          \"status\": -1,\n"
		    "          \"type\": null,\n"
		    "          \"bytes\": 612,\n"
		    "          \"ms\": 4,\n"
		    "          \"error\": \"no such file\",\n"
		    "          \"expected\": null,\n"
		    "          \"unexpected\": null,\n"
		    "          \"guessed\": false,\n"
		    "          \"first_to_need\": null\n"
		    "        }\n"
		    "      ]\n"
		    "    }\n"
		    "  ],\n"
		    "  \"trace\": {\n"
		    "    \"paths\": 3,\n"
		    "    \"found\": 1,\n"
		    "    \"not_found\": 1,\n"
		    "    \"processes\": 2,\n"
		    "    \"programs\": 1,\n"
		    "    \"kernel_paths\": 2,\n"
		    "    \"witnesses\": {\n"
		    "      \"ptrace\": 4,\n"
		    "      \"ebpf\": 0,\n"
		    "      \"fanotify\": 5\n"
		    "    },\n"
		    "    \"witness_differences\": {\n"
		    "      \"unexplained\": 0,\n"
		    "      \"other-name\": 4,\n"
		    "      \"created\": 0,\n"
		    "      \"removed\": 0,\n"
		    "      \"interpreter\": 2,\n"
		    "      \"mounted\": 0,\n"
		    "      \"refused\": 0\n"
		    "    },\n"
		    "    \"ports\": [\n"
		    "      \"53/tcp\",\n"
		    "      \"53/udp\",\n"
		    "      \"8080/tcp\"\n"
		    "    ],\n"
		    "    \"files\": [\n"
		    "      {\n"
		    "        \"path\": \"a\\u001B.json\",\n"
		    "        \"paths\": 3,\n"
		    "        \"same_image\": true\n"
		    "      },\n"
		    "      {\n"
		    "        \"path\": \"b.json\",\n"
		    "        \"paths\": 1,\n"
		    "        \"same_image\": false\n"
		    "      }\n"
		    "    ],\n"
		    "    \"drift\": null\n"
		    "  },\n"
		    "  \"stability\": null,\n"
		    "  \"application\": {\n"
		    "    \"bytes\": 0,\n"
		    "    \"files\": 0,\n"
		    "    \"biggest\": []\n"
		    "  },\n"
		    "  \"kept_for\": {\n"
		    "    \"needed\": 2000,\n"
		    "    \"used\": 0,\n"
		    "    \"application\": 0,\n"
		    "    \"trees\": 1000,\n"
		    "    \"named_packages\": 0,\n"
		    "    \"options\": 0,\n"
		    "    \"rest\": 0,\n"
		    "    \"biggest_trees\": [\n"
		    "      {\n"
		    "        \"path\": \"/usr/lib/R\",\n"
		    "        \"bytes\": 1000\n"
		    "      }\n"
		    "    ]\n"
		    "  },\n"
		    "  \"verify\": {\n"
		    "    \"done\": true,\n"
		    "    \"skipped\": null,\n"
		    "    \"equal\": false,\n"
		    "    \"rounds\": 4,\n"
		    "    \"repeats\": 3,\n"
		    "    \"equal_steps\": 13,\n"
		    "    \"equal_runs\": 1,\n"
		    "    \"differences\": [\n"
		    "      {\n"
		    "        \"where\": \"GET / on port 80\",\n"
		    "        \"what\": \"status\",\n"
		    "        \"expected\": \"200\",\n"
		    "        \"got\": \"500\"\n"
		    "      }\n"
		    "    ],\n"
		    "    \"lookups\": [\n"
		    "      {\n"
		    "        \"path\": \"/srv/a\\u001B\",\n"
		    "        \"program\": \"/bin/sh\"\n"
		    "      }\n"
		    "    ],\n"
		    "    \"healed\": [\n"
		    "      {\n"
		    "        \"path\": \"/srv/b\",\n"
		    "        \"why\": \"/bin/sh looked for /srv/b\",\n"
		    "        \"round\": 2\n"
		    "      }\n"
		    "    ],\n"
		    "    \"left_out\": [\n"
		    "      \"/srv/c\"\n"
		    "    ],\n"
		    "    \"variable\": [\n"
		    "      \"GET /now on port 80: answer\"\n"
		    "    ],\n"
		    "    \"incomparable\": [\n"
		    "      \"GET /x on port 80: status (2xx, 5xx)\"\n"
		    "    ]\n"
		    "  },\n"
		    "  \"gates\": {\n"
		    "    \"passed\": null,\n"
		    "    \"published\": null,\n"
		    "    \"list\": []\n"
		    "  },\n"
		    "  \"lock\": null,\n"
		    "  \"notes\": [\n"
		    "    {\n"
		    "      \"code\": \"test-note\",\n"
		    "      \"text\": \"the container wrote to /var/cache\"\n"
		    "    }\n"
		    "  ]\n"
		    "}\n");
}

static void an_empty_report_has_every_member(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	report_json(&r, true, &b);
	json_auto_t *v = json_loads(b.data, 0, NULL);
	assert_int_equal(json_object_size(v), 14);
	assert_int_equal(json_array_size(json_object_get(v, "runs")), 0);
	assert_int_equal(json_array_size(json_object_get(v, "notes")), 0);
	assert_true(json_is_null(json_object_get(json_object_get(v, "result"), "reference")));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(v, "timing_ms"), "total")), 0);
}

static void repeated(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0}, got = {0};
	sample_stability(&r);
	sample_run(&r)->variant = 2;
	report_json(&r, true, &b);
	json_auto_t *v = json_loads(b.data, 0, NULL);
	json_write(json_object_get(v, "stability"), &got);
	assert_string_equal(got.data, "{\"files\":40,\"files_in_all\":38,\"files_in_some\":2,\"in_some\":["
				      "{\"path\":\"/srv/a\\u001B\",\"runs\":[2]},{\"path\":\"/srv/b\",\"runs\":[1,3]}],"
				      "\"percent_in_all\":95,\"runs\":3}");
	json_t *run = json_array_get(json_object_get(v, "runs"), 0);
	assert_int_equal(json_integer_value(json_object_get(run, "repeat")), 3);
}

static void unproven(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0}, got = {0};
	r.unproven.items = mem_calloc(1, sizeof(*r.unproven.items));
	r.unproven.files = 3;
	report_json(&r, false, &b);
	json_auto_t *v = json_loads(b.data, 0, NULL);
	json_write(json_object_get(v, "unproven"), &got);
	assert_string_equal(got.data, "{\"bytes\":0,\"files\":3,\"list\":[]}");
}

static void a_result_that_is_not_equal_has_an_error(void **state)
{
	CLEANUP_REPORT struct report r = {0};
	CLEANUP_BUF struct buf b = {0};
	err_set(&r.error, ERR_DIFFERS, "result-differs", "the status is %d", 500);
	report_json(&r, false, &b);
	json_auto_t *v = json_loads(b.data, 0, NULL), *want = report_error_member(&r.error);
	assert_true(json_equal(json_object_get(v, "error"), want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything),
	    cmocka_unit_test(an_empty_report_has_every_member),
	    cmocka_unit_test(repeated),
	    cmocka_unit_test(unproven),
	    cmocka_unit_test(a_result_that_is_not_equal_has_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
