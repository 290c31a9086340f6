#include "shown.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "os/fd.h"
#include "probe/script/command_file.h"

#define COMMAND(members) "{\"commands\": [{\"resource\": \"/\"" members "}]}"

/* notes: what is said of it; NULL = nothing. */
static void reads_one(const char *text, const char *want, const char *note)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	if (probe_command_file_parse(text, strlen(text), "f", false, &s, &notes, &e) < 0)
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
	if (probe_command_file_parse(text, strlen(text), "f", false, &s, &notes, &e) == 0)
		fail_msg("%s is taken", text);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

/* The examples of docker-slim's own documentation and repositories, one with its misspelt key. */
static void documented(void **state)
{
	reads_one("{\n  \"commands\":\n  [\n   {\n     \"resource\": \"/api/info\"\n   },\n   {\n     \"method\": "
		  "\"POST\",\n     "
		  "\"resource\": \"/submit\"\n   },\n   {\n     \"procotol\": \"http\",\n     \"resource\": "
		  "\"/api/call?arg=one\"\n   },\n   {\n     \"protocol\": \"http\",\n     \"method\": \"POST\",\n     "
		  "\"resource\": "
		  "\"/submit2\",\n     \"body\": \"key=value\"\n   }\n  ]\n}\n",
		  "GET /api/info\n"
		  "POST /submit\n"
		  "GET /api/call?arg=one\n"
		  "POST /submit2\n  scheme http\n  body key=value\n",
		  "f: command 3 has \"procotol\", which docker-slim does not know: it is ignored");
	reads_one("{\"commands\": [{\"resource\": \"/2015-03-31/functions/function/invocations\", \"method\": "
		  "\"POST\", \"body\": "
		  "\"{\\\"httpMethod\\\":\\\"GET\\\", \\\"path\\\":\\\"/hello\\\"}\", \"protocol\": \"http\"}]}",
		  "POST /2015-03-31/functions/function/invocations\n  scheme http\n  body {\"httpMethod\":\"GET\", "
		  "\"path\":\"/hello\"}\n",
		  NULL);
}

static void members(void **state)
{
	reads_one(COMMAND(", \"method\": \"post\", \"port\": 8080, \"crawl\": true, \"username\": \"ann\", "
			  "\"password\": \"${x}\""),
		  "POST /\n  port 8080\n  crawl yes\n  user ann\n  password $${x}\n", NULL);
	reads_one(COMMAND(", \"HEADERS\": [\"A: b: c\", \" B :d\", \"none\", \"Host: h\"]"),
		  "GET /\n  host h\n  header A: b: c\n  header B: d\n", NULL);
	reads_one(COMMAND(", \"headers\": {\"Authorization\": \"Bearer t\"}"),
		  "GET /\n  header Authorization: Bearer t\n", NULL);
	reads_one(COMMAND(", \"protocol\": \"HTTP2\""), "GET /\n  scheme https\n  protocol http2\n", NULL);
	reads_one(COMMAND(", \"protocol\": \"http2c\""), "GET /\n  scheme http\n  protocol http2\n", NULL);
	reads_one(COMMAND(", \"protocol\": \"ws\""), "GET /\n  scheme http\n  protocol websocket\n  body ws.data\n",
		  NULL);
	reads_one(COMMAND(", \"protocol\": \"wss\", \"body\": \"hi\""),
		  "GET /\n  scheme https\n  protocol websocket\n  body hi\n", NULL);
	reads_one("{\"commands\": []} and more", "", NULL);
	reads_one(COMMAND(", \"body\": null, \"headers\": null, \"fastcgi\": null"), "GET /\n", NULL);
}

static void bodies(void **state)
{
	reads_one(COMMAND(", \"body_generate\": \"generate.text.json\", \"body\": \"unused\""),
		  "GET /\n  header Content-Type: application/json\n  body {\"data\": \"text\"}\n", NULL);
	reads_one(COMMAND(", \"body_generate\": \"whatever\""),
		  "GET /\n  header Content-Type: text/plain\n  body text data\n", NULL);
	reads_one(COMMAND(", \"body_generate\": \"generate.image.gif\", \"headers\": [\"content-type: x/y\"]"),
		  "GET /\n  header content-type: x/y\n  body GIF89a\b\n", NULL);
	reads_one(COMMAND(", \"body_is_form\": true, \"body\": \"a${b\""),
		  "GET /\n  part file file.data application/octet-stream: a$${b\n", NULL);
	reads_one(COMMAND(", \"body_is_form\": true, \"form_field_name\": \"doc\", \"form_file_name\": \"a.txt\", "
			  "\"body_generate\": \"generate.text\""),
		  "GET /\n  part doc a.txt application/octet-stream: text data\n", NULL);
	refuses_one(COMMAND(", \"body_file\": \"x\""), "can't be read from a file here");
}

/* Each kind of image begins as its format asks. */
static void images(void **state)
{
	static const struct {
		const char *name, *begin;
	} kinds[] = {{"generate.image", "\x89PNG\r\n"},
		     {"generate.image.png", "\x89PNG\r\n"},
		     {"generate.image.jpeg", "\xff\xd8\xff"},
		     {"generate.image.gif", "GIF89a"}};
	for (size_t i = 0; i < 4; i++) {
		CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
		CLEANUP_NOTES struct notes notes = {0};
		struct err e = {0};
		CLEANUP_FREE char *text = mem_printf(COMMAND(", \"body_generate\": \"%s\""), kinds[i].name);
		assert_int_equal(probe_command_file_parse(text, strlen(text), "f", false, &s, &notes, &e), 0);
		assert_memory_equal(s.requests[0].body.data, kinds[i].begin, strlen(kinds[i].begin));
	}
}

static void fastcgi(void **state)
{
	reads_one(COMMAND(", \"fastcgi\": {\"root\": \"/srv/www\", \"split_path\": [\".php5\", \".php\"], \"env\": "
			  "{\"A\": \"b\"}, "
			  "\"read_timeout\": 2000000000, \"dial_timeout\": 5}"),
		  "GET /\n  protocol fastcgi\n  param DOCUMENT_ROOT=/srv/www\n  param SCRIPT_NAME=/index.php\n  param "
		  "SCRIPT_FILENAME=/srv/www/index.php\n  param PATH_INFO=\n  param A=b\n  timeout 2000\n",
		  NULL);
	reads_one(
	    "{\"commands\": [{\"resource\": \"/app/a.php/info\", \"fastcgi\": {\"split_path\": [\"/app/a.php\"]}}]}",
	    "GET /app/a.php/info\n  protocol fastcgi\n  param DOCUMENT_ROOT=\n  param SCRIPT_NAME=/app/a.php\n  param "
	    "SCRIPT_FILENAME=/app/a.php\n  param PATH_INFO=/info\n",
	    NULL);
	refuses_one(COMMAND(", \"fastcgi\": 1"), "\"fastcgi\" is not an object");
	refuses_one(COMMAND(", \"fastcgi\": {\"read_timeout\": \"1s\"}"), "nanoseconds");
	refuses_one(COMMAND(", \"fastcgi\": {\"env\": {\"A\": 1}}"), "not a string");
}

static void mistakes(void **state)
{
	refuses_one("", "f, line 1");
	refuses_one("[]", "f has no array \"commands\"");
	refuses_one("{\"commands\": {}}", "f has no array \"commands\"");
	refuses_one("{\"commands\": [1]}", "f: command 1: it is not an object");
	refuses_one("{\"commands\": [{\"resource\": \"/\"}, {}]}", "f: command 2: \"resource\" is a path");
	refuses_one("{\"commands\": [{\"resource\": \"http://localhost/\"}]}", "not \"http://localhost/\"");
	refuses_one(COMMAND(", \"protocol\": \"ftp\""), "not \"ftp\"");
	refuses_one(COMMAND(", \"port\": \"80\""), "\"port\" is not a number");
	refuses_one(COMMAND(", \"port\": 65536"), "\"port\" is not a number");
	refuses_one(COMMAND(", \"method\": 1"), "\"method\" is not a string");
	refuses_one(COMMAND(", \"crawl\": 1"), "\"crawl\" is not true or false");
	refuses_one(COMMAND(", \"headers\": 1"), "\"headers\" is not an array");
	refuses_one(COMMAND(", \"headers\": [1]"), "\"headers\" is not an array");
	refuses_one(COMMAND(", \"headers\": {\"A\": 1}"), "the header \"A\" is not a string");
	refuses_one(COMMAND(", \"method\": \"A B\""), "f: request 1: \"A B\" is not a method");
	CLEANUP_FREE char *large = mem_calloc(LIMIT_POLICY + 2, 1);
	memset(large, ' ', LIMIT_POLICY + 1);
	refuses_one(large, "larger than");
}

static void body_file(void **state)
{
	char folder[] = "/tmp/slim-command-file-XXXXXX";
	struct err e = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	assert_non_null(mkdtemp(folder));
	CLEANUP_FREE char *path = mem_printf("%s/probe.json", folder);
	CLEANUP_FREE char *data = mem_printf("%s/data.bin", folder);
	CLEANUP_FREE char *text =
	    mem_printf("{\"commands\": [{\"resource\": \"/a\", \"body_file\": \"%s\"}, {\"resource\": \"/b\", "
		       "\"body_file\": \"%s\", \"body_is_form\": true}]}",
		       data, data);
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, path, text, strlen(text), 0644, &e), 0);
	assert_int_equal(probe_command_file_read(path, &s, &notes, &e), -ERR_INVAL);
	assert_non_null(strstr(e.msg, "command 1: body_file: "));
	probe_script_done(&s);
	assert_int_equal(fd_write_file_atomic(AT_FDCWD, data, "d${t}", 5, 0644, &e), 0);
	assert_int_equal(probe_command_file_read(path, &s, &notes, &e), 0);
	assert_script(&s, "GET /a\n  body d$${t}\nGET /b\n  part file data.bin application/octet-stream: d$${t}\n");
	fd_remove_tree(AT_FDCWD, folder, NULL);
	assert_int_equal(probe_command_file_read(path, &s, &notes, &e), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(documented), cmocka_unit_test(members), cmocka_unit_test(bodies),
	    cmocka_unit_test(images),     cmocka_unit_test(fastcgi), cmocka_unit_test(mistakes),
	    cmocka_unit_test(body_file),
	};
	return cmocka_run_group_tests_name("command_file", tests, NULL, NULL);
}
