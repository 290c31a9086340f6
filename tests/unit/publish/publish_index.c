#include "transport/fixture.h"

#include <jansson.h>

#include "base/limits.h"
#include "publish/publish_index.h"
#include "text/json.h"

#define ATTESTATION_OF "vnd.docker.reference.digest"

/* An index in oci:source:all with two images, and an attestation of each, whose manifest is the other image's. */
struct indexed {
	struct fixture_image images[2];
	struct transport_source *source;
	struct transport_image image;
	struct transport_sink *sink;
};

static json_t *entry(const struct fixture_image *f, const char *arch)
{
	json_t *e = oci_descriptor_json(&f->d);
	json_object_set_new(e, "platform", json_pack("{s:s, s:s}", "os", "linux", "architecture", arch));
	json_object_set_new(e, "annotations", json_pack("{s:s}", "com.example.arch", arch));
	return e;
}

static json_t *attestation(const struct fixture_image *content, const struct fixture_image *of)
{
	json_t *e = oci_descriptor_json(&content->d);
	json_object_set_new(e, "platform", json_pack("{s:s, s:s}", "os", "unknown", "architecture", "unknown"));
	json_object_set_new(e, "annotations", json_pack("{s:s}", ATTESTATION_OF, of->d.digest.text));
	return e;
}

static void setup(struct indexed *x, json_t *(*change)(json_t *entries))
{
	static const char *const names[] = {"amd64", "arm64", "att1", "att2"};
	struct fixture_image all[4];
	struct err e = {0};
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	struct oci_descriptor d;
	*x = (struct indexed){0};
	assert_ok(fixture_sink("oci:source:all", NULL, &sink, &e), &e);
	for (int i = 0; i < 4; i++) {
		fixture_image_init(&all[i], OCI_FAMILY_OCI, i < 2 ? names[i] : "unknown", names[i]);
		assert_ok(fixture_add(sink, &all[i], &e), &e);
		assert_ok(transport_sink_blob(sink, &all[i].d, all[i].text.data, &e), &e);
	}
	json_auto_t *doc =
	    json_pack("{s:i, s:s, s:{s:s}, s:[o,o,o,o]}", "schemaVersion", 2, "mediaType", OCI_MEDIA_INDEX,
		      "annotations", "of", "the index", "manifests", entry(&all[0], names[0]), entry(&all[1], names[1]),
		      attestation(&all[2], &all[0]), attestation(&all[3], &all[1]));
	if (change)
		change(json_object_get(doc, "manifests"));
	json_write(doc, &text);
	oci_descriptor_of(OCI_MEDIA_INDEX, text.data, text.len, &d);
	assert_ok(transport_sink_commit(sink, &d, &text, &e), &e);
	x->images[0] = all[0];
	x->images[1] = all[1];
	fixture_image_done(&all[2]);
	fixture_image_done(&all[3]);
	assert_ok(fixture_open("oci:source:all", NULL, &x->source, &x->image, &e), &e);
	assert_ok(fixture_sink("oci:made:all", NULL, &x->sink, &e), &e);
}

static void done(struct indexed *x)
{
	transport_sink_close(x->sink);
	transport_image_done(&x->image);
	transport_source_close(x->source);
	fixture_image_done(&x->images[0]);
	fixture_image_done(&x->images[1]);
}

/* Replaces the images whose bits are set. The slim image is the same for each. */
static int make_as(struct indexed *x, const char *type, unsigned which, const struct fixture_image *slim, json_t **out,
		   struct err *e)
{
	CLEANUP_FD int tmp = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct publish_image p = {.layer = -1, .source = x->source, .image = &x->image, .tmp_dir = tmp};
	struct publish_replacement by[2];
	CLEANUP_BUF struct buf text = {0};
	size_t n = 0;
	for (unsigned i = 0; i < 2; i++)
		if (which & 1u << i)
			by[n++] = (struct publish_replacement){x->images[i].d.digest, slim->d};
	int r = publish_index(&p, x->sink, type, by, n, &text, e);
	return r < 0 ? r : json_parse_object(text.data, text.len, LIMIT_MANIFEST, "index", out, e);
}

static int make(struct indexed *x, unsigned which, const struct fixture_image *slim, json_t **out, struct err *e)
{
	return make_as(x, OCI_MEDIA_INDEX, which, slim, out, e);
}

static const char *digest_of(const json_t *doc, size_t i)
{
	return json_string_value(json_object_get(json_array_get(json_object_get(doc, "manifests"), i), "digest"));
}

static void one_is_replaced(void **state)
{
	CLEANUP_FIXTURE struct fixture_image slim;
	struct indexed x;
	struct err e = {0};
	json_auto_t *doc = NULL, *before = NULL;
	fixture_image_init(&slim, OCI_FAMILY_OCI, "amd64", "slim");
	setup(&x, NULL);
	assert_ok(make(&x, 1, &slim, &doc, &e), &e);
	assert_ok(json_parse_object(x.image.index.data, x.image.index.len, LIMIT_MANIFEST, "index", &before, &e), &e);
	const json_t *old = json_object_get(before, "manifests"), *new = json_object_get(doc, "manifests");
	assert_int_equal(json_array_size(new), 3);
	assert_string_equal(digest_of(doc, 0), slim.d.digest.text);
	assert_true(json_equal(json_object_get(json_array_get(new, 0), "platform"),
			       json_object_get(json_array_get(old, 0), "platform")));
	assert_true(json_equal(json_array_get(new, 1), json_array_get(old, 1)));
	assert_true(json_equal(json_array_get(new, 2), json_array_get(old, 3))); /* the other's attestation */
	assert_true(json_equal(json_object_get(doc, "annotations"), json_object_get(before, "annotations")));
	assert_int_equal(transport_sink_has(x.sink, &x.images[1].d, &e), 1);
	assert_int_equal(transport_sink_has(x.sink, &x.images[1].manifest.layers[0], &e), 1);
	done(&x);
}

static void both_are_replaced(void **state)
{
	CLEANUP_FIXTURE struct fixture_image slim;
	struct indexed x;
	struct err e = {0};
	json_auto_t *doc = NULL;
	fixture_image_init(&slim, OCI_FAMILY_OCI, "amd64", "slim");
	setup(&x, NULL);
	assert_ok(make(&x, 3, &slim, &doc, &e), &e);
	assert_int_equal(json_array_size(json_object_get(doc, "manifests")), 2);
	assert_string_equal(digest_of(doc, 0), slim.d.digest.text);
	assert_string_equal(digest_of(doc, 1), slim.d.digest.text);
	assert_int_equal(transport_sink_has(x.sink, &x.images[1].d, &e), 0);
	done(&x);
}

static json_t *describe_bytes(json_t *entries)
{
	json_t *first = json_array_get(entries, 0), *annotations = json_object_get(first, "annotations");
	json_object_set_new(first, "data", json_string("e30="));
	json_object_set_new(first, "urls", json_pack("[s]", "https://example.com/manifest"));
	json_object_set_new(annotations, "containerd.io/snapshot/stargz/toc.digest", json_string("x"));
	json_object_set_new(json_object_get(json_array_get(entries, 1), "annotations"),
			    "containerd.io/snapshot/stargz/toc.digest", json_string("y"));
	return entries;
}

static void what_describes_the_originals_bytes_goes(void **state)
{
	CLEANUP_FIXTURE struct fixture_image slim;
	struct indexed x;
	struct err e = {0};
	json_auto_t *doc = NULL;
	fixture_image_init(&slim, OCI_FAMILY_OCI, "amd64", "slim");
	setup(&x, describe_bytes);
	assert_ok(make(&x, 1, &slim, &doc, &e), &e);
	const json_t *entries = json_object_get(doc, "manifests"), *first = json_array_get(entries, 0);
	assert_null(json_object_get(first, "data"));
	assert_null(json_object_get(first, "urls"));
	assert_int_equal(json_object_size(json_object_get(first, "annotations")), 1);
	assert_int_equal(json_object_size(json_object_get(json_array_get(entries, 1), "annotations")), 2);
	done(&x);
}

static json_t *remove_first(json_t *entries)
{
	json_array_remove(entries, 0);
	return entries;
}

static void an_image_that_the_index_lacks(void **state)
{
	CLEANUP_FIXTURE struct fixture_image slim;
	struct indexed x;
	struct err e = {0};
	json_auto_t *doc = NULL;
	fixture_image_init(&slim, OCI_FAMILY_OCI, "amd64", "slim");
	setup(&x, NULL);
	json_auto_t *index = json_loadb(x.image.index.data, x.image.index.len, 0, NULL);
	remove_first(json_object_get(index, "manifests"));
	x.image.index.len = 0;
	json_write(index, &x.image.index);
	assert_int_equal(make(&x, 1, &slim, &doc, &e), -ERR_UNSUPPORTED);
	assert_string_equal(e.id, "keep-index-unsupported");
	done(&x);
}

static void another_media_type(void **state)
{
	CLEANUP_FIXTURE struct fixture_image slim;
	struct indexed x;
	struct err e = {0};
	json_auto_t *doc = NULL;
	fixture_image_init(&slim, OCI_FAMILY_OCI, "amd64", "slim");
	setup(&x, NULL);
	assert_ok(make_as(&x, DOCKER_MEDIA_LIST, 1, &slim, &doc, &e), &e);
	assert_string_equal(json_string_value(json_object_get(doc, "mediaType")), DOCKER_MEDIA_LIST);
	done(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(one_is_replaced),
	    FIXTURE_TEST(both_are_replaced),
	    FIXTURE_TEST(another_media_type),
	    FIXTURE_TEST(what_describes_the_originals_bytes_goes),
	    FIXTURE_TEST(an_image_that_the_index_lacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
