#include "unit.h"

#include "probe/http/scripts_served.h"

/* A WebSocket's handshake, and the message that came said back. */
static bool socket_echo(struct test_conn *c, const char *method, const char *path)
{
	static const char fixed[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	const char *key = strstr(c->head, "\r\nSec-WebSocket-Key: ");
	unsigned char digest[20], frame[6 + 100];
	char accept[32] = "";
	if (!key || strcmp(path, "/chat") != 0)
		return test_reply(c, "404 Not Found", "", "no", 2);
	key += strlen("\r\nSec-WebSocket-Key: ");
	CLEANUP_FREE char *text = mem_printf("%.*s%s", (int)strcspn(key, "\r"), key, fixed);
	EVP_Digest(text, strlen(text), digest, NULL, EVP_sha1(), NULL);
	EVP_EncodeBlock((unsigned char *)accept, digest, sizeof(digest));
	CLEANUP_FREE char *answer = mem_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
					       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
					       accept);
	struct buf message = {0};
	if (!test_send_str(c, answer) || !test_read_n(c, 6 + 5, &message))
		return false;
	for (int i = 0; i < 5; i++) /* a client masks it */
		frame[2 + i] = (unsigned char)message.data[6 + i] ^ (unsigned char)message.data[2 + i % 4];
	frame[0] = 0x81;
	frame[1] = 5;
	buf_done(&message);
	bool sent = test_send(c, frame, 7);
	test_hang(c);
	return sent && false;
}

static void web_sockets(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/chat", 101, 101);
	q->protocol = PROBE_WEBSOCKET;
	set_body(q, NULL, "hello");
	probe_request_check(q, PROBE_CHECK_BODY, NULL, "^hello$", false);
	q = add(&s, "GET", "/none", 101, 101);
	q->protocol = PROBE_WEBSOCKET;
	static const char want[] = "GET /chat 101 5 +\nGET /none 404 2 ! status 404, not 101\n";
	script_one(&s, false, socket_echo, want);
}

/* One request of FastCGI, whatever it is. */
static void *serve_php(void *ctx)
{
	static const char out[] =
	    "\x01\x06\0\x01\0\x38\0\0Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\nnone\n\n"
	    "\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0";
	char in[4096];
	size_t n = 0;
	int fd = accept4(*(int *)ctx, NULL, NULL, SOCK_CLOEXEC);
	/* Up to the end of its standard input: an empty record, the last one. */
	while (n < 8 || memcmp(in + n - 8, "\x01\x05\0\x01\0\0\0", 7) != 0) {
		ssize_t got = recv(fd, in + n, sizeof(in) - n, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	(void)!send(fd, out, sizeof(out), MSG_NOSIGNAL);
	close(fd);
	return memmem(in, n, "DOCUMENT_ROOT/srv", 17) ? ctx : NULL;
}

static void fastcgi(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	struct probe_request *q = add(&s, "GET", "/index.php?a=b", 404, 404);
	q->protocol = PROBE_FASTCGI;
	strlist_add(&q->params, "DOCUMENT_ROOT=/srv");
	probe_request_check(q, PROBE_CHECK_HEADER, "Content-Type", "html", false);
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	pthread_t thread;
	uint16_t port;
	int r, fd = test_bind(&port, true);
	void *good;
	assert_int_equal(pthread_create(&thread, NULL, serve_php, &fd), 0);
	struct exercise_log log = run_log(&o, &port, 1, NULL, &r, NULL);
	pthread_join(thread, &good);
	close(fd);
	assert_true(r == 0 && good);
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, "GET /index.php?a=b 404 6 +\n");
}

/* Says the line that came back, in two pieces, for each connection. */
static void *serve_lines(void *ctx)
{
	for (;;) {
		char in[64];
		int fd = accept4(*(int *)ctx, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			return NULL;
		ssize_t n = recv(fd, in, sizeof(in), 0);
		(void)!send(fd, "+", 1, MSG_NOSIGNAL);
		if (n > 0)
			(void)!send(fd, in, (size_t)n, MSG_NOSIGNAL);
		(void)!recv(fd, in, sizeof(in), 0);
		close(fd);
	}
}

static struct probe_request *add_tcp(struct probe_script *s, uint16_t port, const char *name, const char *body,
				     const char *pattern)
{
	struct probe_request *q = probe_script_add(s, "TCP", "/");
	q->protocol = PROBE_TCP;
	q->port = port;
	q->name = mem_strdup(name);
	set_body(q, NULL, body);
	if (pattern)
		probe_request_check(q, PROBE_CHECK_BODY, NULL, pattern, false);
	return q;
}

static void bytes_alone(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	pthread_t thread;
	uint16_t port;
	int r, fd = test_bind(&port, true);
	assert_int_equal(pthread_create(&thread, NULL, serve_lines, &fd), 0);
	probe_request_capture(add_tcp(&s, port, "id", "id=7\n", "7\n"), PROBE_CAPTURE_REGEX, "id", "id=([0-9]+)");
	add_tcp(&s, port, "get", "get ${id}\n", "^\\+get 7\n");
	add_tcp(&s, port, "put", "put\n", "OK")->timeout_ms = 100;
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	struct exercise_log log = run_log(&o, &port, 1, NULL, &r, NULL);
	shutdown(fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(fd);
	assert_int_equal(r, 0);
	for (size_t i = 0; i < log.count; i++) {
		assert_int_equal(log.steps[i].kind, EXERCISE_TCP);
		log.steps[i].kind = EXERCISE_HTTP; /* for lines_of */
	}
	CLEANUP_FREE char *got = lines_of(&log);
	steps_are(got, "id 0 6 +\nget 0 7 +\nput 0 5 ! the body does not match \"OK\"\n");
}

/* Listens only after so long that no pause between tries of HTTP is left. */
static void *serve_lines_late(void *ctx)
{
	assert_int_equal(progress_wait(NULL, 2500, NULL), 0);
	assert_int_equal(listen(*(int *)ctx, 8), 0);
	return serve_lines(ctx);
}

static void bytes_to_a_port_that_listens_later(void **state)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	pthread_t thread;
	uint16_t port;
	int r, fd = test_bind(&port, false);
	assert_int_equal(pthread_create(&thread, NULL, serve_lines_late, &fd), 0);
	add_tcp(&s, port, "get", "get\n", "^\\+get\n");
	const struct probe_script_options o = {.script = &s, .timeout_ms = 60000};
	struct exercise_log log = run_log(&o, &port, 1, NULL, &r, NULL);
	assert_int_equal(r, 0);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.steps[0].status, 0); /* otherwise the thread would not end */
	shutdown(fd, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(fd);
	exercise_log_done(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(web_sockets),
	    cmocka_unit_test(fastcgi),
	    cmocka_unit_test(bytes_alone),
	    cmocka_unit_test(bytes_to_a_port_that_listens_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
