#include "transport/fixture.h"

/* Both archive transports: what they write, and that they read it. */

static void round_trip(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, d;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&d, OCI_FAMILY_DOCKER, "amd64", "one");
	assert_ok(fixture_write("oci-archive:o.tar:v1", NULL, &f, &e), &e);
	fixture_check("oci-archive:o.tar:v1", &f, "v1");
	fixture_check("oci-archive:o.tar", &f, "v1");
	fixture_refused("oci-archive:o.tar:v2", NULL, ERR_NOTFOUND, "v1");
	assert_ok(fixture_write("docker-archive:d.tar:me/app:1", NULL, &d, &e), &e);
	fixture_check("docker-archive:d.tar", &d, "me/app:1");
	fixture_check("docker-archive:d.tar:docker.io/me/app:1", &d, "me/app:1");
	fixture_check("oci-archive:d.tar:1", &d, "1"); /* it is a layout too */
	fixture_refused("docker-archive:d.tar:me/app", NULL, ERR_NOTFOUND, "me/app:1");
	assert_ok(fixture_write("docker-archive:d.tar", "app", &d, &e), &e);
	fixture_check("docker-archive:d.tar:app", &d, "app:latest");
	assert_ok(fixture_write("docker-archive:d.tar", NULL, &d, &e), &e);
	fixture_check("docker-archive:d.tar", &d, "");
	assert_ok(fixture_write("oci-archive:o.tar", NULL, &f, &e), &e);
	fixture_check("oci-archive:o.tar", &f, "");
}

static void the_real_manifest_is_found(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image d;
	CLEANUP_TRANSPORT_SOURCE struct transport_source *source = NULL;
	CLEANUP_TRANSPORT_IMAGE struct transport_image image = {0};
	fixture_image_init(&d, OCI_FAMILY_DOCKER, "amd64", "one");
	assert_ok(fixture_write("docker-archive:d.tar:app", NULL, &d, &e), &e);
	assert_ok(fixture_open("docker-archive:d.tar", NULL, &source, &image, &e), &e);
	assert_string_equal(image.manifest_digest.text, d.d.digest.text);
}

static void the_bytes_do_not_depend_on_time_or_order(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_DOCKER, "amd64", "one");
	CLEANUP_BUF struct buf a = {0}, b = {0};
	assert_ok(fixture_write("docker-archive:a.tar:x:1", NULL, &f, &e), &e);
	CLEANUP_TRANSPORT_SINK struct transport_sink *sink = NULL;
	assert_ok(fixture_sink("docker-archive:b.tar:x:1", NULL, &sink, &e), &e);
	assert_ok(transport_sink_blob(sink, &f.manifest.config, f.config.data, &e), &e);
	assert_ok(transport_sink_blob(sink, &f.manifest.layers[1], f.layers[1], &e), &e);
	assert_ok(transport_sink_blob(sink, &f.manifest.layers[0], f.layers[0], &e), &e);
	assert_ok(transport_sink_commit(sink, &f.d, &f.text, &e), &e);
	fixture_read("a.tar", &a);
	fixture_read("b.tar", &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);

	struct archive *tar = archive_read_new();
	struct archive_entry *entry;
	char last[256] = "";
	archive_read_support_format_tar(tar);
	assert_int_equal(archive_read_open_filename(tar, "a.tar", 512), ARCHIVE_OK);
	while (archive_read_next_header(tar, &entry) == ARCHIVE_OK) {
		assert_true(strcmp(last, archive_entry_pathname(entry)) < 0);
		snprintf(last, sizeof(last), "%s", archive_entry_pathname(entry));
		assert_int_equal(archive_entry_mtime(entry), 0);
		assert_int_equal(archive_entry_uid(entry), 0);
	}
	assert_string_equal(last, "oci-layout");
	archive_read_free(tar);
}

static void nothing_is_left_without_a_commit(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f, g;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	fixture_image_init(&g, OCI_FAMILY_OCI, "amd64", "two");
	struct transport_sink *sink = NULL;
	assert_int_equal(mkdir("out", 0755), 0);
	assert_ok(fixture_sink("oci-archive:out/o.tar:v1", NULL, &sink, &e), &e);
	assert_int_equal(fixture_count("out"), 0);
	assert_ok(fixture_add(sink, &f, &e), &e);
	transport_sink_close(sink);
	assert_int_equal(fixture_count("out"), 0);
	assert_ok(fixture_write("oci-archive:out/o.tar:v1", NULL, &f, &e), &e);
	assert_ok(fixture_sink("oci-archive:out/o.tar:v2", NULL, &sink, &e), &e);
	assert_ok(fixture_add(sink, &g, &e), &e);
	fixture_check("oci-archive:out/o.tar:v1", &f, "v1"); /* the old file until the commit */
	assert_ok(transport_sink_commit(sink, &g.d, &g.text, &e), &e);
	transport_sink_close(sink);
	fixture_check("oci-archive:out/o.tar:v2", &g, "v2");
	assert_int_equal(fixture_count("out"), 1);
}

static void destinations_that_cannot_be(void **state)
{
	static const struct {
		const char *ref, *name;
		enum err_code code;
	} cases[] = {
	    {"oci-archive:dir", NULL, ERR_INVAL},
	    {"oci-archive:dir/", NULL, ERR_INVAL},
	    {"oci-archive:new/", NULL, ERR_INVAL},
	    {"oci-archive:none/o.tar", NULL, ERR_NOTFOUND},
	    {"docker-archive:d.tar:Upper", NULL, ERR_INVAL},
	    {"docker-archive:d.tar", "no name", ERR_INVAL},
	};
	assert_int_equal(mkdir("dir", 0755), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct transport_sink *sink = NULL;
		struct err e = {0};
		int r = fixture_sink(cases[i].ref, cases[i].name, &sink, &e);
		if (r != -(int)cases[i].code)
			fail_msg("%s: %d %s", cases[i].ref, r, e.msg);
	}
	assert_int_equal(fixture_count("."), 1);
}

static void the_old_file_gives_its_place(void **state)
{
	struct err e = {0};
	struct stat st;
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("out", 0755), 0);
	fixture_file("out/o.tar", "old", 3);
	assert_int_equal(chmod("out/o.tar", 0604), 0);
	assert_int_equal(symlink("out/o.tar", "link"), 0);
	CLEANUP_FD int old = open("out/o.tar", O_RDONLY | O_CLOEXEC);
	assert_ok(fixture_write("oci-archive:link:v1", NULL, &f, &e), &e);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	fixture_check("oci-archive:out/o.tar:v1", &f, "v1");
	assert_int_equal(stat("out/o.tar", &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0604);
	assert_int_equal(fixture_count("out"), 1);
	assert_int_equal(fstat(old, &st), 0); /* who reads the old one reads on */
	assert_int_equal(st.st_size, 3);
}

/* A descriptor: from its offset on, and the parts are in the temporary directory until then. */
static void in_place(void **state)
{
	struct err e = {0};
	const struct transport_options options = {.tmp_dir = "tmp"};
	CLEANUP_OCI_REF struct oci_ref ref = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	struct transport_sink *sink = NULL;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_int_equal(mkdir("tmp", 0755), 0);
	CLEANUP_FD int fd = open("o.tar", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CLEANUP_FREE char *path = mem_printf("/dev/fd/%d", fd);
	oci_ref_init(OCI_SCHEME_OCI_ARCHIVE, mem_strdup(path), mem_strdup("v1"), &ref);
	assert_int_equal(transport_sink_open(&ref, NULL, &sink, &e), -ERR_INVAL);
	assert_ok(transport_sink_open(&ref, &options, &sink, &e), &e);
	assert_ok(fixture_add(sink, &f, &e), &e);
	assert_int_equal(fixture_count("tmp"), 1);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	assert_ok(transport_sink_commit(sink, &f.d, &f.text, &e), &e);
	transport_sink_close(sink);
	fixture_check("oci-archive:o.tar:v1", &f, "v1");
	assert_int_equal(fixture_count("tmp"), 0);
	assert_int_equal(fixture_count("."), 2);
}

static void the_wrong_transport_is_named(void **state)
{
	struct err e = {0};
	CLEANUP_FIXTURE struct fixture_image f;
	fixture_image_init(&f, OCI_FAMILY_OCI, "amd64", "one");
	assert_ok(fixture_write("oci-archive:o.tar:v1", NULL, &f, &e), &e);
	fixture_refused("docker-archive:o.tar", NULL, ERR_INVAL, "oci-archive:FILE");
	fixture_tar("d.tar", (struct fixture_member[]){{"manifest.json", "[]"}, {NULL}}, 0);
	fixture_refused("oci-archive:d.tar", NULL, ERR_INVAL, "docker-archive:FILE");
	fixture_tar("x.tar", (struct fixture_member[]){{"file", "x"}, {NULL}}, 0);
	fixture_refused("oci-archive:x.tar", NULL, ERR_NOTFOUND, "not an OCI layout");
	fixture_refused("docker-archive:x.tar", NULL, ERR_NOTFOUND, "docker save");
	fixture_refused("oci:o.tar", NULL, ERR_INVAL, "oci-archive:FILE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE_TEST(round_trip),
	    FIXTURE_TEST(the_real_manifest_is_found),
	    FIXTURE_TEST(the_bytes_do_not_depend_on_time_or_order),
	    FIXTURE_TEST(nothing_is_left_without_a_commit),
	    FIXTURE_TEST(destinations_that_cannot_be),
	    FIXTURE_TEST(the_old_file_gives_its_place),
	    FIXTURE_TEST(in_place),
	    FIXTURE_TEST(the_wrong_transport_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
