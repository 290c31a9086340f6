#include "unit.h"

#include "probe/client/peer.h"

static void parse_one(const char *text, bool tcp, const char *address, const char *send, size_t n, const char *expect)
{
	struct probe_talk_options o;
	int r = tcp ? probe_talk_parse_tcp(text, &o, NULL) : probe_talk_parse_unix(text, &o, NULL);
	assert_int_equal(r, address ? 0 : -ERR_INVAL);
	if (address) {
		CLEANUP_FREE char *port = mem_printf("%u", o.port);
		assert_string_equal(tcp ? port : o.path, address);
		assert_int_equal(o.send.len, n);
		assert_memory_equal(o.send.data ? o.send.data : "", send, n);
		assert_string_equal(o.expect ? o.expect : "", expect);
	}
	probe_talk_options_done(&o);
}

static void what_an_option_means(void **state)
{
	parse_one("25", true, "25", "", 0, "");
	parse_one("25:", true, "25", "", 0, "");
	parse_one("6379:PING\\r\\n/\\+PONG", true, "6379", "PING\r\n", 6, "\\+PONG");
	parse_one("6379:PING\\r\\n", true, "6379", "PING\r\n", 6, "");
	parse_one("25:/^220 [a-z/]*", true, "25", "", 0, "^220 [a-z/]*");
	parse_one("9:GET \\/ \\x00\\xfF\\t\\\\:/a:b", true, "9", "GET / \0\xff\t\\:", 11, "a:b");
	parse_one("", true, NULL, "", 0, "");
	parse_one("0", true, NULL, "", 0, "");
	parse_one("65536", true, NULL, "", 0, "");
	parse_one("25/x", true, NULL, "", 0, "");
	parse_one("25:\\q", true, NULL, "", 0, "");
	parse_one("25:\\x1", true, NULL, "", 0, "");
	parse_one("25:a/(", true, NULL, "", 0, "");
	parse_one("/run/x.sock:a/b", false, "/run/x.sock", "a", 1, "b");
	parse_one("/run/x\\:y", false, "/run/x:y", "", 0, "");
	parse_one("run/x", false, NULL, "", 0, "");
	parse_one("/run\\x00/x", false, NULL, "", 0, "");
}

static void talk_one(const char *text, const struct peer_line *part, int code, const char *want)
{
	struct peer p;
	struct probe_talk_options o;
	struct exercise e;
	struct exercise_log log = {0};
	struct err err = {0};
	peer_start(&p, part, false);
	CLEANUP_FREE char *option = mem_printf("%u%s", p.port, text);
	assert_int_equal(probe_talk_parse_tcp(option, &o, NULL), 0);
	probe_talk(&o, &e);
	assert_string_equal(e.name, "tcp");
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	assert_int_equal(e.run(e.ctx, &t, &log, &err), -code);
	peer_stop(&p);
	CLEANUP_FREE char *got = peer_steps(&log);
	assert_string_equal(got, want);
	probe_talk_options_done(&o);
	buf_done(&p.heard);
}

static void what_comes_back(void **state)
{
	const struct peer_line greets[] = {{NULL, "220 hello\r\n"}, {0}}, silent[] = {{0}},
			       pong[] = {{"PING\r\n", "+PO"}, {NULL, "NG\r\n"}, {0}},
			       binary[] = {{"x", "\0\1\0abc", 6}, {0}};
	talk_one("", greets, 0, "connect 0 220 hello\\x0d\\x0a\n");
	talk_one("", silent, 0, "connect 0 \n");
	talk_one(":/^220 ", greets, 0, "/^220  0 220 hello\\x0d\\x0a\n");
	talk_one(":PING\\r\\n/PONG", pong, 0, "PING\\r\\n/PONG 0 +PONG\\x0d\\x0a\n");
	talk_one(":x/a.c", binary, 0, "x/a.c 0 \\x00\\x01\\x00abc\n");
	talk_one(":x", silent, ERR_UNPROVEN, "x -1 the service closed the connection without an answer\n");
	talk_one(":x/y", silent, ERR_UNPROVEN, "x/y -1 \"y\" is not in the answer, which is nothing\n");
	talk_one(":PING\\r\\n/PANG", pong, ERR_UNPROVEN,
		 "PING\\r\\n/PANG -1 \"PANG\" is not in the answer: +PONG\\x0d\\x0a\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_an_option_means),
	    cmocka_unit_test(what_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
