#include "transport/fixture.h"

#include <sys/file.h>

#include "base/limits.h"

static void round_trip(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	fixture_check("oci:lay:v1", &f, "v1");
	fixture_check("oci:lay", &f, "v1");
	assert_int_equal(fixture_count("lay"), 3);
	assert_int_equal(fixture_count("lay/blobs/sha256"), 4);

	assert_ok(fixture_write("oci:lay:v2", NULL, &g, &e), &e);
	fixture_check("oci:lay:v1", &f, "v1");
	fixture_check("oci:lay:v2", &g, "v2");
	fixture_refused("oci:lay", NULL, ERR_INVAL, "v1, v2");
	fixture_refused("oci:lay:v3", NULL, ERR_NOTFOUND, "v1, v2");

	assert_ok(fixture_write("oci:lay:v1", NULL, &g, &e), &e); /* the same tag is replaced */
	fixture_check("oci:lay:v1", &g, "v1");
	assert_int_equal(fixture_count("lay"), 3);
}

static void a_tag_is_optional(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	assert_ok(fixture_write("oci:lay", NULL, &f, &e), &e);
	fixture_check("oci:lay", &f, "");
	assert_ok(fixture_write("oci:lay", NULL, &g, &e), &e);
	fixture_check("oci:lay", &g, "");
	assert_ok(fixture_write("oci:lay:t", NULL, &f, &e), &e);
	fixture_check("oci:lay:t", &f, "t");
	fixture_refused("oci:lay", NULL, ERR_INVAL, "t, 1 without a tag");
}

static void bases(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g, other;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	fixture_image_init(&other, OCI_FAMILY_OCI, "arm64", "two");
	assert_ok(fixture_write("oci:lay:v1", NULL, &g, &e), &e);
	fixture_base("oci:lay:v1", &f, NULL, NULL);
	assert_ok(fixture_write("oci:lay", NULL, &f, &e), &e);
	fixture_base("oci:lay:v1", &f, NULL, &f.d.digest);
	assert_ok(fixture_write("oci:lay:v2", NULL, &f, &e), &e);
	fixture_base("oci:lay:v1", &f, "oci:lay:v2", &f.d.digest);
	fixture_base("oci:lay:v2", &g, "oci:lay:v1", &g.d.digest);
	assert_ok(fixture_write("oci:lay:v1", NULL, &other, &e), &e); /* of another platform */
	fixture_base("oci:lay:v2", &other, NULL, NULL);

	CLEANUP_FREE char *config = mem_printf("lay/blobs/sha256/%s", oci_digest_hex(&f.manifest.config.digest));
	fixture_base("oci:lay:v2", &f, "oci:lay:v2", &f.d.digest);
	assert_ok(fixture_write("oci:lay:v3", NULL, &g, &e), &e);
	fixture_file(config, "{}", 2); /* a broken image is passed over */
	fixture_base("oci:lay:v3", &f, NULL, NULL);
	fixture_base("oci:lay:v3", &g, "oci:lay:v3", &g.d.digest);
}

static void nothing_is_left_without_a_commit(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	CLEANUP_BUF struct buf before = {0}, after = {0};
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	struct transport_sink *sink = NULL;
	assert_ok(fixture_sink("oci:lay:v1", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fixture_count("lay"), 1); /* only what is staged */
	transport_sink_close(sink);
	assert_int_equal(fixture_count("lay"), -1);

	assert_int_equal(mkdir("lay", 0755), 0); /* a directory that was there stays */
	assert_ok(fixture_sink("oci:lay:v1", NULL, &sink, &e), &e);
	transport_sink_close(sink);
	assert_int_equal(fixture_count("lay"), 0);

	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	fixture_read("lay/index.json", &before);
	assert_ok(fixture_sink("oci:lay:v1", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &g, &e), &e);
	transport_sink_close(sink);
	fixture_read("lay/index.json", &after);
	assert_string_equal(before.data, after.data);
	assert_int_equal(fixture_count("lay"), 3);
	assert_int_equal(fixture_count("lay/blobs/sha256"), 4);
}

static void an_open_sink_is_not_seen(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	struct transport_sink *a = NULL, *b = NULL, *c = NULL;
	assert_ok(fixture_sink("oci:new/lay:a", NULL, &a, &e), &e);
	assert_ok(fixture_sink("oci:new/lay:b", NULL, &b, &e), &e);
	assert_int_equal(fixture_count("new"), -1);
	assert_ok(fixture_add(a, &f, &e), &e);
	assert_ok(fixture_add(b, &g, &e), &e);
	assert_ok(transport_sink_commit(a, &f.d, &f.text, &e), &e);
	assert_ok(fixture_sink("oci:new/lay:c", NULL, &c, &e), &e);
	assert_ok(transport_sink_commit(b, &g.d, &g.text, &e), &e);
	transport_sink_close(a);
	transport_sink_close(b);
	assert_int_equal(fixture_count("new/lay"), 3); /* nothing of c, which is open */
	transport_sink_close(c);
	fixture_check("oci:new/lay:a", &f, "a");
	fixture_check("oci:new/lay:b", &g, "b");
}

static void a_failed_commit_is_undone(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	assert_ok(fixture_sink("oci:lay:v2", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &g, &e), &e);
	/* A blob that the layout had when it was added is gone when the image is committed. */
	assert_ok(transport_sink_blob(sink, &f.manifest.layers[0], f.layers[0], &e), &e);
	CLEANUP_FREE char *path = mem_printf("lay/blobs/sha256/%s", oci_digest_hex(&f.manifest.layers[0].digest));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(transport_sink_commit(sink, &g.d, &g.text, &e), -ERR_NOTFOUND);
	assert_says(&e, oci_digest_hex(&f.manifest.layers[0].digest));
	assert_int_equal(fixture_count("lay/blobs/sha256"), 3);
	fixture_refused("oci:lay:v2", NULL, ERR_NOTFOUND, "v1");
}

static void a_damaged_index_is_not_written_over(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	CLEANUP_BUF struct buf after = {0};
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("lay", 0755), 0);
	fixture_layout_index("lay", "{\"manifests\":");
	assert_int_equal(fixture_write("oci:lay:v1", NULL, &f, &e), -ERR_CORRUPT);
	fixture_read("lay/index.json", &after);
	assert_string_equal(after.data, "{\"manifests\":");
	assert_int_equal(fixture_count("lay"), 2);
}

static void what_else_the_index_has_stays(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	CLEANUP_BUF struct buf after = {0};
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("lay", 0755), 0);
	static const char entry[] = "{\"annotations\":{\"kind\":\"signature\"},\"digest\":\"sha256:00\",\"size\":1}";
	CLEANUP_FREE char *index = mem_printf("{\"manifests\":[%s],\"other\":7,\"schemaVersion\":2}", entry);
	fixture_layout_index("lay", index);
	assert_ok(fixture_write("oci:lay", NULL, &f, &e), &e);
	assert_ok(fixture_write("oci:lay", NULL, &f, &e), &e);
	fixture_read("lay/index.json", &after);
	CLEANUP_FREE char *want =
	    mem_printf("{\"manifests\":[%s,{\"digest\":\"%s\",\"mediaType\":\"%s\",\"size\":%zu}],"
		       "\"other\":7,\"schemaVersion\":2}",
		       entry, f.d.digest.text, OCI_MEDIA_MANIFEST, f.text.len);
	assert_string_equal(after.data, want);
}

static void two_writers_keep_both_images(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	struct transport_sink *a = NULL, *b = NULL;
	assert_ok(fixture_sink("oci:lay:a", NULL, &a, &e), &e);
	assert_ok(fixture_sink("oci:lay:b", NULL, &b, &e), &e);
	assert_ok(fixture_add(a, &f, &e), &e);
	assert_ok(fixture_add(b, &g, &e), &e);
	assert_ok(transport_sink_commit(b, &g.d, &g.text, &e), &e);
	assert_ok(transport_sink_commit(a, &f.d, &f.text, &e), &e);
	transport_sink_close(a);
	transport_sink_close(b);
	fixture_check("oci:lay:a", &f, "a");
	fixture_check("oci:lay:b", &g, "b");
	assert_int_equal(fixture_count("lay"), 3);
}

static void a_directory_that_somebody_removes_is_missed(void **state)
{
	struct err e = {0};
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_sink("oci:lay", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fd_remove_tree(AT_FDCWD, "lay", NULL), 0);
	assert_int_equal(transport_sink_commit(sink, &f.d, &f.text, &e), -ERR_NOTFOUND); /* its blobs went with it */
	assert_int_equal(fixture_count("lay"), -1);
}

/* Each of them may find, make and take away the directories that the others are about to use. */
static void first_writers_at_once(void **state)
{
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	for (int round = 0; round < 40; round++) {
		CLEANUP_FREE char *lay = mem_printf("new%d/below/lay", round);
		CLEANUP_FREE char *prefix = mem_printf("oci:%s:v", lay);
		fixture_write_at_once(prefix, &f);
		for (int i = 0; i < FIXTURE_WRITERS; i++) {
			CLEANUP_FREE char *ref = mem_printf("%s%d", prefix, i);
			CLEANUP_FREE char *tag = mem_printf("v%d", i);
			fixture_check(ref, &f, tag);
		}
		assert_int_equal(fixture_count(lay), 3);
	}
}

static void what_a_killed_writer_left_is_removed(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	assert_int_equal(mkdir("lay/.slim-tmp-dead", 0700), 0);
	fixture_file("lay/.slim-tmp-dead/half", "x", 1);
	assert_int_equal(mkdir("lay/.slim-tmp-live", 0700), 0);
	CLEANUP_FD int live = open("lay/.slim-tmp-live", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(live, LOCK_EX), 0);
	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	assert_int_equal(fixture_count("lay/.slim-tmp-dead"), -1);
	assert_int_equal(fixture_count("lay/.slim-tmp-live"), 0);
}

static void blobs_that_are_there_are_kept(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci:lay:v1", NULL, &f, &e), &e);
	CLEANUP_FREE char *path = mem_printf("lay/blobs/sha256/%s", oci_digest_hex(&f.manifest.layers[0].digest));
	struct stat before, after;
	assert_int_equal(stat(path, &before), 0);
	assert_ok(fixture_write("oci:lay:v2", NULL, &f, &e), &e);
	assert_int_equal(stat(path, &after), 0);
	assert_true(before.st_ino == after.st_ino);

	fixture_file(path, "short", 5); /* damaged: not kept */
	assert_ok(fixture_write("oci:lay:v3", NULL, &f, &e), &e);
	fixture_check("oci:lay:v3", &f, "v3");
}

static void only_a_layout_or_an_empty_place_is_written(void **state)
{
	struct err e = {0};
	struct transport_sink *sink = NULL;
	assert_int_equal(mkdir("home", 0755), 0);
	fixture_file("home/file", "x", 1);
	assert_int_equal(fixture_sink("oci:home:t", NULL, &sink, &e), -ERR_INVAL);
	assert_int_equal(fixture_count("home"), 1);
	assert_int_equal(fixture_sink("oci:home/file:t", NULL, &sink, &e), -ERR_INVAL);
	assert_int_equal(fixture_sink("oci:home/file/new:t", NULL, &sink, &e), -ERR_SYS);
	assert_int_equal(fixture_count("home"), 1);
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_sink("oci:home/a//b/c/:t", NULL, &sink, &e), &e); /* parents are made, and unmade */
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fixture_count("home/a/b/c"), 1);
	transport_sink_close(sink);
	assert_int_equal(fixture_count("home"), 1);
	assert_int_equal(mkdir("new", 0755), 0);
	fixture_file("new/oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", 30);
	assert_int_equal(fixture_sink("oci:new:t", NULL, &sink, &e), -ERR_UNSUPPORTED);
}

static void what_is_no_layout_is_refused(void **state)
{
	fixture_refused("oci:none", NULL, ERR_NOTFOUND, "oci:none: ");
	assert_int_equal(mkdir("empty", 0755), 0);
	fixture_refused("oci:empty", NULL, ERR_INVAL, "not an OCI layout");
	fixture_file("file", "x", 1);
	fixture_refused("oci:file", NULL, ERR_INVAL, "not a directory");
	assert_int_equal(mkdir("lay", 0755), 0);
	fixture_layout_index("lay", "{\"schemaVersion\":2,\"manifests\":[]}");
	fixture_refused("oci:lay", NULL, ERR_NOTFOUND, "no image");
	fixture_layout_index("lay", "{");
	fixture_refused("oci:lay", NULL, ERR_CORRUPT, "index.json");
	assert_int_equal(unlink("lay/index.json"), 0);
	assert_int_equal(mkfifo("lay/index.json", 0644), 0); /* must not hang */
	fixture_refused("oci:lay", NULL, ERR_CORRUPT, "not a regular file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(round_trip),
	    FIXTURE_TEST(a_tag_is_optional),
	    FIXTURE_TEST(bases),
	    FIXTURE_TEST(nothing_is_left_without_a_commit),
	    FIXTURE_TEST(an_open_sink_is_not_seen),
	    FIXTURE_TEST(a_failed_commit_is_undone),
	    FIXTURE_TEST(a_damaged_index_is_not_written_over),
	    FIXTURE_TEST(what_else_the_index_has_stays),
	    FIXTURE_TEST(two_writers_keep_both_images),
	    FIXTURE_TEST(a_directory_that_somebody_removes_is_missed),
	    FIXTURE_TEST(first_writers_at_once),
	    FIXTURE_TEST(what_a_killed_writer_left_is_removed),
	    FIXTURE_TEST(blobs_that_are_there_are_kept),
	    FIXTURE_TEST(only_a_layout_or_an_empty_place_is_written),
	    FIXTURE_TEST(what_is_no_layout_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
