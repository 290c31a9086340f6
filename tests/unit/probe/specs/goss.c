#include "probe/script/shown.h"

#include <unistd.h>

#include "os/fd.h"
#include "probe/specs/goss.h"

static void reads_one(const char *text, const char *commands, const char *requests, const char *note)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script r = {0};
	CLEANUP_NOTES struct notes notes = {0};
	CLEANUP_BUF struct buf got = {0};
	struct err e = {0};
	if (probe_goss_parse(text, strlen(text), "f", &s, &r, &notes, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	buf_append(&got, "", 0);
	for (size_t i = 0; i < s.count; i++) {
		buf_printf(&got, "%s: %s %d\n", s.commands[i].what, s.commands[i].argv.items[2], s.commands[i].status);
		for (size_t j = 0; j < s.commands[i].n_outputs; j++)
			buf_printf(&got, "  %s%s\n", s.commands[i].outputs[j].fails ? "not " : "",
				   s.commands[i].outputs[j].pattern);
	}
	assert_string_equal(got.data, commands);
	assert_script(&r, requests);
	assert_int_equal(notes.count, note ? 1 : 0);
	if (note)
		assert_string_equal(notes.items[0].text, note);
}

static void refuses_one(const char *text, const char *says)
{
	CLEANUP_PROBE_SPEC struct probe_spec s = {0};
	CLEANUP_PROBE_SCRIPT struct probe_script r = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err e = {0};
	assert_true(probe_goss_parse(text, strlen(text), "f", &s, &r, &notes, &e) < 0);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void commands(void **state)
{
	reads_one("command:\n"
		  "  go version:\n    exit-status: 0\n    stdout: [go1.2, '!rc', '/v\\d+/', '!/x|y/', '\\!z']\n    "
		  "stderr: []\n"
		  "  named: {exec: 'exit 3', exit-status: 3, stdout: out}\n"
		  "  left out: {skip: true}\n  also left out: {exec: false, skip: true}\n",
		  "go version: go version 0\n  go1\\.2\n  not rc\n  v[0-9]+\n  not x|y\n  !z\nnamed: exit 3 3\n  out\n",
		  "", NULL);
	reads_one("command:\n  a: {exit-status: {or: [0, 1]}, stdout: [{have-len: 3}, '/(?i)x/'], stderr: [x]}\n",
		  "a: a -1\n", "", "f: slim does not run its checks of the type matcher or expression (4)");
}

static void requests(void **state)
{
	reads_one(
	    "http:\n"
	    "  http://localhost:8080/a?b: {status: 200, timeout: 500, allow-insecure: true}\n"
	    "  https://shop.example/c:\n    status: 401\n    method: PUT\n    request-headers: ['A: b']\n    "
	    "request-body: x\n"
	    "    username: u\n    password: p\n    body: ['/ok$/']\n    headers: ['Content-Type: text/html']\n"
	    "  d: {url: 'http://127.0.0.1/d', status: 302, no-follow-redirects: true}\n",
	    "",
	    "GET /a?b\n  scheme http\n  port 8080\n  status 200-200\n  status 300-399\n  timeout 500\n"
	    "PUT /c\n  scheme https\n  host shop.example\n  port 443\n  header A: b\n  body x\n  user u\n  password p\n"
	    "  status 401-401\n  check header Content-Type ~ text/html\n  check body - ~ ok$\n"
	    "GET /d\n  scheme http\n  port 80\n  status 302-302\n",
	    NULL);
	reads_one(
	    "http:\n  http://localhost/: {status: 200}\nfile:\n  /etc/passwd: {exists: true}\n  /x: {exists: false}\n",
	    "", "GET /\n  scheme http\n  port 80\n  status 200-200\n  status 300-399\n",
	    "f: slim does not run its checks of the type file (2)");
}

static void mistakes(void **state)
{
	refuses_one("[]", "a mapping of kinds");
	refuses_one("port:\n  tcp:80: {listening: true}\n", "no check that slim can run");
	refuses_one("command:\n  '{{.Env.A}}': {exit-status: 0}\n", "goss render");
	refuses_one("command: [a]\n", "f, line 1: \"command\" is not a mapping");
	refuses_one("http:\n  localhost: {status: 200}\n", "\"localhost\": ");
	refuses_one("http:\n  http://a/: {status: 200, request-headers: [x]}\n", "\"x\" is not a header");
	refuses_one("http:\n  http://a/: {status: 99}\n", "status that is not between");
	refuses_one("a: b: c", "line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(commands), cmocka_unit_test(requests),
					   cmocka_unit_test(mistakes)};
	return cmocka_run_group_tests_name("goss", tests, NULL, NULL);
}
