#include "listings.h"

#include <sys/stat.h>

#include "ci/lock/tree.h"
#include "image.h"

/* The lines but those of the directories, whose owner is whoever runs the test; owners as O. */
static void list_lines(const struct test_image *m, const char *kept, bool whole, const struct packages *p,
		       const struct packages_edits *edits, struct buf *out)
{
	CLEANUP_KEEP_SET struct keep_set k;
	CLEANUP_CI_LOCK_LISTING struct ci_lock_listing l = {0};
	CLEANUP_FREE char *owner = mem_printf(" %u:%u", getuid(), getgid()), *copy = mem_strdup(kept);
	char *save;
	struct err e = {0};
	keep_set_init(&k, m->index, NULL, KEEP_EXACT);
	for (char *path = strtok_r(copy, " ", &save); path; path = strtok_r(NULL, " ", &save))
		keep_node(&k, image_node(m, path), KEEP_WHY(KEEP_TRACE, 0));
	const struct ci_lock_tree t = {.keep = &k, .whole = whole, .packages = p, .edits = edits};
	if (ci_lock_tree_list(&t, &l, &e) < 0)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < l.count; i++) {
		const char *line = l.entries[i].line, *at = strstr(line, owner);
		if (strcmp(l.entries[i].path, "/") == 0)
			continue;
		buf_append(out, line, at ? (size_t)(at - line) : strlen(line));
		buf_printf(out, "%s%s|", at ? " O" : "", at ? at + strlen(owner) : "");
	}
}

static void list_one(const struct test_image *m, const char *kept, const char *want)
{
	CLEANUP_BUF struct buf got = {0};
	const struct packages none = {0};
	const struct packages_edits edits = {0};
	list_lines(m, kept, false, &none, &edits, &got);
	assert_string_equal(got.len ? got.data : "", want);
}

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void entries(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	image_init(&m);
	image_file(&m, "app/a\tb", "abc");
	image_program(&m, "app/run", "");
	image_hardlink(&m, "app/z", "app/run");
	image_link(&m, "app/link", "a");
	image_file(&m, "not/kept", "abc");
	image_dir(&m, "empty");
	image_dir(&m, "closed/in");
	image_file(&m, "closed/in/x", "");
	assert_int_equal(fchmodat(image_top(&m), "closed", 0700, 0), 0);
	image_index(&m);
	list_one(&m, "", "");
	list_one(&m, "/app/a\tb /app/run /app/z /app/link",
		 "file /app/a%09b 0644 O 3 " ABC "|link /app/link a|file /app/run 0755 O 0 " EMPTY
		 "|file /app/z 0755 O 0 " EMPTY "|");
	/* a directory is listed if it is empty, or not like the one above it */
	list_one(&m, "/empty /closed/in/x",
		 "directory /closed 0700 O|directory /closed/in 0755 O|file /closed/in/x 0644 O 0 " EMPTY
		 "|directory /empty 0755 O|");
}

/* A rebuild compiles again: only the time of the source differs. */
static void compiled_python(void **state)
{
	static const char header[] = "\x01\x02\x03\x04\0\0\0\0time\0\0\0\0code", later[] = "later";
	char bytes[sizeof(header)];
	CLEANUP_BUF struct buf first = {0}, second = {0};
	const struct packages none = {0};
	const struct packages_edits edits = {0};
	for (int i = 0; i < 2; i++) {
		CLEANUP_TEST_IMAGE struct test_image m;
		memcpy(bytes, header, sizeof(header));
		if (i)
			memcpy(bytes + 8, later, 4);
		image_init(&m);
		image_bytes(&m, "m.pyc", bytes, sizeof(bytes), 0644);
		image_index(&m);
		list_lines(&m, "/m.pyc", false, &none, &edits, i ? &second : &first);
	}
	assert_string_equal(first.data, second.data);
}

static void packages_and_edits(void **state)
{
	CLEANUP_TEST_IMAGE struct test_image m;
	CLEANUP_BUF struct buf got = {0};
	image_init(&m);
	image_file(&m, "lib/a", "abc");
	image_file(&m, "status", "abc");
	image_index(&m);
	struct packages_edits edits = {0};
	const struct packages none = {0};
	buf_str(packages_edit_add(&edits, image_node(&m, "/status")), "shorter");
	list_lines(&m, "", true, &none, &edits, &got);
	assert_string_equal(got.data, "file /lib/a 0644 O 3 " ABC "|");
	packages_edits_done(&edits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries),
	    cmocka_unit_test(compiled_python),
	    cmocka_unit_test(packages_and_edits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
