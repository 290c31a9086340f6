/* Spec: gRPC over HTTP/2 (its PROTOCOL-HTTP2.md), grpc.health.v1, grpc.reflection.v1 and v1alpha; RFC 9113 as far as a
 * client needs it that has one stream at a time and reads no header: it has messages, or none. RFC 7541: all headers
 * are sent as literals. */
#include <string.h>

#include "base/limits.h"
#include "probe/client/rows.h"

#define FRAME_MAX 16384  /* the default, which we do not raise */
#define FRAMES_MAX 10000 /* of one answer */
#define SERVICES_MAX 1000

enum frame { DATA = 0, HEADERS = 1, RESET = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW = 8, CONTINUATION = 9 };
enum flag { ENDS = 1, ACK = 1, HEADERS_END = 4, PADDED = 8 };
enum health { SERVING = 1, NOT_SERVING = 2 };

/* ---- HTTP/2 ---- */

static void put_frame(struct buf *out, enum frame type, unsigned flags, uint32_t stream, const void *data, size_t n)
{
	probe_bytes_put_be(out, n, 3);
	probe_bytes_put_be(out, type, 1);
	probe_bytes_put_be(out, flags, 1);
	probe_bytes_put_be(out, stream, 4);
	buf_append(out, data, n);
}

static void put_header(struct buf *out, const char *name, const char *value)
{
	probe_bytes_put_be(out, 0, 1); /* a literal that is not indexed */
	probe_bytes_put_be(out, strlen(name), 1);
	buf_str(out, name);
	probe_bytes_put_be(out, strlen(value), 1);
	buf_str(out, value);
}

/* A call with one message. */
static int send_call(struct probe_client *c, uint32_t stream, const char *path, const struct buf *message,
		     struct err *err)
{
	CLEANUP_BUF struct buf b = {0}, headers = {0}, data = {0};
	buf_append(&headers, c->wire.ssl ? "\x83\x87" : "\x83\x86", 2); /* POST, https or http */
	put_header(&headers, ":path", path);
	put_header(&headers, ":authority", "localhost");
	put_header(&headers, "content-type", "application/grpc");
	put_header(&headers, "te", "trailers");
	probe_bytes_put_be(&data, 0, 1); /* not compressed */
	probe_bytes_put_be(&data, message->len, 4);
	buf_append(&data, message->data ? message->data : "", message->len);
	put_frame(&b, HEADERS, HEADERS_END, stream, headers.data, headers.len);
	put_frame(&b, DATA, ENDS, stream, data.data, data.len);
	return probe_wire_send(&c->wire, b.data, b.len, "a call", err);
}

struct h2_frame {
	uint8_t type, flags;
	uint32_t stream;
	struct probe_bytes data; /* valid until the next frame is read */
};

static int read_frame(struct probe_client *c, struct h2_frame *out, struct err *err)
{
	int r = probe_wire_need(&c->wire, 9, "an answer", err);
	if (r < 0)
		return r;
	struct probe_bytes head = {.data = probe_wire_data(&c->wire), .n = 9};
	const size_t n = (size_t)probe_bytes_be(&head, 3);
	out->type = (uint8_t)probe_bytes_be(&head, 1);
	out->flags = (uint8_t)probe_bytes_be(&head, 1);
	out->stream = (uint32_t)probe_bytes_be(&head, 4) & INT32_MAX;
	if (n > FRAME_MAX)
		return probe_client_malformed(c, "it does not speak HTTP/2, or a frame is too large", err);
	if ((r = probe_wire_need(&c->wire, 9 + n, "an answer", err)) < 0)
		return r;
	out->data = (struct probe_bytes){.data = probe_wire_data(&c->wire) + 9, .n = n};
	probe_wire_take(&c->wire, 9 + n);
	return 0;
}

/* What a frame of the connection asks for. */
static int answer_frame(struct probe_client *c, const struct h2_frame *f, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	uint8_t size[4];
	if (f->type == GOAWAY)
		return probe_client_refused(c, "it ends the connection", 22, err);
	if (f->type == SETTINGS && !(f->flags & ACK))
		put_frame(&b, SETTINGS, ACK, 0, "", 0);
	if (f->type == PING && !(f->flags & ACK) && f->data.n == 8)
		put_frame(&b, PING, ACK, 0, f->data.data, 8);
	if (f->type == DATA && f->data.n) {
		for (unsigned i = 0; i < 4; i++)
			size[i] = (uint8_t)(f->data.n >> (8 * (3 - i)));
		put_frame(&b, WINDOW, 0, 0, size, 4);
		if (!(f->flags & ENDS))
			put_frame(&b, WINDOW, 0, f->stream, size, 4);
	}
	return b.len ? probe_wire_send(&c->wire, b.data, b.len, "a frame", err) : 0;
}

static bool add_data(struct h2_frame *f, struct buf *out)
{
	const size_t pad = f->flags & PADDED ? (size_t)probe_bytes_be(&f->data, 1) : 0;
	if (f->data.bad || pad > f->data.n)
		return false;
	buf_append(out, f->data.data, f->data.n - pad);
	return out->len <= LIMIT_WIRE_MESSAGE;
}

/* Reads up to the end of the stream; out is all of its data. */
static int read_stream(struct probe_client *c, uint32_t stream, struct buf *out, struct err *err)
{
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		struct h2_frame f = {0};
		int r = read_frame(c, &f, err);
		if (r == 0)
			r = answer_frame(c, &f, err);
		if (r < 0)
			return r;
		if (f.stream != stream)
			continue;
		if (f.type == DATA && !add_data(&f, out))
			return probe_client_malformed(c, "a frame is malformed, or the answer is too large", err);
		if (f.type == RESET || ((f.type == DATA || f.type == HEADERS) && (f.flags & ENDS)))
			return 0;
	}
	return probe_client_malformed(c, "the answer does not end", err);
}

/* ---- messages ---- */

/* Take the message of a call's answer; false if the answer does not have one. */
static bool message_of(const struct buf *data, struct probe_bytes *out)
{
	struct probe_bytes b = {.data = (const uint8_t *)data->data, .n = data->len};
	const uint64_t packed = probe_bytes_be(&b, 1), n = probe_bytes_be(&b, 4);
	if (b.bad || packed || n > b.n)
		return false;
	*out = (struct probe_bytes){.data = b.data, .n = (size_t)n};
	return true;
}

static uint64_t varint(struct probe_bytes *b)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		const uint64_t byte = probe_bytes_be(b, 1);
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	b->bad = true;
	return 0;
}

/* The next field of a protobuf message. *number is set; a number is in *value, all else in *bytes. False at the end,
 * or if it is malformed. */
static bool next_field(struct probe_bytes *b, uint64_t *number, uint64_t *value, struct probe_bytes *bytes)
{
	if (b->bad || !b->n)
		return false;
	const uint64_t key = varint(b);
	*number = key >> 3;
	*value = 0;
	*bytes = (struct probe_bytes){0};
	if ((key & 7) == 0) {
		*value = varint(b);
		return !b->bad;
	}
	uint64_t n = (key & 7) == 1 ? 8 : (key & 7) == 5 ? 4 : UINT64_MAX;
	if ((key & 7) == 2)
		n = varint(b);
	if (b->bad || n > b->n)
		return false;
	*bytes = (struct probe_bytes){.data = probe_bytes_take(b, (size_t)n), .n = (size_t)n};
	return true;
}

/* The names of the services that a list of them holds, a line each. */
static void add_services(struct probe_bytes list, struct buf *out)
{
	uint64_t number, value;
	struct probe_bytes service, name;
	for (unsigned i = 0; i < SERVICES_MAX && next_field(&list, &number, &value, &service); i++)
		while (number == 1 && next_field(&service, &number, &value, &name))
			if (number == 1 && name.n) {
				buf_append(out, name.data, name.n);
				buf_char(out, '\n');
			}
}

/* ---- the exercise ---- */

/* *found: the service has a health check. */
static int check_health(struct probe_client *c, bool *found, struct err *err)
{
	CLEANUP_BUF struct buf data = {0};
	struct probe_bytes message, bytes;
	uint64_t number, value, status = 0;
	probe_client_begin(c, "health");
	int r = send_call(c, 1, "/grpc.health.v1.Health/Check", &(struct buf){0}, err);
	if (r == 0)
		r = read_stream(c, 1, &data, err);
	if (r < 0)
		return r;
	*found = message_of(&data, &message);
	while (*found && next_field(&message, &number, &value, &bytes))
		if (number == 1)
			status = value;
	if (status == NOT_SERVING)
		return probe_client_not_yet(c, "NOT_SERVING", 11, err);
	const char *shown = !*found ? "none" : status == SERVING ? "SERVING" : "UNKNOWN";
	probe_client_answered(c, shown, strlen(shown));
	return 0;
}

static int list_services(struct probe_client *c, bool *found, struct err *err)
{
	static const char *const paths[] = {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
					    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};
	char list[] = "\x3a\x01*"; /* list_services */
	const struct buf request = {.data = list, .len = 3};
	CLEANUP_BUF struct buf names = {0};
	bool answered = false;
	int r = 0;
	probe_client_begin(c, "reflection");
	for (uint32_t i = 0; r == 0 && i < 2 && !answered; i++) {
		CLEANUP_BUF struct buf data = {0};
		struct probe_bytes message, bytes;
		uint64_t number, value;
		r = send_call(c, 3 + 2 * i, paths[i], &request, err);
		if (r == 0)
			r = read_stream(c, 3 + 2 * i, &data, err);
		answered = r == 0 && message_of(&data, &message);
		while (answered && next_field(&message, &number, &value, &bytes))
			if (number == 6)
				add_services(bytes, &names);
	}
	if (r < 0)
		return r;
	*found |= answered;
	probe_client_answered(c, answered ? names.data : "none", answered ? names.len : 4);
	return 0;
}

static int run(struct probe_client *c, struct err *err)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	CLEANUP_BUF struct buf b = {0};
	bool found = false;
	buf_str(&b, preface);
	put_frame(&b, SETTINGS, 0, 0, "", 0);
	int r = probe_wire_send(&c->wire, b.data, b.len, "the begin of HTTP/2", err);
	if (r == 0)
		r = check_health(c, &found, err);
	if (r == 0)
		r = list_services(c, &found, err);
	if (r == 0 && !found) {
		probe_client_begin(c, "answer");
		r = probe_client_differs(
		    c, "the service has neither health checks nor reflection, or does not speak gRPC", err);
	}
	if (r < 0)
		return r;
	b.len = 0;
	put_frame(&b, GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0", 8);
	return probe_wire_send(&c->wire, b.data, b.len, "the end", err);
}

const struct probe_client_row probe_client_grpc = {.name = "grpc", .port = 50051, .alpn = "h2", .run = run};
