#include "shown.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/fd.h"
#include "probe/script/url_list.h"

static void reads_one(const char *text, const char *want, const char *note)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	if (probe_url_list_parse(text, strlen(text), "f", &s, &notes, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	assert_script(&s, want);
	assert_int_equal(notes.count, note ? 1 : 0);
	if (note)
		assert_string_equal(notes.items[0].text, note);
}

static void refuses_one(const char *text, const char *says)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	assert_int_equal(probe_url_list_parse(text, strlen(text), "f", &s, &notes, &e), -ERR_INVAL);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void lists(void **state)
{
	reads_one("# shop\r\n\n  https://shop.example/a?b=c#d "
		  "\r\nhttp://shop.example:8080/\n/local#x\nhttps://SHOP.example/a?b=c",
		  "GET /a?b=c\n  host shop.example\nGET /\n  host shop.example:8080\nGET /local\nGET /a?b=c\n  host "
		  "SHOP.example\n",
		  NULL);
	reads_one("/a\n/b\n/a\n/a\n", "GET /a\nGET /b\n", NULL);
	reads_one(
	    "http://localhost:3000/a\nhttp://127.0.0.1/b\nhttp://[::1]:80/c\nhttp://cdn.example/d.js\nhttp://localhost",
	    "GET /a\nGET /b\nGET /c\nGET /\n", "f: 1 of 5 URLs are not of localhost, and were left out");
	reads_one("ws://a.example/chat\n", "GET /chat\n  host a.example\n  protocol websocket\n", NULL);
	reads_one("/a${b}\n", "GET /a$${b}\n", NULL);
}

static void mistakes(void **state)
{
	refuses_one("", "f has no URL");
	refuses_one("# none\n", "f has no URL");
	refuses_one("/a\nshop.example/a\n", "f, line 2: \"shop.example/a\": ");
	refuses_one("ftp://a/b\n", "f, line 1: \"ftp://a/b\": not an http or https URL");
	refuses_one("http://ann:word@a/b\n", "a URL with a user name in it");
	refuses_one("/a b\n", "f: request 1: \"/a b\" is not a path");
}

static void file(void **state)
{
	char path[] = "/tmp/slim-url-list-XXXXXX";
	struct err e = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	CLEANUP_FD int fd = mkstemp(path);
	assert_int_equal(fd_write_all(fd, "/a", 2, &e), 0);
	assert_int_equal(probe_url_list_read(path, &s, &notes, &e), 0);
	assert_script(&s, "GET /a\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(probe_url_list_read(path, &s, &notes, &e), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lists), cmocka_unit_test(mistakes), cmocka_unit_test(file)};
	return cmocka_run_group_tests_name("url_list", tests, NULL, NULL);
}
