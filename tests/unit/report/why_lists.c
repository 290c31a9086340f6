#include "unit.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "report/why_lists.h"

static char path[64];

static int setup(void **state)
{
	strcpy(path, "/tmp/slim-why-lists.XXXXXX");
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	return unlink(path);
}

static void put(const char *text)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(fd_write_all(fd, text, strlen(text), NULL), 0);
}

static void found_one(struct report_why_lists *w, enum report_why_list list, const char *name, const char *reason)
{
	json_auto_t *v = report_why_lists_find(w, list, name);
	assert_non_null(v);
	assert_string_equal(json_string_value(json_object_get(v, "reason")), reason);
}

static const char *const report =
    "{\"schema\": \"x\",\n\"kept\": [\n{\"path\": \"/a\", \"reason\": \"used\", \"size\": 3},\n 1, {\"path\": 2},"
    "{\"path\": \"/\xc3\xa9\", \"reason\": \"parent\"}, {\"path\": \"/a\", \"reason\": \"second\"}],"
    "\"layers\": [{\"bytes\": 4}], \"dropped\": [{\"path\": \"/b\", \"reason\": \"-\", \"size\": 7}]}";

static void check(struct report_why_lists *w)
{
	assert_true(w->lists[REPORT_WHY_KEPT].exists && w->lists[REPORT_WHY_DROPPED].exists);
	assert_int_equal(w->lists[REPORT_WHY_KEPT].paths.count, 2);
	found_one(w, REPORT_WHY_KEPT, "/a", "used");
	found_one(w, REPORT_WHY_KEPT, "/\xc3\xa9", "parent");
	found_one(w, REPORT_WHY_DROPPED, "/b", "-");
	assert_int_equal(w->lists[REPORT_WHY_DROPPED].places[0].size, 7);
	assert_int_equal(json_array_size(w->layers), 1);
	assert_null(report_why_lists_find(w, REPORT_WHY_DROPPED, "/a"));
	assert_int_equal(w->failed.code, ERR_NONE);
}

static void of_a_file(void **state)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	put(report);
	assert_int_equal(report_why_lists_load(path, &w, NULL), 0);
	assert_true(w.fd >= 0 && !w.text.len);
	check(&w);
}

static void of_a_pipe(void **state)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	int ends[2];
	char name[32];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fd_write_all(ends[1], report, strlen(report), NULL), 0);
	close(ends[1]);
	snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
	assert_int_equal(report_why_lists_load(name, &w, NULL), 0);
	close(ends[0]);
	check(&w);
}

static void a_file_that_changes(void **state)
{
	static const char *const now[] = {
	    "", "[", "{\"schema\": \"x\",\n\"kept\": [\n{\"path\": \"/x\", \"reason\": \"used\", \"size\": 3}"};
	for (size_t i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
		put(report);
		assert_int_equal(report_why_lists_load(path, &w, NULL), 0);
		put(now[i]);
		assert_null(report_why_lists_find(&w, REPORT_WHY_KEPT, "/a"));
		assert_int_equal(w.failed.code, ERR_CORRUPT);
	}
}

static void refused(void **state)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	struct err err = {0};
	put("{\"kept\": [{]}");
	assert_int_equal(report_why_lists_load(path, &w, &err), -ERR_CORRUPT);
	put("[]");
	assert_int_equal(report_why_lists_load(path, &w, &err), -ERR_CORRUPT);
	assert_int_equal(report_why_lists_load("/nowhere", &w, &err), -ERR_NOTFOUND);
}

/* As values of jansson, each would take more than 1000. */
static void bytes_of_a_path(void **state)
{
	CLEANUP_REPORT_WHY_LISTS struct report_why_lists w = REPORT_WHY_LISTS_NONE;
	CLEANUP_BUF struct buf text = {0};
	const size_t n = 20000;
	buf_str(&text, "{\"kept\": [");
	for (size_t i = 0; i < n; i++)
		buf_printf(&text,
			   "%s{\"path\": \"/data/%zu\", \"reason\": \"used\", \"kinds\": [\"open\", \"follow\"], "
			   "\"program\": \"/bin/job\", \"size\": 0}",
			   i ? "," : "", i);
	buf_str(&text, "]}");
	put(text.data);
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
	assert_int_equal(report_why_lists_load(path, &w, NULL), 0);
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd < before + n * 100);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(of_a_file), TEST(of_a_pipe), TEST(a_file_that_changes), TEST(refused), TEST(bytes_of_a_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
