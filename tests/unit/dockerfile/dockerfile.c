#include "unit.h"

#include "dockerfile/carriers_image.h"
#include "dockerfile/dockerfile.h"
#include "dockerfile/list.h"

struct written {
	struct carried t;
	struct oci_image_config config;
	struct strlist header, refused;
	char dir[64];
	struct buf text;
};

/* archive: whether one is there afterwards. */
static void write_one(struct written *w, struct dockerfile_source s, const char *config, const char *name, bool archive)
{
	CLEANUP_FREE char *file = mem_printf("%s/%s", w->t.m.dir, name), *tar = dockerfile_archive_path(file);
	struct err e = {0};
	assert_int_equal(oci_image_config_parse(config, strlen(config), &w->config, NULL), 0);
	s.keep = &w->t.k;
	s.edits = &w->t.edits;
	s.config = &w->config;
	s.header = &w->header;
	if (dockerfile_write(&s, file, &w->refused, &e) < 0)
		fail_msg("%s", e.msg);
	w->text.len = 0;
	assert_int_equal(fd_read_file(AT_FDCWD, file, 1 << 20, &w->text, NULL), 0);
	assert_int_equal(access(tar, F_OK) == 0, archive);
	oci_image_config_done(&w->config);
}

static void init(struct written *w)
{
	*w = (struct written){0};
	carried_init(&w->t);
	image_file(&w->t.m, "app/x", "1");
	image_file(&w->t.m, "app/not", "1");
	image_link(&w->t.m, "link", "app");
	carried_index(&w->t);
	carried_keep(&w->t, "/app/x");
	strlist_add(&w->header, "of x\nRUN false");
}

static void done(struct written *w)
{
	carried_done(&w->t);
	strlist_done(&w->header);
	strlist_done(&w->refused);
	buf_done(&w->text);
}

#define ROOTFS "\"rootfs\":{\"diff_ids\":[]}"

static void copies_of_a_known_original(void **state)
{
	CLEANUP(done) struct written w;
	init(&w);
	write_one(&w, (struct dockerfile_source){.from = "h/p@sha256:12"},
		  "{" ROOTFS ",\"config\":{\"Cmd\":[\"x\"],\"Env\":[\"A=\\n\"]}}", "Dockerfile", false);
	assert_string_equal(w.text.data, "# of x\\x0aRUN false\n\nFROM h/p@sha256:12 AS fat\n\n"
					 "FROM scratch AS files\nCOPY --from=fat /app/x /app/\n\nFROM scratch\n"
					 "COPY --from=files / /\n# Directories get the time of the build.\n"
					 "CMD [\"x\"]\n\n# Not carried over:\n#     ENV A=\\x0a\n");
	assert_int_equal(w.refused.count, 1);
}

static void an_archive_and_an_original_without_a_name(void **state)
{
	CLEANUP(done) struct written w;
	init(&w);
	carried_keep(&w.t, "/link");
	write_one(&w, (struct dockerfile_source){0}, "{" ROOTFS "}", "a b", true);
	assert_non_null(strstr(w.text.data, "\nARG ORIGINAL\nFROM ${ORIGINAL} AS fat\n"));
	assert_non_null(strstr(w.text.data, "\nADD [\"a b.tar\", \"/\"]\n"));
	assert_non_null(strstr(w.text.data, " (sha256:"));
}

/* FROM would carry them out. */
static void triggers(void **state)
{
	CLEANUP(done) struct written w;
	const char *config = "{" ROOTFS ",\"config\":{\"OnBuild\":[\"RUN x\"]}}";
	init(&w);
	write_one(&w, (struct dockerfile_source){.from = "app:1"}, config, "Dockerfile", false);
	assert_non_null(strstr(w.text.data, "\n\nFROM scratch AS files\nCOPY --from=app:1 /app/x /app/\n"));
	assert_null(strstr(w.text.data, "FROM app"));
	assert_int_equal(w.refused.count, 0);
	write_one(&w, (struct dockerfile_source){0}, config, "Dockerfile", false);
	assert_int_equal(w.refused.count, 1);
}

/* The original's tar takes the place of more lines than a reader wants. */
static void a_list_in_place_of_many_copies(void **state)
{
	CLEANUP(done) struct written w = {0};
	carried_init(&w.t);
	image_file(&w.t.m, "usr/bin/tar", "\177ELF GNU tar");
	for (int i = 0; i < 50; i++) {
		CLEANUP_FREE char *kept = mem_printf("d/%02d/kept", i), *gone = mem_printf("d/%02d/not", i);
		image_file(&w.t.m, kept, "1");
		image_file(&w.t.m, gone, "1");
	}
	carried_index(&w.t);
	for (int i = 0; i < 50; i++) {
		CLEANUP_FREE char *kept = mem_printf("/d/%02d/kept", i);
		carried_keep(&w.t, kept);
	}
	write_one(&w, (struct dockerfile_source){.from = "app:1"}, "{" ROOTFS "}", "Dockerfile", false);
	assert_string_equal(
	    w.text.data,
	    "\nFROM app:1 AS fat\n"
	    "# Dockerfile.paths names what to keep. The original's own tar takes it, with owners, modes and links.\n"
	    "USER 0:0\nWORKDIR /.slim/root\nCOPY Dockerfile.paths /.slim/paths\n"
	    "RUN [\"/usr/bin/tar\", \"--create\", \"--file=/.slim/tar\", \"--numeric-owner\", \"--directory=/\", "
	    "\"--files-from=/.slim/paths\"]\n"
	    "RUN [\"/usr/bin/tar\", \"--extract\", \"--file=/.slim/tar\", \"--numeric-owner\", "
	    "\"--preserve-permissions\"]\n\n"
	    "FROM scratch\nCOPY --from=fat /.slim/root/ /\n# Directories get the time of the build.\n");
	CLEANUP_FREE char *file = mem_printf("%s/Dockerfile", w.t.m.dir), *list = dockerfile_list_path(file);
	CLEANUP_BUF struct buf paths = {0};
	assert_int_equal(fd_read_file(AT_FDCWD, list, 1 << 20, &paths, NULL), 0);
	assert_true(strncmp(paths.data, "d/00/kept\nd/01/kept\n", 20) == 0);
	/* FROM would carry out triggers: copies again */
	write_one(&w, (struct dockerfile_source){.from = "app:1"}, "{" ROOTFS ",\"config\":{\"OnBuild\":[\"RUN x\"]}}",
		  "Dockerfile", false);
	assert_null(strstr(w.text.data, "/.slim"));
	assert_non_null(strstr(w.text.data, "\nCOPY --from=app:1 /d/49/kept /d/49/\n"));
}

static void the_original_itself(void **state)
{
	CLEANUP(done) struct written w;
	init(&w);
	write_one(&w, (struct dockerfile_source){.from = "app:1", .unchanged = true},
		  "{" ROOTFS ",\"config\":{\"Cmd\":[\"x\"]}}", "Dockerfile", false);
	assert_string_equal(w.text.data, "# of x\\x0aRUN false\n\nFROM app:1\n");
}

static void a_name_that_no_line_can_hold(void **state)
{
	CLEANUP(done) struct written w;
	struct err e = {0};
	init(&w);
	carried_keep(&w.t, "/link");
	const struct dockerfile_source s = {&w.t.k, &w.t.edits, &w.config, &w.header, "x", false};
	assert_true(dockerfile_write(&s, "/nowhere/a\nb", &w.refused, &e) < 0);
	assert_string_equal(e.id, "dockerfile-name-unusable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(copies_of_a_known_original),
	    cmocka_unit_test(an_archive_and_an_original_without_a_name),
	    cmocka_unit_test(triggers),
	    cmocka_unit_test(a_list_in_place_of_many_copies),
	    cmocka_unit_test(the_original_itself),
	    cmocka_unit_test(a_name_that_no_line_can_hold),
	};
	return cmocka_run_group_tests_name("dockerfile/dockerfile", tests, NULL, NULL);
}
