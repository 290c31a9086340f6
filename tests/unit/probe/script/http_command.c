#include "unit.h"

#include "probe/script/http_command.h"

/* want: "[crawl ]PROTOCOL SCHEME METHOD PATH[ BODY]", SCHEME - if none is said; or the message. */
static void read_one(const char *text, const char *want)
{
	static const char *const protocols[] = {"http", "http1", "http2", "websocket", "fastcgi"};
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_BUF struct buf got = {0};
	struct err err = {0};
	int r = probe_http_command_read(text, &s, &err);
	if (r == 0)
		r = probe_script_check(&s, 0, "--http-probe-cmd", &err);
	if (r < 0) {
		assert_int_equal(r, -ERR_INVAL);
		assert_string_equal(err.msg, want);
		return;
	}
	assert_int_equal(s.count, 1);
	const struct probe_request *q = &s.requests[0];
	buf_printf(&got, "%s%s %s %s %s", q->crawl ? "crawl " : "", protocols[q->protocol], q->scheme ? q->scheme : "-",
		   q->method, q->path);
	if (q->has_body)
		buf_printf(&got, " %s", q->body.data);
	assert_string_equal(got.data, want);
}

static void as_docker_slim_has_them(void **state)
{
	read_one("/", "http - GET /");
	read_one("/a:b?c=d:e", "http - GET /a:b?c=d:e");
	read_one("/a?u=http://x/y", "http - GET /a?u=http://x/y");
	read_one("post:/a", "http - POST /a");
	read_one("https:HEAD:/a", "http https HEAD /a");
	read_one("http:get:/health", "http http GET /health");
	read_one("http::/a", "http http GET /a");
	read_one("::/a", "http - GET /a");
	read_one(":/a", "http - GET /a");
	read_one("crawl:/v1/list?limit=5", "crawl http - GET /v1/list?limit=5");
	read_one("crawl:https:GET:/a", "crawl http https GET /a");
	read_one("http1:GET:/a", "http1 - GET /a");
	read_one("HTTP2:POST:/a", "http2 https POST /a");
	read_one("http2c:GET:/a", "http2 http GET /a");
	read_one("http2.insecure:GET:/info", "http2 - GET /info");
	read_one("ws:GET:/chat", "websocket http GET /chat ws.data");
	read_one("wss:/chat", "websocket https GET /chat ws.data");
	read_one("fastcgi:GET:/index.php", "fastcgi - GET /index.php");
}

static void a_url_is_not_sent(void **state)
{
	static const char not_so[] =
	    " is a URL, but a request does not name a host, and --http-probe-ports names the port: write "
	    "--http-probe-cmd ";
	static const struct {
		const char *url, *hint;
	} cases[] = {
	    {"http://localhost:8000/health/", "http:GET:/health/ --http-probe-ports 8000"},
	    {"https://example.org", "https:GET:/"},
	    {"http://[::1]/a?b=c", "http:GET:/a?b=c"},
	    {"GET:http://localhost/x", "http:GET:/x"},
	    {"ws://localhost:80/x", "ws:GET:/x --http-probe-ports 80"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_FREE char *want = mem_printf("\"%s\"%s%s", cases[i].url, not_so, cases[i].hint);
		read_one(cases[i].url, want);
	}
}

static void mistakes(void **state)
{
	static const char *const bad[] = {"", "GET", "GET:", "http:", "crawl:"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP_FREE char *want =
		    mem_printf("a request is [crawl:][PROTOCOL:][METHOD:]/PATH, not \"%s\"", bad[i]);
		read_one(bad[i], want);
	}
	read_one("GET /", "a colon separates method and path: write --http-probe-cmd GET:/, not \"GET /\"");
	read_one("post  /a", "a colon separates method and path: write --http-probe-cmd POST:/a, not \"post  /a\"");
	read_one("GET /a b", "a path cannot have blanks: write them as %20 in \"GET /a b\"");
	read_one("/a b", "a path cannot have blanks: write them as %20 in \"/a b\"");
	read_one("/a\r\nX: y", "a path cannot have blanks: write them as %20 in \"/a\r\nX: y\"");
	read_one("health", "a path begins with a slash: write --http-probe-cmd /health, not \"health\"");
	read_one("GET:a/b", "a path begins with a slash: write --http-probe-cmd GET:/a/b, not \"GET:a/b\"");
	read_one("FETCH:/a",
		 "\"FETCH\" is neither a method (GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS) nor a protocol "
		 "(http, https, http1, http2, http2c, http2.insecure, ws, wss, fastcgi) in \"FETCH:/a\"");
	read_one("GET:crawl:/a",
		 "\"crawl\" is neither a method (GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS) nor a protocol "
		 "(http, https, http1, http2, http2c, http2.insecure, ws, wss, fastcgi) in \"GET:crawl:/a\"");
	read_one("crawl:ws:/a", "a crawl takes http or https, not ws: \"crawl:ws:/a\"");
	read_one("/a\x7f",
		 "--http-probe-cmd: request 1: \"/a\x7f\" is not a path: it begins with a slash and has no blanks "
		 "(%20)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_slim_has_them),
	    cmocka_unit_test(a_url_is_not_sent),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
