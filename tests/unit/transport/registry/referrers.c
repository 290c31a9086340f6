#include "unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "oci/index.h"
#include "transport/registry/referrers.h"

#define TYPE "application/vnd.example.report"
#define MANIFEST "{\"schemaVersion\":2,\"annotations\":{\"org.example.of\":\"%s\"}}"
#define DIGEST "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct artifact {
	struct buf manifest;
	struct oci_descriptor d;
};

static void make(struct artifact *a, const char *word)
{
	*a = (struct artifact){.d.media_type = OCI_MEDIA_MANIFEST};
	buf_printf(&a->manifest, MANIFEST, word);
	a->d.size = a->manifest.len;
	oci_digest_of(a->manifest.data, a->manifest.len, &a->d.digest);
}

static void artifact_done(struct artifact *a)
{
	buf_done(&a->manifest);
}
#define CLEANUP_ARTIFACT CLEANUP(artifact_done)

static int add(const char *index, const struct artifact *a, struct buf *out, bool *changed, struct err *err)
{
	struct buf there = {.data = (char *)index, .len = strlen(index)};
	return registry_referrers_add(&there, &a->d, &a->manifest, TYPE, out, changed, err);
}

static void the_tag_is_the_digest(void **state)
{
	struct oci_digest d;
	char tag[REGISTRY_REFERRERS_TAG];
	assert_int_equal(oci_digest_parse(DIGEST, &d, NULL), 0);
	assert_string_equal(registry_referrers_tag(&d, tag),
			    "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void the_first_makes_an_index(void **state)
{
	CLEANUP_ARTIFACT struct artifact a;
	CLEANUP_BUF struct buf out = {0};
	bool changed = false;
	make(&a, "one");
	assert_int_equal(add("", &a, &out, &changed, NULL), 0);
	assert_true(changed);
	CLEANUP_FREE char *want =
	    mem_printf("{\"manifests\":[{\"annotations\":{\"org.example.of\":\"one\"},\"artifactType\":\"" TYPE "\","
		       "\"digest\":\"%s\",\"mediaType\":\"" OCI_MEDIA_MANIFEST "\",\"size\":%zu}],"
		       "\"mediaType\":\"" OCI_MEDIA_INDEX "\",\"schemaVersion\":2}",
		       a.d.digest.text, a.manifest.len);
	assert_string_equal(out.data, want);
}

static void the_same_is_added_once(void **state)
{
	CLEANUP_ARTIFACT struct artifact a;
	CLEANUP_BUF struct buf one = {0}, two = {0};
	bool changed = false;
	make(&a, "one");
	assert_int_equal(add("", &a, &one, &changed, NULL), 0);
	assert_int_equal(add(one.data, &a, &two, &changed, NULL), 0);
	assert_false(changed);
	assert_int_equal(two.len, 0);
}

/* What others wrote there stays, also what we know nothing of. */
static void others_stay(void **state)
{
	CLEANUP_ARTIFACT struct artifact a;
	CLEANUP_BUF struct buf out = {0};
	bool changed = false;
	make(&a, "two");
	assert_int_equal(add("{\"schemaVersion\":2,\"annotations\":{\"who\":\"else\"},\"x-own\":[1],\"manifests\":[{"
			     "\"mediaType\":\"" OCI_MEDIA_MANIFEST "\",\"digest\":\"" DIGEST "\",\"size\":0,"
			     "\"artifactType\":\"application/x-sbom\",\"data\":\"\"}]}",
			     &a, &out, &changed, NULL),
			 0);
	assert_true(changed);
	assert_non_null(strstr(out.data, "\"annotations\":{\"who\":\"else\"}"));
	assert_non_null(strstr(out.data, "\"x-own\":[1]"));
	assert_non_null(strstr(out.data, "\"artifactType\":\"application/x-sbom\",\"data\":\"\",\"digest\":\"" DIGEST));
	CLEANUP_OCI_INDEX struct oci_index index = {0};
	assert_int_equal(oci_index_parse(out.data, out.len, &index, NULL), 0);
	assert_int_equal(index.count, 2);
	assert_string_equal(index.manifests[1].digest.text, a.d.digest.text);
}

static void what_is_no_such_index_is_refused(void **state)
{
	static const char *const cases[] = {
	    "nonsense",
	    "[]",
	    "{}",
	    "{\"schemaVersion\":2}",
	    "{\"schemaVersion\":1,\"manifests\":[]}",
	    "{\"schemaVersion\":2,\"manifests\":{}}",
	    "{\"schemaVersion\":2,\"manifests\":[1]}",
	    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"size\":1}]}",
	    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"size\":1,\"digest\":7}]}",
	    "{\"schemaVersion\":2,\"mediaType\":\"" DOCKER_MEDIA_LIST "\",\"manifests\":[]}",
	    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MEDIA_MANIFEST "\",\"config\":{},\"layers\":[]}",
	    "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
	};
	CLEANUP_ARTIFACT struct artifact a;
	make(&a, "one");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf out = {0};
		struct err e = {0};
		bool changed = false;
		if (add(cases[i], &a, &out, &changed, &e) == 0)
			fail_msg("%s is taken", cases[i]);
		assert_true(e.msg[0]);
		assert_int_equal(out.len, 0);
	}
}

static void an_index_has_an_end(void **state)
{
	CLEANUP_ARTIFACT struct artifact a;
	CLEANUP_BUF struct buf full = {0}, out = {0};
	struct err e = {0};
	bool changed = false;
	make(&a, "one");
	buf_str(&full, "{\"schemaVersion\":2,\"manifests\":[");
	for (int i = 0; i < LIMIT_INDEX_ENTRIES; i++)
		buf_printf(&full, "%s{\"mediaType\":\"x\",\"size\":1,\"digest\":\"" DIGEST "\"}", i ? "," : "");
	buf_str(&full, "]}");
	assert_int_equal(add(full.data, &a, &out, &changed, &e), -ERR_LIMIT);
}

#define ENTRY(type, digit)                                                                                             \
	"{\"mediaType\":\"" OCI_MEDIA_MANIFEST "\",\"size\":1,\"artifactType\":\"" type "\",\"digest\":\"sha256:"      \
	"000000000000000000000000000000000000000000000000000000000000000" digit "\"}"

static void those_of_a_type_are_selected(void **state)
{
	CLEANUP_OCI_INDEX struct oci_index out = {0};
	struct buf index = {.data = (char *)"{\"schemaVersion\":2,\"manifests\":[" ENTRY(TYPE, "1") "," ENTRY(
				"x/other", "2") "," ENTRY(TYPE, "3") "," ENTRY(TYPE, "1") "]}"};
	index.len = strlen(index.data);
	for (int i = 0; i < 2; i++) /* a second page that says the same again */
		assert_int_equal(registry_referrers_select(&index, TYPE, &out, NULL), 0);
	assert_int_equal(out.count, 2);
	assert_string_equal(oci_digest_hex(&out.manifests[1].digest) + 63, "3");
	struct buf wrong = {.data = (char *)"{\"schemaVersion\":2,\"manifests\":[7]}", .len = 36};
	assert_true(registry_referrers_select(&wrong, TYPE, &out, NULL) < 0);
}

static void the_next_page(void **state)
{
	static const struct {
		const char *link, *path; /* "" = refused */
	} cases[] = {
	    {NULL, NULL},
	    {"</v2/a/referrers/" DIGEST "?n=1>; rel=\"prev\"", NULL},
	    {"</v2/a/referrers/" DIGEST "?n=1&last=x>; rel=\"next\"", "referrers/" DIGEST "?n=1&last=x"},
	    {"<https://other.example/v2/a/referrers/" DIGEST "?n=2>; rel=\"next\"", "referrers/" DIGEST "?n=2"},
	    {"</v2/a/referrers/sha256:00?n=1>; rel=\"next\"", ""},
	    {"</v2/a/referrers/" DIGEST "?n=1; rel=\"next\"", ""},
	    {"rel=\"next\"", ""},
	};
	struct oci_digest d;
	assert_int_equal(oci_digest_parse(DIGEST, &d, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *path = NULL;
		int r = registry_referrers_next(cases[i].link, &d, &path, NULL);
		bool refused = cases[i].path && !cases[i].path[0];
		assert_int_equal(r < 0, refused);
		if (!refused && cases[i].path)
			assert_string_equal(path, cases[i].path);
		else
			assert_null(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_tag_is_the_digest),
	    cmocka_unit_test(those_of_a_type_are_selected),
	    cmocka_unit_test(the_next_page),
	    cmocka_unit_test(the_first_makes_an_index),
	    cmocka_unit_test(the_same_is_added_once),
	    cmocka_unit_test(others_stay),
	    cmocka_unit_test(what_is_no_such_index_is_refused),
	    cmocka_unit_test(an_index_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
