#include "transport/fixture.h"

static char *blob_path(const char *dir, const struct oci_descriptor *d, const char *end)
{
	return mem_printf("%s/%s%s", dir, oci_digest_hex(&d->digest), end);
}

static void round_trip(void **state)
{
	for (int family = 0; family < 2; family++) {
		struct err e = {0};
		CLEANUP_FIXTURE struct fixture_image f;
		CLEANUP_BUF struct buf text = {0};
		CLEANUP_FREE char *ref = mem_printf("dir:new/a%d/img/", family),
				  *dir = mem_printf("new/a%d/img", family);
		CLEANUP_FREE char *version = mem_printf("%s/version", dir),
				  *manifest = mem_printf("%s/manifest.json", dir);
		fixture_image_init(&f, family ? OCI_FAMILY_DOCKER : OCI_FAMILY_OCI, "amd64", "one");
		assert_ok(fixture_write(ref, NULL, &f, &e), &e);
		fixture_check(ref, &f, "");
		assert_int_equal(fixture_count(dir), 5);
		fixture_read(version, &text);
		assert_string_equal(text.data, "Directory Transport Version: 1.1\n");
		fixture_read(manifest, &text);
		assert_string_equal(text.data, f.text.data);
		assert_int_equal(fixture_count("new"), 1 + family); /* nothing staged is left */

		CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
		CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
		assert_ok(fixture_open(ref, NULL, &source, &image, &e), &e);
		assert_string_equal(image.manifest_digest.text, f.d.digest.text);
		assert_int_equal(image.manifest.family, f.manifest.family);
	}
}

static void an_index(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "arm64", "two");
	struct oci_descriptor entries[2] = {f.d, g.d}, top;
	entries[0].platform = (struct oci_platform){"linux", "amd64", ""};
	entries[1].platform = (struct oci_platform){"linux", "arm64", ""};
	struct buf text = {0};
	text.data = fixture_index_text(entries, 2);
	text.len = strlen(text.data);
	fixture_describe(&top, OCI_MEDIA_INDEX, text.data, text.len);
	struct transport_sink *sink = NULL;
	assert_ok(fixture_sink("dir:img", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_ok(fixture_add(sink, &g, &e), &e);
	assert_int_equal(transport_sink_commit(sink, &top, &text, &e), -ERR_INVAL); /* what it names is not there */
	assert_ok(transport_sink_blob(sink, &f.d, f.text.data, &e), &e);
	assert_ok(transport_sink_blob(sink, &g.d, g.text.data, &e), &e);
	assert_ok(transport_sink_commit(sink, &top, &text, &e), &e);
	transport_sink_close(sink);
	buf_done(&text);
	CLEANUP_FREE char *one = blob_path("img", &f.d, ".manifest.json"),
			  *two = blob_path("img", &g.d, ".manifest.json");
	assert_int_equal(access(one, F_OK), 0);
	assert_int_equal(access(two, F_OK), 0);
	assert_int_equal(fixture_count("img"), 10);
	fixture_check("dir:img", &f, "");
	fixture_refused("dir:img", "linux/s390x", ERR_NOTFOUND, "linux/arm64");
}

static void nothing_is_left_without_a_commit(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	struct transport_sink *sink = NULL;
	assert_ok(fixture_sink("dir:a/b", NULL, &sink, &e), &e);
	assert_int_equal(fixture_count("a"), -1);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fixture_count("a/b"), -1);
	transport_sink_close(sink);
	assert_int_equal(fixture_count("a"), -1);
	assert_ok(fixture_write("dir:a/b", NULL, &f, &e), &e);
	assert_ok(fixture_sink("dir:a/b", NULL, &sink, &e), &e);
	assert_int_equal(fixture_count("a"), 1);
	assert_ok(fixture_add(sink, &g, &e), &e);
	fixture_check("dir:a/b", &f, "");
	transport_sink_close(sink);
	fixture_check("dir:a/b", &f, "");
	assert_int_equal(fixture_count("a"), 1);
}

static void an_image_is_replaced_whole(void **state)
{
	struct err e = {0};
	struct stat before, open_one, st;
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_DOCKER, "amd64", "two");
	assert_int_equal(mkdir("img", 0750), 0); /* empty */
	assert_ok(fixture_write("dir:img", NULL, &f, &e), &e);
	assert_int_equal(stat("img", &before), 0);
	assert_int_equal(before.st_mode & 07777, 0750);
	fixture_file("img/signature-1", "x", 1); /* skopeo's */
	CLEANUP_FD int reader = open("img", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(symlink("img", "link"), 0);
	assert_ok(fixture_write("dir:link", NULL, &g, &e), &e);
	fixture_check("dir:img", &g, "");
	assert_int_equal(fixture_count("img"), 5);
	assert_int_equal(stat("img", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(fstat(reader, &open_one), 0);
	assert_true(open_one.st_ino == before.st_ino && st.st_ino != before.st_ino);
	assert_int_equal(fixture_count("."), 2);
}

static void what_is_no_image_stays(void **state)
{
	struct err e = {0};
	struct transport_sink *sink = NULL;
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("home", 0755), 0);
	fixture_file("home/file", "x", 1);
	assert_int_equal(fixture_sink("dir:home", NULL, &sink, &e), -ERR_INVAL);
	assert_says(&e, "neither empty");
	assert_int_equal(fixture_sink("dir:home/file", NULL, &sink, &e), -ERR_INVAL);
	assert_says(&e, "not a directory");
	assert_int_equal(fixture_sink("dir:home/no/..", NULL, &sink, &e), -ERR_INVAL);
	assert_int_equal(fixture_sink("dir:/", NULL, &sink, &e), -ERR_INVAL);
	assert_int_equal(fixture_count("home"), 1);
	assert_ok(fixture_write("dir:img", NULL, &f, &e), &e);
	fixture_file("img/notes.txt", "mine", 4);
	assert_int_equal(fixture_sink("dir:img", NULL, &sink, &e), -ERR_INVAL);
	assert_says(&e, "notes.txt");
	assert_int_equal(unlink("img/notes.txt"), 0);
	fixture_file("img/version", "Directory Transport Version: 2.0\n", 33);
	assert_int_equal(fixture_sink("dir:img", NULL, &sink, &e), -ERR_UNSUPPORTED);
	fixture_file("img/version", "Directory Transport Version: 1.2\n", 33);
	/* Somebody puts a file there while the image is written. */
	assert_ok(fixture_sink("dir:img", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	fixture_file("img/notes.txt", "mine", 4);
	assert_int_equal(transport_sink_commit(sink, &f.d, &f.text, &e), -ERR_INVAL);
	transport_sink_close(sink);
	assert_int_equal(access("img/notes.txt", F_OK), 0);
	assert_int_equal(fixture_count("."), 2);
}

static void what_is_no_image_is_refused(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_refused("dir:none", NULL, ERR_NOTFOUND, "dir:none: ");
	assert_int_equal(mkdir("lay", 0755), 0);
	fixture_refused("dir:lay", NULL, ERR_INVAL, "holds no image");
	fixture_layout_index("lay", "{\"schemaVersion\":2,\"manifests\":[]}");
	fixture_refused("dir:lay", NULL, ERR_INVAL, "name it as oci:DIR");
	assert_int_equal(mkdir("bad", 0755), 0);
	fixture_file("bad/manifest.json", "{", 1);
	fixture_refused("dir:bad", NULL, ERR_CORRUPT, "manifest.json");
	fixture_file("bad/manifest.json", "[]", 2);
	fixture_refused("dir:bad", NULL, ERR_CORRUPT, "manifest.json");
	assert_int_equal(unlink("bad/manifest.json"), 0);
	assert_int_equal(mkfifo("bad/manifest.json", 0644), 0); /* must not hang */
	fixture_refused("dir:bad", NULL, ERR_CORRUPT, "not a regular file");

	assert_ok(fixture_write("dir:img", NULL, &f, &e), &e);
	CLEANUP_FREE char *config = blob_path("img", &f.manifest.config, "");
	CLEANUP_FREE char *other = mem_strdup(f.config.data);
	other[f.config.len / 2] ^= 1;
	fixture_file(config, other, f.config.len);
	fixture_refused("dir:img", NULL, ERR_CORRUPT, "has the wrong content");
	fixture_file(config, other, f.config.len - 1);
	fixture_refused("dir:img", NULL, ERR_CORRUPT, "bytes, expected");
}

static void a_directory_that_somebody_removes_is_missed(void **state)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_sink("dir:new/lay", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fd_remove_tree(AT_FDCWD, "new", NULL), 0);
	assert_int_equal(transport_sink_commit(sink, &f.d, &f.text, &e), -ERR_NOTFOUND); /* its blobs went with it */
	assert_int_equal(fixture_count("new"), -1);
}

/* Each of them may make and take away the directory that all are to be in. */
static void first_writers_beside_each_other(void **state)
{
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	for (int round = 0; round < 40; round++) {
		CLEANUP_FREE char *prefix = mem_printf("dir:new%d/below/", round);
		fixture_write_at_once(prefix, &f);
		CLEANUP_FREE char *ref = mem_printf("%s0", prefix);
		fixture_check(ref, &f, "");
		assert_int_equal(fixture_count(prefix + 4), FIXTURE_WRITERS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(round_trip),
	    FIXTURE_TEST(an_index),
	    FIXTURE_TEST(nothing_is_left_without_a_commit),
	    FIXTURE_TEST(an_image_is_replaced_whole),
	    FIXTURE_TEST(what_is_no_image_stays),
	    FIXTURE_TEST(what_is_no_image_is_refused),
	    FIXTURE_TEST(a_directory_that_somebody_removes_is_missed),
	    FIXTURE_TEST(first_writers_beside_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
