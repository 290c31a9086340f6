#include <archive.h>
#include <archive_entry.h>

#include "keep/sources.h"

/* A class file with just its name in it: constants 1 = name, 2 = class. */
static void class_bytes(struct buf *b, const char *name)
{
	static const unsigned char head[] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 5, 5,
					     0,    0,    0,    0,    0, 0, 0, 0,  1, 0};
	static const unsigned char tail[] = {7, 0, 3, 0, 0x21, 0, 4, 0, 0};
	buf_append(b, head, sizeof(head)); /* a long takes places 1 and 2 */
	buf_char(b, (char)strlen(name));
	buf_str(b, name);
	buf_append(b, tail, sizeof(tail));
}

/* One with texts, up to an empty one. */
static void class_texts(struct buf *b, const char *const *texts)
{
	static const unsigned char head[] = {0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 9};
	buf_append(b, head, sizeof(head));
	for (; *texts; texts++) {
		buf_append(b, "\1\0", 2);
		buf_char(b, (char)strlen(*texts));
		buf_str(b, *texts);
	}
}

static void jar_of(struct buf *b, const char *name, const char *content, size_t n)
{
	char space[4096];
	size_t used = 0;
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, space, sizeof(space), &used), ARCHIVE_OK);
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)n);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, content, n), (la_ssize_t)n);
	archive_entry_free(e);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
	buf_append(b, space, used);
}

static void jar_bytes(struct buf *b, const char *manifest)
{
	jar_of(b, "META-INF/MANIFEST.MF", manifest, strlen(manifest));
}

static const struct source_file files[] = {
    {"srv/app/classes/a/b/Other.class", "x"},
    {"srv/app/classes/a/C.class", "x"},
    {"srv/app/classes/i18n/de.properties", "x"},
    {"srv/app/classes/META-INF/services/X", "x"},
    {"srv/app/lib/one.jar", "x"},
    {"srv/app/lib/two.jar", "x"},
    {"srv/app/lib/notes.txt", "x"},
    {"srv/app/plugins/p.jar", "x"},
    {"bin/sh!", NULL},
    {"usr/bin/date!", NULL},
    {"usr/bin/sort!", NULL},
    {"usr/bin/find!", NULL},
    {"usr/share/java/far.jar", "x"},
    {"usr/share/java/other.jar", "x"},
};

static void one(const char *path, const struct buf *content, const struct oci_image_config *config, const char *want)
{
	CLEANUP_FREE char *got = kept_for_bytes(files, sizeof(files) / sizeof(files[0]), config, path, content->data,
						content->len, 0644, true);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, not %s", path, got, want);
}

static void classes(void **state)
{
	CLEANUP_BUF struct buf good = {0}, elsewhere = {0}, top = {0}, cut = {0};
	class_bytes(&good, "a/b/Main");
	class_bytes(&elsewhere, "x/b/Main");
	class_bytes(&top, "Main");
	one("srv/app/classes/a/b/Main.class", &good, NULL, "C.class de.properties X Other.class");
	one("srv/app/classes/a/b/Main.class", &elsewhere, NULL, "");
	one("srv/app/classes/Main.class", &top, NULL, "C.class de.properties X Other.class");
	one("usr/lib/Main.class", &top, NULL, "");  /* not an application's */
	for (size_t n = 0; n + 1 < good.len; n++) { /* cut anywhere: of no use, and no harm */
		cut.len = 0;
		buf_append(&cut, good.data, n);
		if (n < good.len - 4)
			one("srv/app/classes/a/b/Main.class", &cut, NULL, "");
	}
}

static void jars(void **state)
{
	CLEANUP_BUF struct buf path = {0}, none = {0}, text = {0};
	jar_bytes(&path, "Manifest-Version: 1.0\r\nClass-Path: ../lib/one.jar file:/usr/sh\r\n are/java/far.jar "
			 "gone.jar\r\nX: y\r\n");
	jar_bytes(&none, "Manifest-Version: 1.0\nClass-Path:");
	buf_str(&text, "PK no jar at all");
	one("srv/app/main/app.jar", &path, NULL, "one.jar two.jar far.jar");
	one("srv/app/main/app.jar", &none, NULL, "");
	one("srv/app/main/app.jar", &text, NULL, "");
	one("srv/app/plugins/q.jar", &none, NULL, "p.jar"); /* where one was loaded, the others are plugins too */
	one("usr/share/java/x.jar", &none, NULL, "");
}

/* A class that starts programs has their names; another may have the texts for a shell. */
static void commands(void **state)
{
	static const char *const starter[] = {"java/lang/ProcessBuilder", "date", "sort", "gone", NULL};
	static const char *const other[] = {"java/lang/Object", "date", "find - the file", "sort $((1)); date -u",
					    NULL};
	static const char *const neither[] = {"java/lang/Object", "date", "find - the file", NULL};
	CLEANUP_BUF struct buf first = {0}, second = {0}, third = {0}, jar = {0};
	class_texts(&first, starter);
	class_texts(&second, other);
	class_texts(&third, neither);
	one("opt/a/A.class", &first, NULL, "sh date sort");
	one("opt/a/A.class", &second, NULL, "sh date sort");
	one("opt/a/A.class", &third, NULL, "");
	one("usr/share/java/A.class", &first, NULL, "");
	jar_of(&jar, "a/A.class", first.data, first.len);
	one("opt/a/app.jar", &jar, NULL, "sh date sort");
	for (size_t n = 0; n < jar.len; n += 7) { /* cut anywhere: no harm */
		CLEANUP_BUF struct buf cut = {0};
		buf_append(&cut, jar.data, n);
		buf_char(&cut, 'x');
		one("opt/a/app.jar", &cut, NULL, "");
	}
}

static void class_path(void **state)
{
	CLEANUP_BUF struct buf none = {0};
	struct oci_image_config config = {.working_dir = (char[]){"/srv/app"}};
	buf_str(&none, "x");
	strlist_add(&config.entrypoint, "java");
	strlist_add(&config.entrypoint, "-cp");
	strlist_add(&config.entrypoint, "classes:lib/*:.:/usr");
	strlist_add(&config.env, "CLASSPATH=/srv/app/plugins/p.jar");
	one("opt/x", &none, &config, "one.jar two.jar p.jar C.class de.properties X Other.class");
	strlist_done(&config.entrypoint);
	strlist_done(&config.env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(classes), cmocka_unit_test(jars),
					   cmocka_unit_test(commands), cmocka_unit_test(class_path)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
