#include "unit.h"

#include "dockerfile/carriers_image.h"
#include "dockerfile/copies.h"

static char *copies(struct carried *t, char **last)
{
	CLEANUP_BUF struct buf out = {0};
	carried_make(t);
	*last = dockerfile_copies(&t->c, "fat", &out);
	return buf_steal(&out);
}

static void a_line_for_each_directory(void **state)
{
	CLEANUP_CARRIED struct carried t;
	CLEANUP_FREE char *last = NULL;
	carried_init(&t);
	image_file(&t.m, "app/x", "1");
	image_file(&t.m, "bin/a", "1");
	image_file(&t.m, "bin/b c", "1");
	image_file(&t.m, "bin/not", "1");
	image_file(&t.m, "bin/sub/d", "1");
	image_file(&t.m, "etc/one", "1");
	image_file(&t.m, "etc/not", "1");
	image_file(&t.m, "run.sh", "1");
	carried_index(&t);
	for (const char *const *p =
		 (const char *const[]){"/app/x", "/bin/a", "/bin/b c", "/bin/sub/d", "/etc/one", "/run.sh", NULL};
	     *p; p++)
		carried_keep(&t, *p);
	CLEANUP_FREE char *text = copies(&t, &last);
	assert_string_equal(last, "files");
	assert_string_equal(text, "FROM scratch AS files\n"
				  "COPY --from=fat /run.sh /\n"
				  "COPY --from=fat /app/ /app/\n"
				  "COPY --from=fat [\"/bin/a\", \"/bin/b c\", \"/bin/\"]\n"
				  "COPY --from=fat /bin/sub/ /bin/sub/\n"
				  "COPY --from=fat /etc/one /etc/\n");
}

static void everything_and_nothing(void **state)
{
	CLEANUP_CARRIED struct carried all, none;
	CLEANUP_FREE char *last = NULL, *nothing = NULL;
	carried_init(&all);
	image_file(&all.m, "x", "1");
	carried_index(&all);
	carried_keep(&all, "/x");
	CLEANUP_FREE char *text = copies(&all, &last);
	assert_string_equal(text, "FROM scratch AS files\nCOPY --from=fat / /\n");
	carried_init(&none);
	image_file(&none.m, "x", "1");
	carried_index(&none);
	CLEANUP_FREE char *empty = copies(&none, &nothing);
	assert_string_equal(empty, "");
	assert_null(nothing);
}

static void patterns(void **state)
{
	CLEANUP_CARRIED struct carried t;
	CLEANUP_FREE char *last = NULL;
	carried_init(&t);
	for (const char *const *p =
		 (const char *const[]){"a.py", "b.py", "c.py", "a.so", "b.so", "a.txt", "b.txt", "c.txt", "not.txt",
				       ".d", "e.", "$.x", "b.$x", "c.$x", "d.$x", NULL};
	     *p; p++) {
		CLEANUP_FREE char *path = mem_printf("d/%s", *p);
		image_file(&t.m, path, "1");
	}
	image_file(&t.m, "d/sub.so", "1");
	carried_index(&t);
	for (const char *const *p = (const char *const[]){"a.py", "b.py", "c.py", "a.so", "b.so", "a.txt", "b.txt",
							  "c.txt", "b.$x", "c.$x", "d.$x", NULL};
	     *p; p++) {
		CLEANUP_FREE char *path = mem_printf("/d/%s", *p);
		carried_keep(&t, path);
	}
	CLEANUP_FREE char *text = copies(&t, &last);
	assert_string_equal(
	    text, "FROM scratch AS files\nCOPY --from=fat [\"/d/*.py\", \"/d/*.\\\\$x\", \"/d/a.so\", \"/d/a.txt\", "
		  "\"/d/b.so\", \"/d/b.txt\", \\\n    \"/d/c.txt\", \"/d/\"]\n");
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void no_stage_has_too_many_lines(void **state)
{
	CLEANUP_CARRIED struct carried t;
	CLEANUP_FREE char *last = NULL;
	carried_init(&t);
	for (int i = 0; i < 250; i++) {
		CLEANUP_FREE char *kept = mem_printf("d/%03d/kept", i), *gone = mem_printf("d/%03d/not", i);
		image_file(&t.m, kept, "1");
		image_file(&t.m, gone, "1");
	}
	carried_index(&t);
	for (int i = 0; i < 250; i++) {
		CLEANUP_FREE char *kept = mem_printf("/d/%03d/kept", i);
		carried_keep(&t, kept);
	}
	CLEANUP_FREE char *text = copies(&t, &last);
	assert_string_equal(last, "files3");
	assert_int_equal(count(text, "FROM scratch AS"), 3);
	assert_int_equal(count(text, "COPY --from=fat"), 250);
	assert_non_null(
	    strstr(text, "/d/099/\n\nFROM scratch AS files2\nCOPY --from=files / /\nCOPY --from=fat /d/100/"));
	assert_non_null(strstr(text, "/d/198/\n\nFROM scratch AS files3\nCOPY --from=files2 / /\n"));
}

static void no_line_has_too_many_sources(void **state)
{
	CLEANUP_CARRIED struct carried t;
	CLEANUP_FREE char *last = NULL;
	carried_init(&t);
	image_file(&t.m, "d/not", "1");
	for (int i = 0; i < 25; i++) {
		CLEANUP_FREE char *kept = mem_printf("d/%02d", i);
		image_file(&t.m, kept, "1");
	}
	carried_index(&t);
	for (int i = 0; i < 25; i++) {
		CLEANUP_FREE char *kept = mem_printf("/d/%02d", i);
		carried_keep(&t, kept);
	}
	CLEANUP_FREE char *text = copies(&t, &last);
	assert_int_equal(count(text, "COPY --from=fat"), 3);
	assert_non_null(strstr(text, " /d/11 /d/\nCOPY --from=fat /d/12 /d/13 "));
	assert_non_null(strstr(text, "COPY --from=fat /d/24 /d/\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_for_each_directory),
	    cmocka_unit_test(everything_and_nothing),
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(no_stage_has_too_many_lines),
	    cmocka_unit_test(no_line_has_too_many_sources),
	};
	return cmocka_run_group_tests_name("dockerfile/copies", tests, NULL, NULL);
}
