#include "probe/script/shown.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fd.h"
#include "probe/file/probe_file.h"

#define HEAD "schema: slim.probe/v1\nrequests:\n"

static void reads_one(const char *text, const char *want)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct err e = {0};
	if (probe_file_parse(text, strlen(text), "dir/f.yaml", -1, &s, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
	assert_script(&s, want);
}

static void refuses_one(const char *text, const char *says)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct err e = {0};
	if (probe_file_parse(text, strlen(text), "f", -1, &s, &e) == 0)
		fail_msg("%s is taken", text);
	if (!strstr(e.msg, says))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.msg, says);
}

static void short_forms(void **state)
{
	reads_one(HEAD "- GET /health\n- /about\n- post /x\n- PROPFIND   /dav\n",
		  "GET /health\nGET /about\nPOST /x\nPROPFIND /dav\n");
	reads_one(HEAD "- get: /a\n- head: /b\n- put: /c\n- delete: /d\n- path: /e\n- {method: purge, path: /f}\n",
		  "GET /a\nHEAD /b\nPUT /c\nDELETE /d\nGET /e\nPURGE /f\n");
	reads_one("{\"schema\":\"slim.probe/v1\",\"requests\":[\"/\",{\"get\":\"/a\",\"expect\":200}]}",
		  "GET /\nGET /a\n  status 200-200\n");
	reads_one(HEAD "- get: /search?a=1\n  query: {q: a b&c, n: [1, 2], id: '${id}'}\n",
		  "GET /search?a=1&q=a%20b%26c&n=1&n=2&id=${id}\n");
	reads_one(HEAD "- {get: /docs, crawl: true, name: the docs, repeat: 3, concurrency: 2, timeout: 1.5}\n",
		  "GET /docs\n  name the docs\n  crawl yes\n  repeat 3\n  concurrency 2\n  timeout 1500\n");
}

static void where_it_goes(void **state)
{
	reads_one(HEAD "- {get: /, scheme: https, host: www.example.com, port: 8443, protocol: http2}\n",
		  "GET /\n  scheme https\n  host www.example.com\n  port 8443\n  protocol http2\n");
	reads_one(
	    HEAD "- {get: /, headers: {Accept: a/b, X: [1, true], HOST: h}}\n- {get: /, headers: ['A: b', 'A: c']}\n",
	    "GET /\n  host h\n  header Accept: a/b\n  header X: 1\n  header X: true\nGET /\n  header A: b\n  header "
	    "A: c\n");
	reads_one(HEAD "- {get: /, socket: /run/web.sock}\n", "GET /\n  socket /run/web.sock\n");
	reads_one("schema: slim.probe/v1\ndefaults: {socket: /s}\n"
		  "requests:\n- /a\n- {get: /b, port: 80}\n- {get: /c, socket: /t}\n",
		  "GET /a\n  socket /s\nGET /b\n  port 80\nGET /c\n  socket /t\n");
	reads_one(HEAD "- {websocket: /chat, body: hello}\n", "GET /chat\n  protocol websocket\n  body hello\n");
	reads_one(
	    HEAD
	    "- {tcp: 6379, body: \"SET a\\e 1\\r\\n\", expect: {body: OK}}\n- {tcp: 25, name: hello}\n- {tcp: 25}\n",
	    "TCP /\n  name SET a\\x1b 1\n  port 6379\n  protocol tcp\n  body SET a\x1b 1\r\n\n  check body - ~ OK\n"
	    "TCP /\n  name hello\n  port 25\n  protocol tcp\nTCP /\n  name connect\n  port 25\n  protocol tcp\n");
	reads_one("schema: slim.probe/v1\ndefaults: {expect: 200, scheme: https}\nrequests:\n- {tcp: 25}\n",
		  "TCP /\n  name connect\n  scheme https\n  port 25\n  protocol tcp\n");
	reads_one(HEAD
		  "- {get: /, auth: {basic: {user: ann, password: 'a:b'}}}\n- {get: /, auth: {basic: 'ann:a:b'}}\n- "
		  "{get: /, auth: {bearer: '${token}'}}\n",
		  "GET /\n  user ann\n  password a:b\nGET /\n  user ann\n  password a:b\nGET /\n  bearer ${token}\n");
	reads_one(HEAD "- {get: /, cert: {file: c.pem, key: /keys/c.key}}\n",
		  "GET /\n  cert dir/c.pem\n  key /keys/c.key\n");
	reads_one(
	    HEAD "- {get: '/app/x.PHP/more?q', fastcgi: {root: /srv/, params: {A: 1}}}\n- {get: /, fastcgi: {}}\n",
	    "GET /app/x.PHP/more?q\n  protocol fastcgi\n  param DOCUMENT_ROOT=/srv\n  param "
	    "SCRIPT_NAME=/app/x.PHP\n  param SCRIPT_FILENAME=/srv/app/x.PHP\n  param PATH_INFO=/more\n  param A=1\n"
	    "GET /\n  protocol fastcgi\n  param DOCUMENT_ROOT=/var/www/html\n  param SCRIPT_NAME=/index.php\n  param "
	    "SCRIPT_FILENAME=/var/www/html/index.php\n  param PATH_INFO=\n");
}

static void defaults(void **state)
{
	reads_one(
	    "schema: slim.probe/v1\n"
	    "defaults:\n"
	    "  port: 8080\n"
	    "  headers: {Accept: a/b, X-Old: 1}\n"
	    "  auth: {bearer: t}\n"
	    "  expect: 2xx\n"
	    "requests:\n"
	    "- /a\n"
	    "- {get: /b, port: 81, headers: {accept: c/d, x-old: null}, auth: none, expect: {status: any, body: x}}\n"
	    "- {get: /c, auth: {basic: 'u:p'}}\n",
	    "GET /a\n  port 8080\n  header Accept: a/b\n  header X-Old: 1\n  bearer t\n  status 200-299\n"
	    "GET /b\n  port 81\n  header accept: c/d\n  check body - ~ x\n"
	    "GET /c\n  port 8080\n  header Accept: a/b\n  header X-Old: 1\n  user u\n  password p\n  status 200-299\n");
}

static void bodies(void **state)
{
	reads_one(HEAD "- {post: /, body: text}\n- {path: /, body: ''}\n", "POST /\n  body text\nPOST /\n  body \n");
	reads_one(HEAD "- {post: /, json: {b: [1, 2.5, null, 'x'], a: '${id}'}}\n- {put: /, json: [], headers: "
		       "{content-type: a/b}}\n",
		  "POST /\n  header Content-Type: application/json\n  body {\"b\":[1,2.5,null,\"x\"],\"a\":\"${id}\"}\n"
		  "PUT /\n  header content-type: a/b\n  body []\n");
	reads_one(
	    HEAD "- {post: /, form: {user: ann b, tags: [a, b], csrf: '${csrf}', raw: '$${x}'}}\n",
	    "POST /\n  header Content-Type: application/x-www-form-urlencoded\n  body user=ann%20b&tags=a&tags=b&csrf="
	    "${csrf}&raw=%24%7Bx%7D\n");
	reads_one(
	    HEAD "- {post: /, multipart: {title: x, f: {text: '{}', type: application/json, file_name: a.json}, g: "
		 "[{generate: text}, {generate: json, file_name: b}]}}\n",
	    "POST /\n  part title - -: x\n  part f a.json application/json: {}\n  part g file.txt text/plain: text "
	    "data\n  part g b application/json: {\"data\": \"text\"}\n");
	reads_one(HEAD "- {post: /, body_base64: 'YSR7Yn0='}\n", "POST /\n  body a$${b}\n");
	reads_one(HEAD "- {post: /, body_generate: json}\n",
		  "POST /\n  header Content-Type: application/json\n  body {\"data\": \"text\"}\n");
	refuses_one(HEAD "- {post: /, body: x, json: 1}\n", "line 3: a request has \"body\" or \"json\", not both");
	refuses_one(HEAD "- {post: /, body_generate: pdf}\n", "\"body_generate\" is text, json");
	refuses_one(HEAD "- {post: /, body_base64: '*'}\n", "not base64");
	refuses_one(HEAD "- {post: /, multipart: {}}\n", "has no part");
	refuses_one(HEAD "- {post: /, multipart: {a: {text: x, file: y}}}\n", "a part has one of");
	refuses_one(HEAD "- {post: /, body_file: x}\n", "files can't be named here");
	refuses_one(HEAD "- {post: /, form: [a]}\n", "\"form\" is a mapping");
	refuses_one(HEAD "- {post: /, form: {a: {b: c}}}\n", "\"a\" is not a string");
}

static void answers(void **state)
{
	reads_one(HEAD "- {get: /, expect: 200}\n- {get: /, expect: [200, 3xx, 400-404]}\n- {get: /, expect: any}\n",
		  "GET /\n  status 200-200\nGET /\n  status 200-200\n  status 300-399\n  status 400-404\nGET /\n");
	reads_one(
	    HEAD
	    "- get: /\n  expect:\n    status: 2xx\n    body: [hello, '^<']\n    json: {/a/0: x, /n: 1.5, /b: true, "
	    "/gone: null}\n    headers: {Content-Type: json}\n    not: {body: error, headers: {Server: '.'}}\n",
	    "GET /\n  status 200-299\n  check body - ~ hello\n  check body - ~ ^<\n  check json /a/0 ~ x\n  check json "
	    "/n ~ ^1[.]5$\n  check json /b ~ ^true$\n  check json /gone ~ ^$\n  check header Content-Type ~ json\n  "
	    "check not body - ~ error\n  check not header Server ~ .\n");
	reads_one(HEAD
		  "- get: /\n  capture: {a: /id, b: {json: /x/y}, c: {regex: 'id=([0-9]+)'}, d: {header: Location}, e: "
		  "{form: csrf}}\n",
		  "GET /\n  capture a from json /id\n  capture b from json /x/y\n  capture c from regex id=([0-9]+)\n  "
		  "capture d from header Location\n  capture e from form csrf\n");
	reads_one(HEAD "- {post: /, capture: {id: {segment: Location, optional: true}}}\n",
		  "POST /\n  capture id from segment Location if there\n");
	refuses_one(HEAD "- {get: /, expect: 2x}\n", "a status is 200, 2xx, 200-204 or any");
	refuses_one(HEAD "- {get: /, expect: {stat: 200}}\n",
		    "f, line 3: expect has no \"stat\"; it may have: status, body, json, headers, not");
	refuses_one(HEAD "- {get: /, expect: {body: {a: b}}}\n", "regular expression");
	refuses_one(HEAD "- {get: /, expect: 700}\n", "f: request 1: has a status that is not between");
	refuses_one(HEAD "- {get: /, capture: {a: b}}\n", "\"a\" is /a/json/pointer");
	refuses_one(HEAD "- {get: /, capture: {a: {}}}\n", "none of json");
	refuses_one(HEAD "- {get: /, capture: {a: {json: /a, header: b}}}\n", "more than one of json");
}

static void environment(void **state)
{
	setenv("SLIM_TEST_WORD", "s3${cret", 1);
	unsetenv("SLIM_TEST_NONE");
	reads_one(HEAD "- {get: '/${env:SLIM_TEST_NONE:-a}', auth: {bearer: '${env:SLIM_TEST_WORD}'}}\n",
		  "GET /a\n  bearer s3$${cret\n");
	reads_one(
	    HEAD "- {post: /, json: {a: ['${env:SLIM_TEST_WORD}', '$${env:X}']}}\n- GET /${env:SLIM_TEST_NONE:-}x\n",
	    "POST /\n  header Content-Type: application/json\n  body {\"a\":[\"s3$${cret\",\"$${env:X}\"]}\nGET /x\n");
	refuses_one(HEAD "- {get: /, auth: {basic: {user: a, password: '${env:SLIM_TEST_NONE}'}}}\n",
		    "line 3: the environment has no SLIM_TEST_NONE: set it, or write ${env:SLIM_TEST_NONE:-TEXT}");
}

static void mistakes(void **state)
{
	refuses_one(HEAD "- get: /\n  exepct: 200\n",
		    "f, line 4: a request has no \"exepct\"; it may have: get, head, post");
	refuses_one("schema: slim.probe/v1\nrequest: []\n",
		    "line 2: a probe file has no \"request\"; it may have: schema, name, defaults, requests");
	refuses_one("schema: slim.probe/v2\nrequests: [/]\n", "line 1: \"schema\" must be slim.probe/v1");
	refuses_one("requests: [/]\n", "\"schema\" must be slim.probe/v1");
	refuses_one("- /\n", "begins with schema");
	refuses_one("schema: slim.probe/v1\n", "\"requests\" is a list");
	refuses_one(HEAD "- http://localhost:8000/x\n", "is a URL: write its path");
	refuses_one(HEAD "- GET:/x\n", "docker-slim's form");
	refuses_one(HEAD "- health\n", "a path begins with a slash");
	refuses_one(HEAD "- {body: x}\n", "line 3: a request has no path");
	refuses_one(HEAD "- {get: /, post: /}\n", "has \"get\" or \"post\", not both");
	refuses_one(HEAD "- {get: /, websocket: /}\n", "has \"websocket\" or \"get\", not both");
	refuses_one(HEAD "- {get: /, method: GET}\n", "leave them out");
	refuses_one(HEAD "- {tcp: 25, get: /}\n", "a request of tcp has no \"get\"");
	refuses_one(HEAD "- {tcp: /}\n", "\"tcp\" is a number from 1 to 65535");
	refuses_one(HEAD "- {tcp: 25, expect: 200}\n", "an answer over tcp has no status");
	refuses_one(HEAD "- {tcp: 25, expect: {status: 200}}\n", "an answer over tcp has no status");
	refuses_one(HEAD "- 5\n", "a request is");
	refuses_one(HEAD "- {get: /, port: 1, socket: /s}\n", "a request has \"port\" or \"socket\", not both");
	refuses_one(HEAD "- {get: /, socket: run/s}\n", "\"run/s\" is not an absolute path of a socket");
	refuses_one(HEAD "- {get: /, port: 0}\n", "\"port\" is a number from 1 to 65535");
	refuses_one(HEAD "- {get: /, scheme: ftp}\n", "http or https");
	refuses_one(HEAD "- {get: /, protocol: spdy}\n", "not \"spdy\"");
	refuses_one(HEAD "- {get: /, timeout: 0}\n", "\"timeout\" is a number of seconds");
	refuses_one(HEAD "- {get: /, crawl: yes}\n", "true or false");
	refuses_one(HEAD "- {get: /, auth: {digest: x}}\n", "auth has no \"digest\"");
	refuses_one(HEAD "- {get: /, auth: x}\n", "\"auth\" is");
	refuses_one(HEAD "- {get: /, auth: {basic: x}}\n", "NAME:WORD");
	refuses_one(HEAD "- {get: /, cert: {key: x}}\n", "has no \"file\"");
	refuses_one(HEAD "- {get: /a b}\n", "is not a path");
	refuses_one(HEAD "- {get: /, headers: {A: \"x\\ny\"}}\n", "is not a header");
	refuses_one(HEAD "- {get: /, \"a\\eb\": 1}\n", "\"a\\x1bb\"");
	refuses_one("schema: slim.probe/v1\ndefaults: {get: /}\nrequests: [/]\n", "defaults has no \"get\"");
}

/* body_file and the parts of a form: out of the probe file's folder, and no other. */
static void files(void **state)
{
	char folder[] = "/tmp/slim-probe-file-XXXXXX";
	struct err e = {0};
	assert_non_null(mkdtemp(folder));
	CLEANUP_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *path = mem_printf("%s/probe/p.yaml", folder);
	static const char text[] =
	    HEAD "- {post: /, body_file: sub/a.txt}\n- {post: /, multipart: {f: {file: link}}}\n";
	assert_int_equal(fd_mkdir_p(dir, "probe/sub", 0755, &e), 0);
	assert_int_equal(fd_write_file_atomic(dir, "probe/sub/a.txt", "a${b}", 5, 0644, &e), 0);
	assert_int_equal(fd_write_file_atomic(dir, "out", "x", 1, 0644, &e), 0);
	assert_int_equal(symlinkat("sub/a.txt", dir, "probe/link"), 0);
	assert_int_equal(symlinkat("../out", dir, "probe/away"), 0);
	assert_int_equal(symlinkat("/etc/passwd", dir, "probe/absolute"), 0);
	assert_int_equal(fd_write_file_atomic(dir, "probe/p.yaml", text, strlen(text), 0644, &e), 0);
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	assert_int_equal(probe_file_read(path, &s, &e), 0);
	assert_script(&s, "POST /\n  body a$${b}\nPOST /\n  part f link application/octet-stream: a$${b}\n");
	static const char *const outside[] = {"../out", "away", "absolute", "/etc/passwd", "sub/../../out"};
	for (size_t i = 0; i < 5; i++) {
		CLEANUP_FREE char *other = mem_printf(HEAD "- {post: /, body_file: %s}\n", outside[i]);
		assert_int_equal(fd_write_file_atomic(dir, "probe/p.yaml", other, strlen(other), 0644, &e), 0);
		assert_int_equal(probe_file_read(path, &s, &e), -ERR_INVAL);
		assert_non_null(strstr(e.msg, "is not in the folder of the probe file"));
	}
	static const char missing[] = HEAD "- {post: /, body_file: none}\n",
			  folders[] = HEAD "- {post: /, body_file: sub}\n";
	assert_int_equal(fd_write_file_atomic(dir, "probe/p.yaml", missing, strlen(missing), 0644, &e), 0);
	assert_int_equal(probe_file_read(path, &s, &e), -ERR_INVAL);
	assert_non_null(strstr(e.msg, "No such file"));
	assert_int_equal(fd_write_file_atomic(dir, "probe/p.yaml", folders, strlen(folders), 0644, &e), 0);
	assert_int_equal(probe_file_read(path, &s, &e), -ERR_INVAL);
	assert_non_null(strstr(e.msg, "sub"));
	fd_remove_tree(AT_FDCWD, folder, NULL);
	assert_int_equal(probe_file_read(path, &s, &e), -ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(short_forms), cmocka_unit_test(where_it_goes), cmocka_unit_test(defaults),
	    cmocka_unit_test(bodies),      cmocka_unit_test(answers),       cmocka_unit_test(environment),
	    cmocka_unit_test(mistakes),    cmocka_unit_test(files),
	};
	return cmocka_run_group_tests_name("probe_file", tests, NULL, NULL);
}
