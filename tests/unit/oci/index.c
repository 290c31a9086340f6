#include "unit.h"

#include "base/limits.h"
#include "oci/index.h"

#define D "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define V2 "\"schemaVersion\":2"

/* An index with one manifest per platform, its size is its position; "-" has no platform, "!" is no image. */
static void make(const char *const *platforms, struct oci_index *out)
{
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{" V2 ",\"manifests\":[");
	for (int i = 0; platforms[i]; i++) {
		const char *p = platforms[i];
		struct oci_descriptor d = {.media_type = OCI_MEDIA_MANIFEST, .size = (uint64_t)i};
		oci_digest_of("", 0, &d.digest);
		if (*p == '!')
			strcpy(d.media_type, "application/vnd.example+json");
		if (*p != '-')
			assert_int_equal(oci_platform_parse(p + (*p == '!'), &d.platform, NULL), 0);
		json_auto_t *v = oci_descriptor_json(&d);
		char *text = json_dumps(v, 0);
		buf_printf(&b, "%s%s", i ? "," : "", text);
		free(text);
	}
	buf_str(&b, "]}");
	assert_int_equal(oci_index_parse(b.data, b.len, out, NULL), 0);
}

static void select_one(const char *const *platforms, const char *want, int expected, const char *message)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	const struct oci_descriptor *d = NULL;
	struct oci_platform p;
	struct err err = {0};
	make(platforms, &index);
	assert_int_equal(oci_platform_parse(want, &p, NULL), 0);
	int r = oci_index_select(&index, &p, &d, &err);
	if (expected >= 0) {
		assert_int_equal(r, 0);
		assert_int_equal(d->size, expected);
		return;
	}
	assert_int_equal(r, -ERR_NOTFOUND);
	assert_string_equal(err.msg, message);
	assert_null(d);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void select_platform(void **state)
{
	select_one(LIST("linux/amd64", "linux/arm64"), "linux/arm64", 1, NULL);
	select_one(LIST("windows/amd64", "linux/amd64"), "linux/amd64", 1, NULL);
	/* exact before matching, wherever it stands */
	select_one(LIST("linux/arm/v6", "linux/arm", "linux/arm/v7"), "linux/arm/v7", 2, NULL);
	select_one(LIST("linux/arm/v6", "linux/arm"), "linux/arm/v7", 1, NULL);
	select_one(LIST("linux/amd64/v3", "linux/amd64"), "linux/amd64", 1, NULL);
	/* a baseline that is spelt out is the baseline */
	select_one(LIST("linux/arm64/v9", "linux/arm64/v8"), "linux/arm64", 1, NULL);
	select_one(LIST("linux/arm64", "linux/arm64/v8"), "linux/arm64/v8", 0, NULL);
	/* no platform matches, but last; attestations and other types never do */
	select_one(LIST("-", "linux/amd64"), "linux/amd64", 1, NULL);
	select_one(LIST("linux/arm64", "-"), "linux/amd64", 1, NULL);
	select_one(LIST("unknown/unknown", "-"), "linux/amd64", 1, NULL);
	select_one(LIST("!linux/amd64", "linux/amd64"), "linux/amd64", 1, NULL);
	/* the first of two equal ones */
	select_one(LIST("linux/amd64", "linux/amd64"), "linux/amd64", 0, NULL);
	select_one(LIST("linux/arm64/v8", "unknown/unknown", "linux/arm/v6", "linux/arm64/v8"), "linux/amd64", -1,
		   "there is no image for linux/amd64, only for: linux/arm64/v8, linux/arm/v6");
	select_one(LIST("unknown/unknown"), "linux/amd64", -1, "there is no image for linux/amd64, only for: none");
}

static void parse_one(const char *text, enum err_code code, const char *message)
{
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	struct err err = {0};
	assert_int_equal(oci_index_parse(text, strlen(text), &index, &err), -(int)code);
	assert_int_equal(err.code, code);
	if (!strstr(err.msg, message))
		assert_string_equal(err.msg, message);
}

static void parse(void **state)
{
	parse_one("{" V2 ",\"manifests\":[]}", ERR_NONE, "");
	parse_one("{" V2 ",\"mediaType\":\"" OCI_MEDIA_INDEX "\",\"manifests\":[]}", ERR_NONE, "");
	parse_one("{" V2 ",\"mediaType\":\"" DOCKER_MEDIA_LIST "\",\"manifests\":[]}", ERR_NONE, "");
	parse_one("{", ERR_CORRUPT, "the index is not valid JSON");
	parse_one("{\"schemaVersion\":1,\"manifests\":[]}", ERR_UNSUPPORTED, "schemaVersion 1 is not supported");
	parse_one("{" V2 ",\"mediaType\":\"" OCI_MEDIA_MANIFEST "\",\"manifests\":[]}", ERR_CORRUPT,
		  "has type \"" OCI_MEDIA_MANIFEST "\", but an index is expected");
	parse_one("{" V2 ",\"layers\":[],\"config\":{}}", ERR_CORRUPT, "is a manifest, but an index is expected");
	parse_one("{" V2 ",\"manifests\":[],\"config\":{}}", ERR_CORRUPT, "is ambiguous");
	parse_one("{" V2 "}", ERR_CORRUPT, "member \"manifests\" is missing");
	parse_one("{" V2 ",\"manifests\":[{\"mediaType\":\"a/b\",\"digest\":\"" D "\"}]}", ERR_CORRUPT,
		  "entry 1: member \"size\" is missing");
}

static int parse_entries(size_t n, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	buf_str(&b, "{" V2 ",\"manifests\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s{\"mediaType\":\"a/b\",\"digest\":\"" D "\",\"size\":1}", i ? "," : "");
	buf_str(&b, "]}");
	return oci_index_parse(b.data, b.len, &index, err);
}

static void caps(void **state)
{
	struct err err = {0};
	assert_int_equal(parse_entries(LIMIT_INDEX_ENTRIES, &err), 0);
	assert_int_equal(parse_entries(LIMIT_INDEX_ENTRIES + 1, &err), -ERR_LIMIT);
	assert_string_equal(err.msg, "has 1025 entries, at most 1024 are supported");
}

static void media_types(void **state)
{
	assert_true(oci_media_type_is_index(OCI_MEDIA_INDEX));
	assert_true(oci_media_type_is_index(DOCKER_MEDIA_LIST));
	assert_false(oci_media_type_is_index(OCI_MEDIA_MANIFEST));
	assert_false(oci_media_type_is_index(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(select_platform),
	    cmocka_unit_test(parse),
	    cmocka_unit_test(caps),
	    cmocka_unit_test(media_types),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
