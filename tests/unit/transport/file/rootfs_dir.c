#include "transport/fixture.h"

static void text_file(const char *path, const char *text)
{
	fixture_file(path, text, strlen(text));
}

static int open_one(const char *ref_text, struct transport_image *image, struct err *err)
{
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	int r = oci_ref_parse(ref_text, &ref, err);
	if (r == 0)
		r = transport_source_open(&ref, NULL, &source, err);
	return r == 0 ? transport_source_image(source, NULL, image, err) : r;
}

static void refused(const char *ref, enum err_code code, const char *text)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	assert_int_equal(open_one(ref, &image, &e), -(int)code);
	assert_says(&e, text);
}

static void make_tree(void)
{
	assert_int_equal(mkdir("root", 0755), 0);
	assert_int_equal(mkdir("root/bin", 0755), 0);
	fixture_file("root/bin/app", "program", 7);
	assert_int_equal(symlink("app", "root/bin/link"), 0);
}

static void it_is_one_layer_in_place(void **state)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	struct oci_platform host;
	make_tree();
	assert_int_equal(symlink("root", "link"), 0);
	assert_ok(open_one("rootfs:./link/", &image, &e), &e);
	CLEANUP_FREE char *want = realpath("root", NULL);
	assert_int_equal(image.n_unpacked, 1);
	assert_string_equal(image.unpacked[0].path, want);
	assert_false(image.unpacked[0].bare_root);
	assert_int_equal(image.manifest.n_layers, 1);
	assert_string_equal(image.manifest_digest.text, "");
	assert_string_equal(image.name, "");
	oci_platform_host(&host);
	assert_string_equal(image.config.platform.arch, host.arch);
	assert_int_equal(image.config.entrypoint.count + image.config.cmd.count, 0);
}

static void config_one(const char *text)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	text_file("config.json", text);
	assert_ok(open_one("rootfs:root:config.json", &image, &e), &e);
	assert_string_equal(image.config.cmd.items[0], "/bin/app");
	assert_string_equal(image.config.user, "7");
	assert_int_equal(image.config.n_layers, 1);
	assert_null(json_object_get(image.config.root, "history"));
}

static void the_config_of_a_file(void **state)
{
	struct oci_platform host;
	oci_platform_host(&host);
	make_tree();
	config_one("{\"Cmd\":[\"/bin/app\"],\"User\":\"7\"}");
	config_one("{\"config\":{\"Cmd\":[\"/bin/app\"],\"User\":\"7\"}}");
	CLEANUP_FREE char *whole = mem_printf(
	    "{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"Cmd\":[\"/bin/app\"],\"User\":\"7\"},\"history\":"
	    "[{\"created_by\":\"a\"},{\"created_by\":\"b\"}],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"x\",\"y\"]"
	    "}}",
	    host.arch);
	config_one(whole);
	text_file("other.json", "{\"os\":\"linux\",\"architecture\":\"zx\",\"config\":{}}");
	refused("rootfs:root:other.json", ERR_UNSUPPORTED, "linux/zx");
	text_file("bad.json", "{\"Cmd\":[");
	refused("rootfs:root:bad.json", ERR_CORRUPT, "bad.json");
	text_file("bad.json", "{\"Cmd\":7}");
	refused("rootfs:root:bad.json", ERR_CORRUPT, "Cmd");
	refused("rootfs:root:none.json", ERR_NOTFOUND, "none.json");
	refused("rootfs:root:root", ERR_CORRUPT, "not a regular file");
}

static void id_of(const char *ref, char out[sizeof(struct oci_digest)])
{
	struct err e = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	assert_ok(open_one(ref, &image, &e), &e);
	memcpy(out, image.config.diff_ids[0].text, sizeof(struct oci_digest));
}

/* Its own until something changes. */
static void the_diff_id(void **state)
{
	char first[sizeof(struct oci_digest)], next[sizeof(struct oci_digest)];
	struct stat st;
	make_tree();
	id_of("rootfs:root", first);
	id_of("rootfs:root", next);
	assert_string_equal(first, next);
	assert_int_equal(stat("root/bin", &st), 0);
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	assert_int_equal(chmod("root/bin/app", 0755), 0);
	id_of("rootfs:root", next);
	assert_string_not_equal(first, next);
	assert_int_equal(unlink("root/bin/link"), 0); /* only the target differs */
	assert_int_equal(symlink("apq", "root/bin/link"), 0);
	assert_int_equal(chmod("root/bin/app", 0644), 0);
	assert_int_equal(utimensat(AT_FDCWD, "root/bin", times, 0), 0);
	id_of("rootfs:root", next);
	assert_string_not_equal(first, next);
}

static void what_it_does_not_do(void **state)
{
	struct err e = {0};
	struct transport_sink *sink = NULL;
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	struct io_reader reader = {0};
	make_tree();
	refused("rootfs:none", ERR_NOTFOUND, "rootfs:none: ");
	refused("rootfs:root/bin/app", ERR_INVAL, "not a directory");
	assert_ok(oci_ref_parse("rootfs:root", &ref, &e), &e);
	assert_int_equal(transport_sink_open(&ref, NULL, &sink, &e), -ERR_UNSUPPORTED);
	assert_ok(transport_source_open(&ref, NULL, &source, &e), &e);
	assert_ok(transport_source_image(source, NULL, &image, &e), &e);
	assert_int_equal(transport_source_blob(source, &image.manifest.layers[0], &reader, &e), -ERR_UNSUPPORTED);
	assert_says(&e, "in place");
}

static void of_another_user(void **state)
{
	if (geteuid())
		skip();
	make_tree();
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(seteuid(65534), 0);
	struct err e = {0};
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	int r = open_one("rootfs:root", &image, &e);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, -ERR_DENIED);
	assert_says(&e, "another user");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(it_is_one_layer_in_place), FIXTURE_TEST(the_config_of_a_file), FIXTURE_TEST(the_diff_id),
	    FIXTURE_TEST(what_it_does_not_do),      FIXTURE_TEST(of_another_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
