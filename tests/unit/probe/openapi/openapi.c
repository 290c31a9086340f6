#include "unit.h"

#include <fcntl.h>
#include <stdio.h>

#include "os/fd.h"
#include "probe/openapi/bounds.h"
#include "probe/openapi/dump.h"

/* A document of tests/golden/openapi/FOLDER and the requests that it gives, in a file beside it. */
static void golden_one(const char *folder, const char *document, const char *requests,
		       const struct probe_openapi_options *options)
{
	CLEANUP_FREE char *path = mem_printf("%s/openapi/%s", getenv("SLIM_TEST_GOLDEN"), folder);
	CLEANUP_FD int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_BUF struct buf text = {0}, want = {0};
	assert_true(dir >= 0);
	assert_int_equal(fd_read_file(dir, document, 1 << 20, &text, NULL), 0);
	CLEANUP_FREE char *got = dump_script(text.data, text.len, dir, options);
	if (fd_read_file(dir, requests, 1 << 20, &want, NULL) < 0 || strcmp(got, want.data) != 0)
		fputs(got, stderr);
	assert_string_equal(got, want.data);
}

/* A document of these paths and further members, single quotes for double ones: its requests. */
static void paths_one(const char *paths, const char *more, const struct probe_openapi_options *options,
		      const char *want)
{
	CLEANUP_FREE char *text = mem_printf("{'openapi':'3.0.4','paths':{%s}%s}", paths, more);
	CLEANUP_FREE char *json = quoted(text);
	CLEANUP_FREE char *got = dump_script(json, strlen(json), -1, options);
	assert_string_equal(got, want);
}

static const struct probe_openapi_options usual;

static void petstore(void **state)
{
	CLEANUP_STRLIST struct strlist credentials = {0};
	strlist_add(&credentials, "token=");
	strlist_add(&credentials, "login=jo:a:b${c}");
	golden_one(".", "petstore3.json", "petstore3.requests", &usual);
	golden_one(".", "petstore2.json", "petstore2.requests",
		   &(struct probe_openapi_options){.credentials = &credentials, .expects = true});
}

static void parts_in_files(void **state)
{
	golden_one("split", "openapi.json", "requests", &usual);
}

/* As a user has them: every route is reached. */
static void documents_of_services(void **state)
{
	const struct probe_openapi_options o = {.expects = true};
	golden_one("../../bench/openapi", "py-flask.yaml", "../../golden/openapi/py-flask.requests", &o);
	golden_one("../../bench/openapi", "node-express.json", "../../golden/openapi/node-express.requests", &o);
}

static void parameters(void **state)
{
	static const char form[] =
	    "'/q':{'get':{'parameters':[{'in':'%s','name':'p','required':true,'style':'%s','explode':"
	    "%s,'schema':{'enum':[%s]}}]}}";
	static const char list[] = "['a b','c','d/e']", object[] = "{'R':100,'G':'x&y'}";
	static const struct {
		const char *in, *style, *explode, *value, *want;
	} rows[] = {
	    {"query", "form", "true", list, "?p=a%20b&p=c&p=d%2Fe"},
	    {"query", "form", "false", list, "?p=a%20b,c,d%2Fe"},
	    {"query", "spaceDelimited", "false", list, "?p=a%20b%20c%20d%2Fe"},
	    {"query", "pipeDelimited", "false", list, "?p=a%20b%7Cc%7Cd%2Fe"},
	    {"query", "form", "true", object, "?R=100&G=x%26y"},
	    {"query", "form", "false", object, "?p=R,100,G,x%26y"},
	    {"query", "deepObject", "true", object, "?p%5BR%5D=100&p%5BG%5D=x%26y"},
	    {"query", "form", "true", "true", "?p=true"},
	    {"query", "form", "true", "''", "?p="},
	    {"query", "form", "true", "'${x}\\u00e4'", "?p=%24%7Bx%7D%C3%A4"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP_FREE char *paths = mem_printf(form, rows[i].in, rows[i].style, rows[i].explode, rows[i].value);
		CLEANUP_FREE char *want = mem_printf("GET /q%s\n", rows[i].want);
		paths_one(paths, "", &usual, want);
	}
	paths_one("'/q':{'get':{'parameters':[{'in':'query','name':'p','content':{'application/"
		  "json':{'example':{'a':1}}}}]}}",
		  "", &usual, "GET /q\nGET /q?p=%7B%22a%22%3A1%7D\n");
	paths_one("'/q':{'get':{'parameters':[{'in':'query','name':'p','allowReserved':true,'example':'a/b?c&d'}]}}",
		  "", &usual, "GET /q\nGET /q?p=a/b?c%26d\n");
	paths_one("'/q':{'get':{'parameters':[{'in':'header','name':'X-P','example':['a','b']},"
		  "{'in':'header','name':'X-Q','explode':true,'example':{'a':1,'b':'${x}'}},"
		  "{'in':'header','name':'Accept','example':'a'},{'in':'header','name':'X-R','example':'a\\r\\nb'},"
		  "{'in':'cookie','name':'c','example':1},{'in':'cookie','name':'d','example':'e'},{'in':'body'}]}}",
		  "", &usual, "GET /q\nGET /q\n  X-P: a,b\n  X-Q: a=1,b=$${x}\n  Cookie: c=1; d=e\n");
}

static void parameters_of_paths(void **state)
{
	static const char form[] =
	    "'/a/{p}/z':{'get':{'parameters':[{'in':'path','name':'p','required':true,'style':'%s',"
	    "'explode':%s,'schema':{'enum':[%s]}}]}}";
	static const char list[] = "['a b','c']", object[] = "{'R':100,'G':2}";
	static const struct {
		const char *style, *explode, *value, *want;
	} rows[] = {
	    {"simple", "false", list, "a%20b,c"},          {"simple", "true", object, "R=100,G=2"},
	    {"simple", "false", object, "R,100,G,2"},      {"label", "false", list, ".a%20b,c"},
	    {"label", "true", list, ".a%20b.c"},           {"label", "true", object, ".R=100.G=2"},
	    {"matrix", "false", list, ";p=a%20b,c"},       {"matrix", "true", list, ";p=a%20b;p=c"},
	    {"matrix", "true", object, ";R=100;G=2"},      {"matrix", "false", object, ";p=R,100,G,2"},
	    {"simple", "false", "'a/../b'", "a%2F..%2Fb"}, {"simple", "false", "''", "1"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP_FREE char *paths = mem_printf(form, rows[i].style, rows[i].explode, rows[i].value);
		CLEANUP_FREE char *want = mem_printf("GET /a/%s/z\n", rows[i].want);
		paths_one(paths, "", &usual, want);
	}
	paths_one("'/a b/{unknown}/{x}.{y}':{'parameters':[{'in':'path','name':'y','schema':{'enum':['j','k']}},"
		  "{'in':'path','name':'x','schema':{'type':'integer'}}],'get':{}}",
		  "", &usual, "GET /a%20b/1/1.j\nGET /a%20b/1/1.k\n");
}

static void bodies(void **state)
{
	paths_one(
	    "'/b':{'post':{'requestBody':{'content':{"
	    "'text/plain':{'schema':{'type':'string'}},"
	    "'application/octet-stream':{'schema':{'type':'string','format':'binary'}},"
	    "'image/gif':{'schema':{'type':'string','format':'binary'}},"
	    "'application/xml':{'example':'<a>${x}</a>'},"
	    "'application/vnd.x+json':{'examples':{'one':{'value':{'a':1}},'two':{'value':{'a':2}}}},"
	    "'application/json':{'examples':{'one':{'value':{'a':'${x}'}},'two':{'$ref':'#/components/examples/two'}}},"
	    "'application/x-www-form-urlencoded':{'schema':{'properties':{'a':{'enum':['x y']},"
	    "'b':{'properties':{'c':{'type':'integer'}}},'d':{'items':{'type':'integer'},'minItems':2}}}}"
	    "}}}}",
	    ",'components':{'examples':{'two':{'value':[1,2.5,null]}}}", &usual,
	    "POST /b\n  Content-Type: application/json\n  {\"a\":\"$${x}\"}\n"
	    "POST /b\n  Content-Type: application/json\n  [1,2.5,null]\n"
	    "POST /b\n  Content-Type: application/x-www-form-urlencoded\n  a=x%20y&b%5Bc%5D=1&d=1&d=1\n"
	    "POST /b\n  Content-Type: application/vnd.x+json\n  {\"a\":1}\n"
	    "POST /b\n  Content-Type: text/plain\n  string\n"
	    "POST /b\n  Content-Type: application/octet-stream\n  slim\n"
	    "POST /b\n  Content-Type: image/gif\n  GIF89a\x01\n"
	    "POST /b\n  Content-Type: application/xml\n  <a>$${x}</a>\n");
	paths_one("'/b':{'post':{'requestBody':{'content':{'application/xml':{'schema':{'type':'object'}}}}}}", "",
		  &usual,
		  "POST /b\nnote api-body-not-made: doc: slim cannot make request bodies of type application/xml: give "
		  "such requests an example that is a string\n");
}

static void order(void **state)
{
	paths_one(
	    "'/users/{u}/posts/{id}':{'delete':{},'get':{}},'/users/{u}':{'delete':{},'put':{}},"
	    "'/users/{user}/posts':{'post':{},'get':{}},'/logout':{'post':{}},'/users':{'get':{},'post':{}},"
	    "'/files/{name}':{'get':{},'put':{}},'/signup':{'post':{}},'/login':{'post':{}},'/settings':{'put':{}}",
	    "", &usual,
	    "POST /signup\nPOST /users\n  id1 = segment Location to json /u (21)\nPOST /login\nPUT /files/1\n"
	    "POST /users/${id1:-1}/posts\n  id2 = segment Location to json /id (16)\nGET /users\nGET /files/1\n"
	    "GET /users/${id1:-1}/posts\nGET /users/${id1:-1}/posts/${id2:-1}\nPUT /settings\nPUT /users/${id1:-1}\n"
	    "DELETE /users/${id1:-1}/posts/${id2:-1}\nDELETE /users/${id1:-1}\nPOST /logout\n");
}

static void ids(void **state)
{
	static const char id[] = "'parameters':[{'in':'path','name':'id','schema':{'type':'string'}}]";
	CLEANUP_FREE char *lists = mem_printf("'/cats/{id}':{'get':{%s}},'/cats':{'get':{}}", id);
	paths_one(lists, "", &usual,
		  "GET /cats\n  id1 = json /results/0/_id to json /0/id (15)\nGET /cats/${id1:-1}\n");
	/* nobody makes it */
	CLEANUP_FREE char *alone = mem_printf("'/cats/{id}':{'get':{%s}}", id);
	paths_one(alone, "", &usual, "GET /cats/1\n");
	/* the author's links */
	paths_one(
	    "'/a':{'post':{'responses':{'201':{'links':{'x':{'operationId':'b','parameters':{'query.q':"
	    "'$response.header.X-Id','r':'$response.body#/r/0'}}}}}}},"
	    "'/b':{'get':{'operationId':'b','parameters':[{'in':'query','name':'q','required':true,'example':'e f'},"
	    "{'in':'query','name':'r','required':true}]}}",
	    "", &usual,
	    "POST /a\n  link1 = header X-Id\n  link2 = json /r/0\nGET /b?q=${link1:-e%20f}&r=${link2:-1}\n");
}

static void servers(void **state)
{
	static const struct {
		const char *servers, *base, *want;
	} rows[] = {
	    {"[]", NULL, "/x"},
	    {"[{'url':'/'}]", NULL, "/x"},
	    {"[{'url':'/v1/'},{'url':'/v2'}]", NULL, "/v1/x"},
	    {"[{'url':'v1'}]", NULL, "/v1/x"},
	    {"[{'url':'https://h:{port}/v{n}?q#f','variables':{'port':{'default':'1'},'n':{'enum':['7']}}}]", NULL,
	     "/v7/x"},
	    {"[{'url':'//h'}]", NULL, "/x"},
	    {"[{'url':'/v1'}]", "/other", "/other/x"},
	    {"[{'url':'/v1'}]", "", "/x"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP_FREE char *more = mem_printf(",'servers':%s", rows[i].servers);
		CLEANUP_FREE char *want = mem_printf("GET %s\n", rows[i].want);
		paths_one("'/x':{'get':{}}", more, &(struct probe_openapi_options){.base = rows[i].base}, want);
	}
	paths_one("'/x':{'get':{'servers':[{'url':'/op'}]},'head':{},'servers':[{'url':'/item'}]}", "", &usual,
		  "GET /op/x\nHEAD /item/x\n");
}

static void credentials(void **state)
{
	static const char paths[] =
	    "'/a':{'get':{'security':[{'k':[]}]}},'/b':{'get':{'security':[{'q':[],'c':[]}]}},"
	    "'/c':{'get':{}},'/d':{'get':{'security':[]}},'/e':{'get':{'security':[{'d':[]},{}]}}";
	static const char more[] =
	    ",'security':[{'unknown':[]},{'bearer':[]}],'components':{'securitySchemes':{"
	    "'k':{'type':'apiKey','in':'header','name':'X-Key'},'q':{'type':'apiKey','in':'query','name':'key'},"
	    "'c':{'type':'apiKey','in':'cookie','name':'sid'},'bearer':{'type':'http','scheme':'Bearer'},"
	    "'d':{'type':'http','scheme':'Digest'},'unknown':{'type':'mutualTLS'}}}";
	CLEANUP_STRLIST struct strlist given = {0};
	strlist_add(&given, "k=one");
	strlist_add(&given, "q=t&o==");
	strlist_add(&given, "c=three");
	const struct probe_openapi_options o = {.credentials = &given};
	paths_one(paths, more, &o,
		  "GET /a\n  X-Key: one\nGET /b?key=t%26o%3D%3D\n  Cookie: sid=three\nGET /c\nGET /d\nGET /e\n"
		  "note api-credentials-missing: doc: 1 requests are sent without the credentials that they need "
		  "(unknown): give them with --http-probe-apispec-auth [SCHEME=]VALUE\n");
	strlist_add(&given, "bearer=abc=");
	strlist_add(&given, "d=xyz");
	paths_one(
	    paths, more, &o,
	    "GET /a\n  X-Key: one\nGET /b?key=t%26o%3D%3D\n  Cookie: sid=three\nGET /c\n  bearer abc=\nGET /d\nGET /e\n"
	    "  Authorization: Digest xyz\n");
	/* no secret is in what a step is called */
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	CLEANUP_FREE char *text = mem_printf("{'openapi':'3.0.4','paths':{%s}%s}", paths, more), *json = quoted(text);
	assert_int_equal(probe_openapi_read(json, strlen(json), "doc", -1, &o, &s, &notes, NULL), 0);
	assert_string_equal(s.requests[1].name, "GET /b");
}

static void what_is_refused(void **state)
{
	static const char *const rows[][2] = {
	    {"[]", "api-document-malformed"},
	    {"", "yaml-malformed"},
	    {"text", "api-document-malformed"},
	    {"{", "json-malformed"},
	    {"{'openapi':'2.0','paths':{}}", "api-document-malformed"},
	    {"{'openapi':'3.0.0'}", "api-document-malformed"},
	    {"{'openapi':'3.0.0','paths':{'a':{'get':{}}}}", "api-document-malformed"},
	    {"{'openapi':3,'paths':{'/a':{'get':{}}}}", "api-document-malformed"},
	    {"{'swagger':'1.2','paths':{'/a':{'get':{}}}}", "api-document-malformed"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CLEANUP_FREE char *json = quoted(rows[i][0]), *got = dump_script(json, strlen(json), -1, &usual);
		got[strcspn(got, ":")] = '\0';
		assert_string_equal(got, rows[i][1]);
	}
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;
	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

static void what_is_too_much(void **state)
{
	CLEANUP_BUF struct buf paths = {0};
	for (int i = 0; i < 2100; i++)
		buf_printf(&paths,
			   "%s'/p%d':{'get':{'parameters':[{'in':'query','name':'q','schema':{'enum':[1,2,3]}}]}}",
			   i ? "," : "", i);
	CLEANUP_FREE char *text = mem_printf("{'openapi':'3.0.4','paths':{%s}}", paths.data), *json = quoted(text);
	CLEANUP_FREE char *got = dump_script(json, strlen(json), -1, &usual);
	assert_int_equal(count_of(got, "GET /p"), 4000);
	assert_non_null(strstr(got, "note api-operations-left-out: doc: 100 operations are not tried"));

	/* a body, and a path */
	char *large = mem_alloc(PROBE_OPENAPI_BODY + 3);
	memset(large, 'x', PROBE_OPENAPI_BODY + 2);
	CLEANUP_FREE char *more =
	    mem_printf("{'openapi':'3.0.4','paths':{'/a':{'post':{'requestBody':{'content':{"
		       "'application/json':{'example':'%s'}}}}},'/b':{'get':{}},'/%s':{'get':{}}}}",
		       large, large);
	free(large);
	CLEANUP_FREE char *second = quoted(more), *rest = dump_script(second, strlen(second), -1, &usual);
	assert_string_equal(rest,
			    "POST /a\nGET /b\nnote api-requests-left-out: doc: 2 requests are left out: a path is "
			    "longer than 8192 bytes, one is larger than 1048576 bytes, or all together are larger "
			    "than 67108864\n");
}

/* As people write it: numbers and dates without quotes, anchors. */
static void yaml(void **state)
{
	static const char text[] =
	    "# comment\nswagger: 2.0\nbasePath: /v1\npaths:\n  /day/{day}:\n    get:\n"
	    "      parameters:\n        - {name: day, in: path, required: true, type: string, "
	    "default: 2024-02-03}\n        - &n {name: n, in: query, type: integer, enum: [1, 2]}\n"
	    "      responses:\n        200: {description: ok}\n  /n:\n    get: {parameters: [*n]}\n";
	CLEANUP_FREE char *got = dump_script(text, strlen(text), -1, &(struct probe_openapi_options){.expects = true});
	assert_string_equal(got, "GET /v1/n\nGET /v1/n?n=1\nGET /v1/n?n=2\n"
				 "GET /v1/day/2024-02-03\n  status 200 to 200\nGET /v1/day/2024-02-03?n=1\n"
				 "  status 200 to 200\nGET /v1/day/2024-02-03?n=2\n  status 200 to 200\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(petstore),
	    cmocka_unit_test(parts_in_files),
	    cmocka_unit_test(documents_of_services),
	    cmocka_unit_test(parameters),
	    cmocka_unit_test(parameters_of_paths),
	    cmocka_unit_test(bodies),
	    cmocka_unit_test(order),
	    cmocka_unit_test(ids),
	    cmocka_unit_test(servers),
	    cmocka_unit_test(credentials),
	    cmocka_unit_test(what_is_refused),
	    cmocka_unit_test(what_is_too_much),
	    cmocka_unit_test(yaml),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
