#include "unit.h"

#include "net/test_server.h"
#include "probe/crawl/crawl.h"

static struct test_server server;
static bool is_slim;             /* the image that lacks a file */
static struct strlist requested; /* what the server was asked for */

static bool html(struct test_conn *c, const char *status, const char *text)
{
	return test_reply(c, status, "Content-Type: text/html\r\n", text, strlen(text));
}

static bool service(struct test_conn *c, const char *method, const char *path)
{
	strlist_add(&requested, path);
	if (strcmp(path, "/items") == 0)
		return is_slim ? html(c, "404 Not Found", "") : html(c, "200 OK", "<a href=/items/7>7</a>");
	if (strcmp(path, "/items/7") == 0)
		return html(c, "200 OK", "seven");
	if (strcmp(path, "/post") == 0)
		return html(c, "405 Method Not Allowed", "");
	if (strcmp(path, "/now") == 0) {
		CLEANUP_FREE char *text = mem_printf("request %zu", requested.count);
		return html(c, "200 OK", text);
	}
	if (strcmp(path, "/boom") == 0 || strcmp(path, "/file.bin") == 0)
		return html(c, "500 Oops", "");
	return html(c, "404 Not Found", "");
}

/* The steps that a crawl from a page without links logs. */
static char *crawl(struct probe_routes *routes, int no_page)
{
	struct net_answer answer = {.status = 200, .content_type = "text/html"};
	const struct net_exchange_peer peer = {.connect_timeout_ms = 60000};
	CLEANUP_NET_EXCHANGE_CLIENT struct net_exchange_client *client = net_exchange_client_new(&peer);
	struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	struct probe_crawl c = {
	    .site = {.target = &t,
		     .client = client,
		     .host = "127.0.0.1",
		     .port = server.port,
		     .scheme = "http",
		     .timeout_ms = 60000},
	    .max_pages = 10,
	    .max_depth = 3,
	    .until = UINT64_MAX,
	    .routes = routes,
	    .no_page = no_page,
	};
	struct exercise_log log = {0};
	struct buf b = {0};
	assert_int_equal(probe_crawl_run(&c, "/", &answer, &log, NULL), 0);
	for (size_t i = 0; i < log.count; i++)
		buf_printf(&b, "%s %d%s%s\n", log.steps[i].what, log.steps[i].status,
			   log.steps[i].wish == EXERCISE_WISH_GUESS ? " guess" : "",
			   *log.steps[i].answer.digest ? "" : " varies");
	for (size_t i = 0; i < log.notes.count; i++)
		buf_printf(&b, "%s\n", log.notes.items[i].id);
	exercise_log_done(&log);
	net_answer_done(&answer);
	return buf_steal(&b);
}

static void expect(struct probe_routes *routes, int no_page, const char *want)
{
	CLEANUP_FREE char *got = crawl(routes, no_page);
	assert_string_equal(got, want);
}

static void add_port(struct probe_routes *r)
{
	static const char *const paths[] = {"/items", "/nothing", "/post", "/boom", "/now", "/file.bin"};
	struct probe_routes_port *p = mem_alloc(sizeof(*p));
	probe_routes_init(r);
	p->port = server.port;
	for (size_t i = 0; i < 6; i++)
		strlist_add(&p->paths, paths[i]);
	p->n_named = 5; /* the last is that of a file */
	r->ports = mem_grow(r->ports, 0, &r->cap, sizeof(struct probe_routes_port *));
	r->ports[r->count++] = p;
}

static void right_and_wrong_ones(void **state)
{
	struct probe_routes r;
	is_slim = false;
	test_server_start(&server, false, service);
	add_port(&r);
	expect(&r, 404,
	       "GET /items 200 guess\nGET /items/7 200\nGET /boom 500 guess\nGET /now 200 guess "
	       "varies\nroutes-not-sent\n");
	/* The slim image gets those that were right, and no others. */
	is_slim = true;
	strlist_done(&requested);
	expect(&r, 404, "GET /items 404 guess\nGET /boom 500 guess\nGET /now 200 guess varies\n");
	assert_int_equal(requested.count, 3);
	test_server_stop(&server);
	probe_routes_done(&r);
	strlist_done(&requested);
}

/* A service that says 500 where it has nothing. */
static void as_what_is_not_there(void **state)
{
	struct probe_routes r;
	is_slim = false;
	test_server_start(&server, false, service);
	add_port(&r);
	expect(&r, 500, "GET /items 200 guess\nGET /items/7 200\nGET /now 200 guess varies\nroutes-not-sent\n");
	test_server_stop(&server);
	probe_routes_done(&r);
	strlist_done(&requested);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(right_and_wrong_ones),
	    cmocka_unit_test(as_what_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
