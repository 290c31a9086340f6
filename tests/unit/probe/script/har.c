#include "shown.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/har.h"

#define ENTRY(method, url, more)                                                                                       \
	"{\"startedDateTime\": \"2020-01-01T00:00:00Z\", \"request\": {\"method\": \"" method "\", \"url\": \"" url    \
	"\", \"httpVersion\": \"HTTP/1.1\"" more "}, \"response\": {\"status\": 200}}"
#define HAR(entries) "{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"b\"}, \"entries\": [" entries "]}}"

static void reads_one(const char *text, bool cookies, const char *want, const char *note)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	const struct probe_har_options o = {.cookies = cookies};
	struct err e = {0};
	if (probe_har_parse(text, strlen(text), "f", &o, &s, &notes, &e) < 0)
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
	const struct probe_har_options o = {0};
	struct err e = {0};
	assert_true(probe_har_parse(text, strlen(text), "f", &o, &s, &notes, &e) < 0);
	if (!strstr(e.msg, says))
		fail_msg("%.200s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void requests(void **state)
{
	reads_one(HAR(ENTRY("GET", "https://www.example.com/?a=1#top",
			    "") "," ENTRY("GET", "https://cdn.example/x.js",
					  "") "," ENTRY("GET", "data:image/png;base64,AA",
							"") "," ENTRY("POST", "http://WWW.example.com:81/b", "")),
		  false, "GET /?a=1\n  host www.example.com\nPOST /b\n  host WWW.example.com:81\n",
		  "f: 2 of 4 URLs are not of www.example.com, and were left out");
	reads_one("\xef\xbb\xbf" HAR(
		      ENTRY("GET", "http://localhost:3000/a", "") "," ENTRY("GET", "http://localhost:3000/a", "")),
		  false, "GET /a\nGET /a\n", NULL);
	CLEANUP_BUF struct buf b = {0};
	buf_str(&b, "{\"log\": {\"entries\": [" ENTRY("GET", "http://localhost/",
						      "") ", {\"request\": {\"method\": \"GET\", "
							  "\"url\": \"http://localhost/");
	for (int i = 0; i < LIMIT_LINK; i++)
		buf_char(&b, 'x');
	buf_str(&b, "\"}}]}}");
	reads_one(b.data, false, "GET /\n", "f: 1 URLs are longer than 8192 bytes, and were left out");
}

#define HEADERS                                                                                                        \
	", \"headers\": [{\"name\": \":authority\", \"value\": \"x\"}, {\"name\": \"Host\", \"value\": \"x\"}, "       \
	"{\"name\": "                                                                                                  \
	"\"connection\", \"value\": \"keep-alive\"}, {\"name\": \"Cookie\", \"value\": \"a=b\"}, {\"name\": "          \
	"\"Accept\", "                                                                                                 \
	"\"value\": \"${x}\"}, {\"name\": \"Accept-Encoding\", \"value\": \"br\"}, {\"name\": \"content-length\", "    \
	"\"value\": "                                                                                                  \
	"\"5\"}, {\"name\": \"X\", \"value\": \"1\\n2\"}]"

static void headers(void **state)
{
	reads_one(HAR(ENTRY("GET", "http://localhost/", HEADERS)), false,
		  "GET /\n  header Accept: $${x}\n  header X: 1\n", NULL);
	reads_one(HAR(ENTRY("GET", "http://localhost/", HEADERS)), true,
		  "GET /\n  header Cookie: a=b\n  header Accept: $${x}\n  header X: 1\n", NULL);
	refuses_one(HAR(ENTRY("GET", "http://localhost/", ", \"headers\": [{\"name\": 1}]")),
		    "f: entry 1: a header has no");
}

#define POST(data) HAR(ENTRY("POST", "http://localhost/", ", \"postData\": " data))

static void bodies(void **state)
{
	reads_one(POST("{\"mimeType\": \"application/json\", \"text\": \"{\\\"a\\\":\\\"${b}\\\"}\"}"), false,
		  "POST /\n  header Content-Type: application/json\n  body {\"a\":\"$${b}\"}\n", NULL);
	reads_one(
	    HAR(ENTRY("POST", "http://localhost/",
		      ", \"headers\": [{\"name\": \"content-type\", \"value\": \"a/b\"}], \"postData\": {\"mimeType\": "
		      "\"x\", \"text\": \"YQ==\", \"encoding\": \"base64\"}")),
	    false, "POST /\n  header content-type: a/b\n  body a\n", NULL);
	reads_one(
	    POST("{\"mimeType\": \"application/x-www-form-urlencoded\", \"params\": [{\"name\": \"a b\", \"value\": "
		 "\"1&2\"}, {\"name\": \"c\"}]}"),
	    false, "POST /\n  header Content-Type: application/x-www-form-urlencoded\n  body a%20b=1%262&c=\n", NULL);
	reads_one(
	    HAR(ENTRY(
		"POST", "http://localhost/",
		", \"headers\": [{\"name\": \"Content-Type\", \"value\": \"multipart/form-data; boundary=x\"}], "
		"\"postData\": {\"mimeType\": \"multipart/form-data; boundary=x\", \"params\": [{\"name\": \"f\", "
		"\"fileName\": \"a.png\", \"contentType\": \"image/png\"}, {\"name\": \"t\", \"value\": \"v\"}]}")),
	    false, "POST /\n  part f a.png image/png: \n  part t - -: v\n", NULL);
	reads_one(POST("{\"mimeType\": \"\", \"text\": \"\"}"), false, "POST /\n  body \n", NULL);
	refuses_one(POST("{\"text\": \"*\", \"encoding\": \"base64\"}"), "f: entry 1: its body is not base64");
}

static void websockets(void **state)
{
	reads_one(
	    "{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"wss://a.example/c\", \"headers\": "
	    "[{\"name\": \"Sec-WebSocket-Key\", \"value\": \"x\"}, {\"name\": \"Upgrade\", \"value\": "
	    "\"websocket\"}]}, "
	    "\"_webSocketMessages\": [{\"type\": \"receive\", \"data\": \"no\"}, {\"type\": \"send\", \"data\": "
	    "\"hi\"}]}]}}",
	    false, "GET /c\n  host a.example\n  protocol websocket\n  body hi\n", NULL);
}

static void mistakes(void **state)
{
	refuses_one("", "f, line 1");
	refuses_one("{}", "it is not a HAR file");
	refuses_one("{\"log\": {\"entries\": 1}}", "it is not a HAR file");
	refuses_one(HAR(""), "f has no request");
	refuses_one(HAR("{}"), "f: entry 1: it has no request");
	refuses_one(HAR(ENTRY("GET", "http://a:b@c/", "")), "f: entry 1: \"http://a:b@c/\": a URL with a user name");
}

static void many_values(void **state)
{
	CLEANUP_BUF struct buf brackets = {0}, numbers = {0}, text = {0};
	for (int i = 0; i <= LIMIT_HAR_VALUES; i++) {
		buf_char(&brackets, '[');
		buf_str(&numbers, i ? ",1" : "[1");
	}
	refuses_one(brackets.data, "more than 4000000 values");
	refuses_one(numbers.data, "more than 4000000 values");
	/* in a string they are none */
	buf_str(&text, "{\"content\": \"\\\"");
	for (int i = 0; i <= LIMIT_HAR_VALUES; i++)
		buf_str(&text, "[:");
	buf_str(&text, "\", \"log\": {\"entries\": [" ENTRY("GET", "http://localhost/a", "") "]}}");
	reads_one(text.data, false, "GET /a\n", NULL);
}

static void file(void **state)
{
	char path[] = "/tmp/slim-har-XXXXXX";
	static const char text[] = HAR(ENTRY("GET", "http://localhost/a", ""));
	const struct probe_har_options o = {0};
	struct err e = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	CLEANUP_FD int fd = mkstemp(path);
	assert_int_equal(fd_write_all(fd, text, strlen(text), &e), 0);
	assert_int_equal(probe_har_read(path, &o, &s, &notes, &e), 0);
	assert_script(&s, "GET /a\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(probe_har_read(path, &o, &s, &notes, &e), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(requests), cmocka_unit_test(headers),
					   cmocka_unit_test(bodies),   cmocka_unit_test(websockets),
					   cmocka_unit_test(mistakes), cmocka_unit_test(many_values),
					   cmocka_unit_test(file)};
	return cmocka_run_group_tests_name("har", tests, NULL, NULL);
}
