#include "fixture.h"

#include "base/limits.h"

/* A layout whose only entry is an index of amd64 and arm64 images, depth indexes deep. */
static void make_nested(const char *layout, const char *index_type, struct fixture_image image[2], int depth)
{
	struct oci_descriptor entries[2], top;
	static const char *const arch[] = {"amd64", "arm64"};
	assert_int_equal(mkdir(layout, 0755), 0);
	for (int i = 0; i < 2; i++) {
		fixture_layout_image(layout, &image[i]);
		entries[i] = image[i].d;
		entries[i].platform = (struct oci_platform){.os = "linux"};
		snprintf(entries[i].platform.arch, sizeof(entries[i].platform.arch), "%s", arch[i]);
	}
	CLEANUP_FREE char *text = fixture_index_text(entries, 2);
	fixture_layout_blob(layout, index_type, text, strlen(text), &top);
	for (int i = 1; i < depth; i++) {
		CLEANUP_FREE char *outer = fixture_index_text(&top, 1);
		fixture_layout_blob(layout, index_type, outer, strlen(outer), &top);
	}
	snprintf(top.ref_name, sizeof(top.ref_name), "t");
	CLEANUP_FREE char *index = fixture_index_text(&top, 1);
	fixture_layout_index(layout, index);
}

static void an_index_gives_the_wanted_platform(void **state)
{
	static const char *const types[] = {OCI_MEDIA_INDEX, DOCKER_MEDIA_LIST};
	for (int t = 0; t < 2; t++) {
		struct err e = {0};
		struct fixture_image images[2];
		CLEANUP_FREE char *layout = mem_printf("lay%d", t), *ref = mem_printf("oci:%s:t", layout);
		fixture_image_init(&images[0], t ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI, "amd64", "one");
		fixture_image_init(&images[1], t ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI, "arm64", "two");
		make_nested(layout, types[t], images, 1 + t * 2);
		fixture_check(ref, &images[0], "t");
		CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
		CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
		assert_ok(fixture_open(ref, "linux/arm64", &source, &image, &e), &e);
		assert_string_equal(image.manifest_digest.text, images[1].d.digest.text);
		fixture_refused(ref, "linux/s390x", ERR_NOTFOUND, "linux/arm64");
		fixture_image_done(&images[0]);
		fixture_image_done(&images[1]);
	}
}

static void nesting_has_an_end(void **state)
{
	struct fixture_image images[2];
	fixture_image_init(&images[0], OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&images[1], OCI_FAMILY_OCI, "arm64", "two");
	make_nested("deep", OCI_MEDIA_INDEX, images, LIMIT_INDEX_DEPTH);
	make_nested("deeper", OCI_MEDIA_INDEX, images, LIMIT_INDEX_DEPTH + 1);
	fixture_check("oci:deep", &images[0], "t");
	fixture_refused("oci:deeper", NULL, ERR_LIMIT, "deep");
	fixture_image_done(&images[0]);
	fixture_image_done(&images[1]);
}

static void one_tag_may_have_an_entry_per_platform(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "arm64", "two");
	assert_int_equal(mkdir("lay", 0755), 0);
	fixture_layout_image("lay", &f);
	fixture_layout_image("lay", &g);
	struct oci_descriptor entries[2] = {f.d, g.d};
	CLEANUP_FREE char *vague = fixture_index_text(entries, 2);
	fixture_layout_index("lay", vague);
	fixture_refused("oci:lay", NULL, ERR_INVAL, "2 images");
	for (int i = 0; i < 2; i++) {
		entries[i].platform = (struct oci_platform){.os = "linux"};
		memcpy(entries[i].platform.arch, i ? "arm64" : "amd64", 6);
		memcpy(entries[i].ref_name, "t", 2);
	}
	CLEANUP_FREE char *clear = fixture_index_text(entries, 2);
	fixture_layout_index("lay", clear);
	fixture_check("oci:lay:t", &f, "t");
	fixture_check("oci:lay", &f, "t");
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	assert_ok(fixture_open("oci:lay:t", "arm64", &source, &image, &e), &e);
	assert_string_equal(image.manifest_digest.text, g.d.digest.text);
}

static void another_platform_is_named(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci:lay:t", NULL, &f, &e), &e);
	fixture_refused("oci:lay:t", "linux/arm64", ERR_UNSUPPORTED, "linux/amd64, not for linux/arm64");
}

/* Overwrite a blob of the layout by other bytes. */
static void damage(const char *layout, const struct oci_digest *d, const char *data)
{
	CLEANUP_FREE char *path = mem_printf("%s/blobs/sha256/%s", layout, oci_digest_hex(d));
	fixture_file(path, data, strlen(data));
}

static void manifest_and_config_are_checked(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	for (int other_size = 0; other_size < 2; other_size++) {
		for (int config = 0; config < 2; config++) {
			CLEANUP_FREE char *layout = mem_printf("lay%d%d", other_size, config);
			CLEANUP_FREE char *ref = mem_printf("oci:%s:t", layout);
			CLEANUP_BUF struct buf bad = {0};
			buf_append(&bad, config ? f.config.data : f.text.data, config ? f.config.len : f.text.len);
			bad.data[5] ^= 1;
			if (other_size)
				buf_char(&bad, ' ');
			assert_ok(fixture_write(ref, NULL, &f, &e), &e);
			damage(layout, config ? &f.manifest.config.digest : &f.d.digest, bad.data);
			fixture_refused(ref, NULL, ERR_CORRUPT,
					config ? f.manifest.config.digest.text + 7 : f.d.digest.text + 7);
		}
	}
}

static void layers_and_diff_ids_must_agree(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	f.manifest.n_layers = 1;
	fixture_finish(&f);
	assert_ok(fixture_write("oci:lay:t", NULL, &f, &e), &e);
	fixture_refused("oci:lay:t", NULL, ERR_CORRUPT, "1 layers, but config");
	f.manifest.n_layers = 2;
}

static void a_blob_of_another_size_is_refused(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci:lay:t", NULL, &f, &e), &e);
	assert_ok(fixture_open("oci:lay:t", NULL, &source, &image, &e), &e);
	damage("lay", &f.manifest.layers[0].digest, "short");
	assert_int_equal(fixture_blob(source, &image.manifest.layers[0], &out, &e), -ERR_CORRUPT);
	struct oci_descriptor none = {.size = 1};
	oci_digest_of("none", 4, &none.digest);
	assert_int_equal(fixture_blob(source, &none, &out, &e), -ERR_NOTFOUND);
}

static void names_reach_a_terminal_escaped(void **state)
{
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("lay", 0755), 0);
	struct oci_descriptor entries[100];
	for (int i = 0; i < 100; i++) {
		entries[i] = f.d;
		snprintf(entries[i].ref_name, sizeof(entries[i].ref_name), "tag-\x1b[1m-%d", i);
	}
	CLEANUP_FREE char *index = fixture_index_text(entries, 100);
	fixture_layout_index("lay", index);
	fixture_refused("oci:lay:x", NULL, ERR_NOTFOUND, "tag-\\x1b[1m-7");
	fixture_refused("oci:lay:x", NULL, ERR_NOTFOUND, " more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(an_index_gives_the_wanted_platform),     FIXTURE_TEST(nesting_has_an_end),
	    FIXTURE_TEST(one_tag_may_have_an_entry_per_platform), FIXTURE_TEST(another_platform_is_named),
	    FIXTURE_TEST(manifest_and_config_are_checked),        FIXTURE_TEST(layers_and_diff_ids_must_agree),
	    FIXTURE_TEST(a_blob_of_another_size_is_refused),      FIXTURE_TEST(names_reach_a_terminal_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
