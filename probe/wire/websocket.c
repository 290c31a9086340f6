#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "probe/wire/bytes.h"
#include "probe/wire/carrier.h"
#include "probe/wire/reach.h"
#include "text/base64.h"

#define GOODBYE_MS 1000
enum opcode { CONTINUED = 0, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

/* ---- the handshake ---- */

static int make_key(struct buf *out, struct err *err)
{
	unsigned char key[16];
	if (RAND_bytes(key, sizeof(key)) != 1)
		return err_set(err, ERR_SYS, "websocket-no-random", "libcrypto has no random bytes");
	base64_encode(key, sizeof(key), out);
	return 0;
}

/* Make the answer to the key that a server gives when it accepts the handshake. */
static void accept_of(const char *key, struct buf *out)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	CLEANUP_FREE char *text = mem_printf("%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
	if (EVP_Digest(text, strlen(text), hash, &n, EVP_sha1(), NULL) != 1)
		n = 0; /* then no answer is right */
	base64_encode(hash, n, out);
}

static bool is_given(const struct probe_carrier_request *q, const char *name)
{
	const size_t n = strlen(name);
	for (size_t i = 0; q->headers && i < q->headers->count; i++)
		if (strncasecmp(q->headers->items[i], name, n) == 0 && q->headers->items[i][n] == ':')
			return true;
	return false;
}

static int send_handshake(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
			  const char *key, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	const bool v6 = strchr(exercise_target_host(t, q->port), ':');
	buf_printf(&b, "GET %s HTTP/1.1\r\n", q->path);
	if (q->host)
		buf_printf(&b, "Host: %s\r\n", q->host);
	else if (!is_given(q, "Host"))
		buf_printf(&b, "Host: %s%s%s:%u\r\n", v6 ? "[" : "", exercise_target_host(t, q->port), v6 ? "]" : "",
			   q->port);
	if (!is_given(q, "Origin")) /* many servers want one, of their own */
		buf_printf(&b, "Origin: %s://%s\r\n", q->tls ? "https" : "http",
			   q->host ? q->host : exercise_target_host(t, q->port));
	buf_printf(&b,
		   "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		   "Sec-WebSocket-Key: %s\r\n",
		   key);
	for (size_t i = 0; q->headers && i < q->headers->count; i++)
		buf_printf(&b, "%s\r\n", q->headers->items[i]);
	buf_str(&b, "\r\n");
	return probe_wire_send(w, b.data, b.len, "the handshake", err);
}

/* The header of the answer to the handshake, of n bytes with the first of two line ends. */
static int parse_answer(const char *text, size_t n, struct probe_carrier_answer *out, struct err *err)
{
	const char *at = memchr(text, '\n', n), *end = text + n;
	if (n < 12 || strncasecmp(text, "HTTP/1.", 7) != 0 || text[8] != ' ' || !at)
		return err_set(err, ERR_PROTO, "websocket-not-http", "the answer to the handshake is not HTTP");
	out->status = atoi(text + 9);
	if (out->status < 100 || out->status > 999)
		return err_set(err, ERR_PROTO, "websocket-not-http", "the answer to the handshake has no status");
	at++;
	return probe_carrier_headers(&at, end, out, err);
}

/* Read the body of an answer that refuses the handshake, as far as its header gives the length. */
static int read_refusal(struct probe_wire *w, struct probe_carrier_answer *out, struct err *err)
{
	const char *length = probe_carrier_header(out, "Content-Length");
	const unsigned long n = length ? strtoul(length, NULL, 10) : 0;
	int r = n && n <= LIMIT_WIRE_MESSAGE ? probe_wire_need(w, n, "the body", err) : 0;
	if (r == 0 && n && n <= LIMIT_WIRE_MESSAGE)
		probe_carrier_body(out, probe_wire_data(w), n);
	return r;
}

static int handshake(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
		     struct probe_carrier_answer *out, struct err *err)
{
	CLEANUP_BUF struct buf key = {0}, want = {0};
	size_t n;
	int r = make_key(&key, err);
	if (r == 0)
		r = send_handshake(w, t, q, key.data, err);
	if (r == 0)
		r = probe_wire_find(w, "\r\n\r\n", 4, &n, "the answer to the handshake", err);
	if (r < 0)
		return r;
	if (n > LIMIT_HTTP_HEADER)
		return err_set(err, ERR_LIMIT, "carrier-header-too-large", "the answer's header has more than %u bytes",
			       LIMIT_HTTP_HEADER);
	r = parse_answer((const char *)probe_wire_data(w), n + 2, out, err);
	if (r < 0)
		return r;
	probe_wire_take(w, n + 4);
	if (out->status != 101)
		return read_refusal(w, out, err);
	const char *got = probe_carrier_header(out, "Sec-WebSocket-Accept");
	accept_of(key.data, &want);
	if (!got || strcmp(got, want.data) != 0)
		return err_set(err, ERR_PROTO, "websocket-key-wrong",
			       "the answer to the handshake has a wrong Sec-WebSocket-Accept");
	return 0;
}

/* ---- frames ---- */

/* Masked, as all that a client sends. The mask hides nothing here, so it is zero. */
static int send_frame(struct probe_wire *w, enum opcode opcode, const void *data, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	probe_bytes_put_be(&b, 0x80u | opcode, 1);
	probe_bytes_put_be(&b, 0x80u | (n < 126 ? n : n <= UINT16_MAX ? 126 : 127), 1);
	if (n >= 126)
		probe_bytes_put_be(&b, n, n <= UINT16_MAX ? 2 : 8);
	probe_bytes_put_be(&b, 0, 4);
	buf_append(&b, data, n);
	return probe_wire_send(w, b.data, b.len, "a message", err);
}

struct frame {
	bool last;
	uint8_t opcode;
	size_t n; /* of its data, which is at the wire's begin until it is taken */
};

static int read_frame(struct probe_wire *w, struct frame *out, struct err *err)
{
	static const char what[] = "a message";
	int r = probe_wire_need(w, 2, what, err);
	if (r < 0)
		return r;
	const uint8_t *head = probe_wire_data(w);
	const size_t short_n = head[1] & 0x7f, wide = short_n < 126 ? 0 : short_n == 126 ? 2 : 8;
	if ((head[0] & 0x70) || (head[1] & 0x80))
		return err_set(err, ERR_PROTO, "websocket-frame-malformed",
			       "a frame of the service has bits that were not agreed on, or a mask");
	*out = (struct frame){.last = head[0] & 0x80, .opcode = head[0] & 0xf};
	if ((r = probe_wire_need(w, 2 + wide, what, err)) < 0)
		return r;
	struct probe_bytes length = {.data = probe_wire_data(w) + 2, .n = wide};
	const uint64_t n = wide ? probe_bytes_be(&length, wide) : short_n;
	if ((out->opcode & 8) && (n > 125 || !out->last))
		return err_set(err, ERR_PROTO, "websocket-frame-malformed",
			       "a control frame is too long or incomplete");
	probe_wire_take(w, 2 + wide);
	out->n = n <= LIMIT_WIRE_MESSAGE ? (size_t)n : LIMIT_WIRE_MESSAGE + 1; /* is refused */
	return probe_wire_need(w, out->n, what, err);
}

/* Reads up to the end of the first message. *closed: the service ended, with or without a message. */
static int read_message(struct probe_wire *w, struct probe_carrier_answer *out, bool *closed, struct err *err)
{
	for (bool begun = false;;) {
		struct frame f = {0};
		int r = read_frame(w, &f, err);
		if (r < 0)
			return r;
		if (f.opcode == PING)
			r = send_frame(w, PONG, probe_wire_data(w), f.n, err);
		*closed = f.opcode == CLOSE;
		const bool data = f.opcode <= 2 && begun == (f.opcode == CONTINUED);
		if (data)
			probe_carrier_body(out, probe_wire_data(w), f.n);
		probe_wire_take(w, f.n);
		if (r < 0 || *closed || (data && f.last))
			return r;
		if (!data && f.opcode != PING && f.opcode != PONG)
			return err_set(err, ERR_PROTO, "websocket-frame-malformed",
				       "a frame does not continue the message before it");
		begun |= data;
		if (out->body_bytes > LIMIT_HTTP_BODY)
			return 0;
	}
}

/* Closes as the protocol wants it, for as long as the service takes part. */
static void say_goodbye(struct probe_wire *w, bool closed)
{
	static const char normal[] = {0x03, (char)0xe8}; /* 1000 */
	CLEANUP_CARRIER_ANSWER struct probe_carrier_answer rest = {0};
	probe_wire_allow(w, GOODBYE_MS);
	int r = send_frame(w, CLOSE, normal, sizeof(normal), NULL);
	for (int i = 0; r == 0 && !closed && i < 100; i++)
		r = read_message(w, &rest, &closed, NULL);
}

int probe_websocket_converse(struct probe_wire *w, const struct probe_carrier_request *q,
			     struct probe_carrier_answer *out, struct err *err)
{
	bool closed = false;
	struct err late = {0};
	int r = 0;
	if (q->body && q->body->len) {
		r = send_frame(w, TEXT, q->body->data, q->body->len, err);
		if (r < 0)
			return r;
		probe_wire_allow(w,
				 q->timeout_ms < PROBE_WEBSOCKET_ANSWER_MS ? q->timeout_ms : PROBE_WEBSOCKET_ANSWER_MS);
		r = read_message(w, out, &closed, &late);
		if (r == -ERR_TIMEOUT && !out->body_bytes)
			r = 0; /* it has nothing to say to that */
		if (r < 0) {
			if (err)
				*err = late;
			return r;
		}
	}
	say_goodbye(w, closed);
	return 0;
}

int probe_websocket_over(struct probe_wire *w, const struct exercise_target *t, const struct probe_carrier_request *q,
			 struct probe_carrier_answer *out, struct err *err)
{
	int r = handshake(w, t, q, out, err);
	return r < 0 || out->status != 101 ? r : probe_websocket_converse(w, q, out, err);
}

int probe_websocket(const struct exercise_target *t, const struct probe_carrier_request *q,
		    struct probe_carrier_answer *out, struct err *err)
{
	CLEANUP_WIRE struct probe_wire w = {.fd = -1};
	*out = (struct probe_carrier_answer){0};
	int r = probe_wire_reach(&w, t, q->port, q->socket, q->timeout_ms, 0, err);
	w.cert_file = q->cert_file;
	w.key_file = q->key_file;
	if (r == 0 && q->tls)
		r = probe_wire_begin_tls(&w, q->host, err);
	return r < 0 ? r : probe_websocket_over(&w, t, q, out, err);
}
