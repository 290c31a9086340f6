#include "unit.h"

#include "base/buf.h"
#include "findings/secrets/config_text.h"

#define MIX36 "aB3dE6gH9jKl2mN5pQ8rSt1uV4wX7yZa0bCd"

static const char config[] =
    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":\"me\",\"Env\":[\"PATH=/"
    "bin\",\"DB_PASSWORD=hunter2\",\"odd\"],"
    "\"Cmd\":[\"run\",\"--token=s3cr3t\"],\"Labels\":{\"a\":\"see ghp_" MIX36 " here\",\"api-token\":\"t0k3n\"},"
    "\"Healthcheck\":{\"Test\":[\"CMD\",\"curl\",\"http://me:s3cr3t@localhost\"],\"Interval\":5}},"
    "\"history\":[{\"created_by\":\"COPY a\",\"comment\":\"PASSWORD=c0mm3nt\"},"
    "{\"created_by\":\"ENV DB_PASSWORD=hunter2\",\"empty_layer\":true},{\"created_by\":\"RUN TOKEN=abcd TOKEN=efgh "
    "x\"}],"
    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
    "1111111111111111111111111111111111111111111111111111111111111111\","
    "\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"]}}";

static void parse(struct oci_image_config *c)
{
	struct err err = {0};
	if (oci_image_config_parse(config, strlen(config), c, &err) < 0)
		fail_msg("%s", err.msg);
}

static void collect(void *ctx, const struct findings_config_hit *hit)
{
	buf_printf(ctx, "%s %s %s %zu %d;", hit->rule->id, findings_where_names[hit->where],
		   hit->name ? hit->name : "-", hit->step, (int)hit->layer);
}

static void all_places_are_looked_at(void **state)
{
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_BUF struct buf b = {0};
	parse(&c);
	findings_config_scan(s, &c, collect, &b);
	assert_string_equal(b.data, "named-secret environment DB_PASSWORD 0 -1;"
				    "named-secret config Cmd 0 -1;"
				    "github-token label a 0 -1;"
				    "named-secret label api-token 0 -1;"
				    "url-password config Test 0 -1;"
				    "named-secret history - 1 0;"
				    "named-secret history - 2 -1;"
				    "named-secret history - 3 1;named-secret history - 3 1;");
}

static void a_copy_has_no_secret(void **state)
{
	static const char *const secrets[] = {"hunter2", "s3cr3t", MIX36, "t0k3n", "c0mm3nt", "abcd", "efgh"};
	CLEANUP_FINDINGS_SCANNER struct findings_scanner *s = findings_scanner_new();
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0}, masked = {0};
	parse(&c);
	assert_int_equal(findings_config_mask(s, &c, &masked, NULL), 0);
	char *text = json_dumps(masked.root, 0), *before = json_dumps(c.root, 0);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		assert_null(strstr(text, secrets[i]));
		assert_non_null(strstr(before, secrets[i])); /* the original stays */
	}
	free(text);
	free(before);
	assert_string_equal(masked.env.items[1], "DB_PASSWORD=***");
	assert_string_equal(masked.env.items[2], "odd");
	assert_string_equal(masked.cmd.items[1], "--token=***");
	assert_string_equal(masked.user, "me");
	assert_string_equal(masked.healthcheck.items[2], "http://***localhost");
	assert_string_equal(oci_image_config_created_by(&masked, 1), "RUN TOKEN=*** TOKEN=*** x");
	assert_int_equal(masked.n_layers, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_places_are_looked_at),
	    cmocka_unit_test(a_copy_has_no_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
