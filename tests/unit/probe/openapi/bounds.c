#include "unit.h"

#include <sys/resource.h>
#include <time.h>

#include "probe/openapi/dump.h"

#define PATHS 500
/* Of the CPU, and bytes of memory; without bounds it is minutes, or gigabytes. */
#define SECONDS 60
#define MEMORY (1l << 30)

static const struct probe_openapi_options usual;

/* Appends text n times, a comma between two. */
static void put(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "," : "", text);
}

/* Appends members "k0", "k1", ... that have this value. */
static void put_members(struct buf *b, const char *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s'k%zu':%s", i ? "," : "", i, value);
}

/* Reads the document, single quotes for double ones; that must end soon. The requests and notes; free() */
static char *read_soon(const char *what, const struct buf *document)
{
	CLEANUP_FREE char *json = quoted(document->data);
	const clock_t began = clock();
	struct rusage used;
	char *got = dump_script(json, strlen(json), -1, &usual);
	const long seconds = (clock() - began) / CLOCKS_PER_SEC;
	assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
	if (seconds > SECONDS || used.ru_maxrss > MEMORY / 1024)
		fail_msg("%s: %ld s, %ld KiB", what, seconds, used.ru_maxrss);
	return got;
}

/* Many operations that share one item of a path, method and all. */
static void shared_one(const char *what, const char *version, const struct buf *item, const struct buf *components)
{
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "{%s,'x':{%s},'i':{%s},'paths':{", version, components->data ? components->data : "",
		   item->data);
	for (int i = 0; i < PATHS; i++)
		buf_printf(&b, "%s'/p%d':{'$ref':'#/i'}", i ? "," : "", i);
	buf_str(&b, "}}");
	CLEANUP_FREE char *got = read_soon(what, &b);
	assert_true(strstr(got, "/p0") || strstr(got, "note api-document-too-complex"));
}

static const char three[] = "'openapi':'3.0.4'", two[] = "'swagger':'2.0'";

static void many_parameters_of_a_path(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "{%s,'paths':{'/a':{'get':{}},'/", three);
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "{a%d}/", i);
	buf_str(&b, "':{'get':{}}}}");
	CLEANUP_FREE char *got = read_soon("parameters", &b);
	assert_non_null(strstr(got, "note api-requests-left-out: doc: 1 requests"));
}

static void a_long_server(void **state)
{
	CLEANUP_BUF struct buf item = {0};
	buf_str(&item, "'servers':[{'url':'/");
	for (int i = 0; i < 1500000; i++)
		buf_char(&item, '{');
	buf_str(&item, "'}],'get':{}");
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "{%s,'paths':{'/a':{'servers':[{'url':'/b'}],'get':{}},'/p0':{%s}}}", three, item.data);
	CLEANUP_FREE char *got = read_soon("server", &b);
	assert_non_null(strstr(got, "GET /b/a\nnote api-requests-left-out: doc: 1 requests"));
}

static void many_examples(void **state)
{
	CLEANUP_BUF struct buf item = {0}, none = {0};
	buf_str(&item, "'post':{'requestBody':{'content':{'application/json':{'examples':{");
	put_members(&item, "{'value':1}", 150000);
	buf_str(&item, "}}}}}");
	shared_one("examples", three, &item, &none);
}

static void many_fields_of_a_form(void **state)
{
	CLEANUP_BUF struct buf item = {0}, none = {0};
	buf_str(&item, "'parameters':[");
	for (int i = 0; i < 5000; i++)
		buf_printf(&item, "%s{'in':'formData','name':'f%d','type':'file'}", i ? "," : "", i);
	buf_str(&item, "],'post':{}");
	shared_one("fields", two, &item, &none);
}

static void many_parts(void **state)
{
	CLEANUP_BUF struct buf item = {0};
	buf_str(&item, "'post':{'requestBody':{'content':{'multipart/form-data':{'example':{");
	put_members(&item, "''", 100000);
	buf_str(&item, "}}}}}");
	CLEANUP_BUF struct buf b = {0};
	buf_printf(&b, "{%s,'paths':{'/a':{'get':{}},'/p0':{%s}}}", three, item.data);
	CLEANUP_FREE char *got = read_soon("parts", &b);
	assert_non_null(strstr(got, "note api-requests-left-out: doc: 1 requests"));
}

static void schemas_that_have_no_value(void **state)
{
	CLEANUP_BUF struct buf item = {0}, x = {0};
	buf_str(&item, "'get':{'parameters':[");
	for (int i = 0; i < 90; i++)
		buf_printf(&item, "%s{'in':'query','name':'q%d','schema':{'$ref':'#/x/s'}}", i ? "," : "", i);
	buf_str(&item, "]}");
	buf_str(&x, "'s':{'type':'string','allOf':[");
	put(&x, "false", 200000);
	buf_str(&x, "]}");
	shared_one("schemas", three, &item, &x);
}

static void long_patterns(void **state)
{
	CLEANUP_BUF struct buf item = {0}, x = {0};
	buf_str(&item, "'get':{'parameters':[{'in':'query','name':'q','schema':{'$ref':'#/x/s'}}]}");
	buf_str(&x, "'s':{'type':'string','pattern':'b");
	for (int i = 0; i < 10000; i++)
		buf_str(&x, "|a{4096}");
	buf_str(&x, "'}");
	shared_one("patterns", three, &item, &x);
}

static void long_references(void **state)
{
	CLEANUP_BUF struct buf item = {0}, x = {0};
	buf_str(&item, "'get':{'parameters':[");
	for (int i = 0; i < 90; i++)
		buf_printf(&item, "%s{'in':'query','name':'q%d','schema':{'$ref':'#/x/s'}}", i ? "," : "", i);
	buf_str(&item, "]}");
	buf_str(&x, "'s':{'$ref':'#");
	for (int i = 0; i < 500000; i++)
		buf_str(&x, "/x");
	buf_str(&x, "'}");
	shared_one("references", three, &item, &x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_parameters_of_a_path),
	    cmocka_unit_test(a_long_server),
	    cmocka_unit_test(many_examples),
	    cmocka_unit_test(many_fields_of_a_form),
	    cmocka_unit_test(many_parts),
	    cmocka_unit_test(schemas_that_have_no_value),
	    cmocka_unit_test(long_patterns),
	    cmocka_unit_test(long_references),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
