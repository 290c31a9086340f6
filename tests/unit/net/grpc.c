#include "unit.h"

#include <errno.h>

#include "net/grpc.h"
#include "net/http2_server.h"

#define METHOD "/test.Service/Method"
#define MAX 1000

static struct http2_server server;
static struct net_grpc *grpc;

static int start(void **state)
{
	http2_start(&server);
	grpc = net_grpc_new(server.path, NULL);
	return 0;
}

static int stop(void **state)
{
	net_grpc_free(grpc);
	http2_stop(&server);
	server = (struct http2_server){0};
	return 0;
}

/* ---- answers ---- */

static void add_head(bool last, const char *status, const char *message)
{
	CLEANUP_BUF struct buf fields = {0};
	buf_char(&fields, (char)0x88); /* :status 200 */
	http2_field(&fields, "content-type", "application/grpc");
	if (status)
		http2_field(&fields, "grpc-status", status);
	if (message)
		http2_field(&fields, "grpc-message", message);
	http2_frame(&server.answer, HTTP2_HEADERS, HTTP2_END_HEADERS | (last ? HTTP2_END_STREAM : 0), 1, fields.data,
		    fields.len);
}

static void add_trailers(const char *status, const char *message)
{
	CLEANUP_BUF struct buf fields = {0};
	http2_field(&fields, "grpc-status", status);
	http2_field(&fields, "grpc-message", message);
	http2_frame(&server.answer, HTTP2_HEADERS, HTTP2_END_HEADERS | HTTP2_END_STREAM, 1, fields.data, fields.len);
}

static void add_data(const char *data, size_t n)
{
	http2_frame(&server.answer, HTTP2_DATA, 0, 1, data, n);
}

static int call(struct buf *answer, struct err *err)
{
	CLEANUP_BUF struct buf request = {0};
	buf_str(&request, "ask");
	return net_grpc_call(grpc, METHOD, NULL, &request, MAX, answer, err);
}

static void expect_failure(int code, const char *id, const char *message)
{
	struct err err = {0};
	assert_int_equal(call(NULL, &err), -code);
	assert_string_equal(err.id, id);
	if (message && !strstr(err.msg, message))
		fail_msg("%s", err.msg);
}

/* ---- tests ---- */

static void a_call(void **state)
{
	CLEANUP_BUF struct buf answer = {0};
	add_head(false, NULL, NULL);
	add_data("\0\0\0\0\4word", 9);
	add_trailers("0", "");
	assert_int_equal(call(&answer, NULL), 0);
	assert_string_equal(answer.data, "word");
	assert_int_equal(server.body.len, 8);
	assert_memory_equal(server.body.data, "\0\0\0\0\3ask", 8);
}

static void calls_one_after_the_other(void **state)
{
	add_head(false, NULL, NULL);
	add_data("\0\0\0\0\0", 5);
	add_trailers("0", "");
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(NULL, NULL), 0);
}

static void a_message_in_pieces(void **state)
{
	CLEANUP_BUF struct buf answer = {0};
	add_head(false, NULL, NULL);
	add_data("\0\0", 2);
	add_data("\0\0\4w", 4);
	add_data("ord", 3);
	add_trailers("0", "");
	assert_int_equal(call(&answer, NULL), 0);
	assert_string_equal(answer.data, "word");
}

static void the_status_is_an_error(void **state)
{
	add_head(true, "5", "image %22a%22: not%0Afound");
	expect_failure(ERR_NOTFOUND, "grpc-refused", "image \"a\": not\\x0afound");
}

static void the_status_is_in_a_trailer(void **state)
{
	struct err err = {0};
	add_head(false, NULL, NULL);
	add_data("\0\0\0\0\0", 5);
	add_trailers("6", "it is there");
	assert_int_equal(call(NULL, &err), -ERR_INVAL);
	assert_int_equal(err.sys, EEXIST);
}

static void an_unknown_status(void **state)
{
	add_head(true, "99", NULL);
	expect_failure(ERR_PROTO, "grpc-refused", "99");
}

static void no_status(void **state)
{
	add_head(false, NULL, NULL);
	http2_frame(&server.answer, HTTP2_DATA, HTTP2_END_STREAM, 1, "\0\0\0\0\0", 5);
	expect_failure(ERR_PROTO, "grpc-malformed", METHOD);
}

static void no_message(void **state)
{
	add_head(true, "0", NULL);
	expect_failure(ERR_PROTO, "grpc-malformed", METHOD);
}

static void a_message_that_is_cut(void **state)
{
	add_head(false, NULL, NULL);
	add_data("\0\0\0\0\4wo", 7);
	add_trailers("0", "");
	expect_failure(ERR_PROTO, "grpc-malformed", METHOD);
}

static void a_compressed_message(void **state)
{
	add_head(false, NULL, NULL);
	add_data("\1\0\0\0\1x", 6);
	add_trailers("0", "");
	expect_failure(ERR_PROTO, "grpc-malformed", METHOD);
}

static void a_message_that_is_too_large(void **state)
{
	add_head(false, NULL, NULL);
	add_data("\0\0\0\3\351", 5);
	expect_failure(ERR_LIMIT, "answer-too-large", METHOD);
}

static int next(void *ctx, struct buf *out, struct err *err)
{
	unsigned *left = ctx;
	if (!*left)
		return 0;
	(*left)--;
	for (size_t i = 0; i < 40000; i++)
		buf_char(out, 'x');
	return 1;
}

static int refuse(void *ctx, const char *data, size_t n, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "test-failure", "not this: %.*s", (int)n, data);
}

/* A large message there, several back; the error of who takes them comes back. */
static void a_stream(void **state)
{
	unsigned left = 1;
	struct err err = {0};
	add_head(false, NULL, NULL);
	add_data("\0\0\0\0\1a\0\0\0\0\1b", 12);
	add_trailers("0", "");
	const struct net_grpc_messages m = {next, NULL, &left, MAX}, refusing = {next, refuse, &left, MAX};
	assert_int_equal(net_grpc_stream(grpc, METHOD, NULL, &m, NULL), 0);
	assert_int_equal(server.body.len, 40005);
	left = 1;
	assert_int_equal(net_grpc_stream(grpc, METHOD, NULL, &refusing, &err), -ERR_CORRUPT);
	assert_string_equal(err.msg, "not this: a");
}

static void nobody_is_there(void **state)
{
	struct net_grpc *g = net_grpc_new("/nonexistent/socket", NULL);
	CLEANUP_BUF struct buf request = {0};
	struct err err = {0};
	assert_int_equal(net_grpc_call(g, METHOD, NULL, &request, MAX, NULL, &err), -ERR_NOTFOUND);
	assert_string_equal(err.id, "connection-failed");
	net_grpc_free(g);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_call),
	    TEST(calls_one_after_the_other),
	    TEST(a_message_in_pieces),
	    TEST(the_status_is_an_error),
	    TEST(the_status_is_in_a_trailer),
	    TEST(an_unknown_status),
	    TEST(no_status),
	    TEST(no_message),
	    TEST(a_message_that_is_cut),
	    TEST(a_compressed_message),
	    TEST(a_message_that_is_too_large),
	    TEST(a_stream),
	    cmocka_unit_test(nobody_is_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
