#include "unit.h"

#include "base/mem.h"
#include "probe/probe.h"

/* want: "[crawl ]SCHEME METHOD PATH", SCHEME - where none is said; or the message. */
static void parse_one(const char *text, const char *want)
{
	struct probe_http_request q = {0};
	struct err err = {0};
	int r = probe_http_request_parse(text, &q, &err);
	CLEANUP_FREE char *got =
	    r < 0 ? mem_strdup(err.msg)
		  : mem_printf("%s%s %s %s", q.crawl ? "crawl " : "", q.scheme ? q.scheme : "-", q.method, q.path);
	free(q.path);
	assert_string_equal(got, want);
}

static void as_docker_slim_has_them(void **state)
{
	parse_one("/", "- GET /");
	parse_one("/a:b?c=d:e", "- GET /a:b?c=d:e");
	parse_one("post:/a", "- POST /a");
	parse_one("https:HEAD:/a", "https HEAD /a");
	parse_one("http::/a", "http GET /a");
	parse_one(":/a", "- GET /a");
	parse_one("crawl:/a", "crawl - GET /a");
	parse_one("crawl:https:GET:/a", "crawl https GET /a");
}

static void mistakes(void **state)
{
	static const char form[] = "a request is [crawl:][http:|https:][METHOD:]/PATH, not \"%s\"";
	static const char *const bad[] = {"", "a", "GET", "GET:", "GET:a/b", "GET /a"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP_FREE char *want = mem_printf(form, bad[i]);
		parse_one(bad[i], want);
	}
	parse_one("FETCH:/a",
		  "\"FETCH\" is neither a method (GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS) nor http or "
		  "https in \"FETCH:/a\"");
	parse_one("GET:crawl:/a",
		  "\"crawl\" is neither a method (GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS) nor http "
		  "or https in \"GET:crawl:/a\"");
	parse_one("/a b", "a path has no blanks: write them as %20 in \"/a b\"");
	parse_one("/a\r\nX: y", "a path has no blanks: write them as %20 in \"/a\r\nX: y\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_docker_slim_has_them),
	    cmocka_unit_test(mistakes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
