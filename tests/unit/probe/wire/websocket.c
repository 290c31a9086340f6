#include "unit.h"

#include <openssl/evp.h>

#include "probe/wire/carrier.h"
#include "probe/client/peer.h"

/* A service that takes handshakes, as RFC 6455 has it, and says its part to what follows. */
static void *take_handshake(void *arg)
{
	struct peer *p = arg;
	size_t from = 0;
	int fd = accept(p->fd, NULL, NULL);
	if (fd < 0)
		return NULL;
	if (peer_listen(p, fd, "\r\n\r\n", &from)) {
		unsigned char hash[EVP_MAX_MD_SIZE], text[64];
		unsigned n;
		CLEANUP_FREE char *key = mem_printf("%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
						    strstr(p->heard.data, "Sec-WebSocket-Key: ") + 19);
		EVP_Digest(key, strlen(key), hash, &n, EVP_sha1(), NULL);
		EVP_EncodeBlock(text, hash, (int)n);
		CLEANUP_FREE char *answer = mem_printf("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
						       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
						       (char *)text);
		(void)!send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	}
	for (const struct peer_line *l = p->lines; l->awaits || l->says; l++) {
		if (l->awaits && !peer_listen(p, fd, l->awaits, &from))
			break;
		if (l->says)
			(void)!send(fd, l->says, l->n ? l->n : strlen(l->says), MSG_NOSIGNAL);
	}
	shutdown(fd, SHUT_WR);
	(void)peer_listen(p, fd, NULL, &from);
	close(fd);
	return NULL;
}

static void socket_one(bool handshakes, const char *message, const struct peer_line *part, const char *want,
		       const char *heard)
{
	struct peer p;
	struct probe_carrier_answer a;
	struct err err = {0};
	const struct buf body = {.data = (char *)message, .len = message ? strlen(message) : 0};
	peer_start_as(&p, part, false, handshakes ? take_handshake : peer_serve);
	const struct probe_carrier_request q = {
	    .path = "/chat?x=1", .port = p.port, .body = message ? &body : NULL, .timeout_ms = 60000};
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	int r = probe_websocket(&t, &q, &a, &err);
	peer_stop(&p);
	CLEANUP_FREE char *got =
	    r < 0 ? mem_strdup(err.id) : mem_printf("%d %s", a.status, a.body.data ? a.body.data : "");
	assert_string_equal(got, want);
	assert_non_null(strstr(p.heard.data, "GET /chat?x=1 HTTP/1.1\r\n"));
	if (heard && !memmem(p.heard.data, p.heard.len, heard, strlen(heard)))
		fail_msg("not sent: %s", heard);
	probe_carrier_answer_done(&a);
	buf_done(&p.heard);
}

static void message_one(const char *says, size_t n, const char *want)
{
	const struct peer_line part[] = {{"hello", says, n}, {0}};
	socket_one(true, "hello", part, want, "\x81\x85");
}
#define MESSAGE(says, want) message_one(says, sizeof(says) - 1, want)

static void messages(void **state)
{
	MESSAGE("\x81\5world", "101 world");
	MESSAGE("\x01\3wor\x89\2hi\x80\2ld", "101 world");
	MESSAGE("\x82\x7e\0\5world\x88\2\3\xe8", "101 world");
	MESSAGE("\x88\2\3\xe8", "101 ");
	MESSAGE("\x81\x85", "websocket-frame-malformed");
	MESSAGE("\xc1\5world", "websocket-frame-malformed");
	MESSAGE("\x80\5world", "websocket-frame-malformed");
	MESSAGE("\x01\3wor\x81\5world", "websocket-frame-malformed");
	MESSAGE("\x09\0", "websocket-frame-malformed");
	MESSAGE("\x89\x7e\1\0", "websocket-frame-malformed");
	MESSAGE("\x83\0", "websocket-frame-malformed");
	MESSAGE("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "wire-message-too-large");
	MESSAGE("\x81\5wor", "wire-ended");
	MESSAGE("", "wire-ended");
}

static void a_handshake_alone(void **state)
{
	const struct peer_line part[] = {{"\x88\x82", "\x88\2\3\xe8", 4}, {0}};
	socket_one(true, NULL, part, "101 ", "\x88\x82");
}

static void refusals(void **state)
{
	const struct peer_line not_found[] = {{"\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"},
					      {0}};
	const struct peer_line wrong_key[] = {
	    {"\r\n\r\n", "HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"}, {0}};
	const struct peer_line cut[] = {{"\r\n\r\n", "HTTP/1.1 101 Yes\r\n"}, {0}};
	const struct peer_line other[] = {{"\r\n\r\n", "-ERR no\r\n\r\n"}, {0}};
	const struct peer_line odd[] = {{"\r\n\r\n", "HTTP/1.1 200 OK\r\nodd\r\n\r\n"}, {0}};
	socket_one(false, "hello", not_found, "404 no", NULL);
	socket_one(false, "hello", wrong_key, "websocket-key-wrong", NULL);
	socket_one(false, "hello", cut, "wire-ended", NULL);
	socket_one(false, "hello", other, "websocket-not-http", NULL);
	socket_one(false, "hello", odd, "carrier-header-malformed", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages),
	    cmocka_unit_test(a_handshake_alone),
	    cmocka_unit_test(refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
