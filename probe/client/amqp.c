/* Spec: AMQP 0-9-1, with the login PLAIN. */
#include <string.h>

#include "base/limits.h"
#include "probe/client/rows.h"

#define FRAME_END 0xce
#define FRAMES_MAX 100 /* until the one that is waited for */

enum frame { METHOD = 1, HEADER = 2, BODY = 3, HEARTBEAT = 8 };

/* Class and method in one number. */
enum method {
	CONNECTION_START = 10 << 16 | 10,
	CONNECTION_START_OK = 10 << 16 | 11,
	CONNECTION_TUNE = 10 << 16 | 30,
	CONNECTION_TUNE_OK = 10 << 16 | 31,
	CONNECTION_OPEN = 10 << 16 | 40,
	CONNECTION_OPEN_OK = 10 << 16 | 41,
	CONNECTION_CLOSE = 10 << 16 | 50,
	CONNECTION_CLOSE_OK = 10 << 16 | 51,
	CHANNEL_OPEN = 20 << 16 | 10,
	CHANNEL_OPEN_OK = 20 << 16 | 11,
	CHANNEL_CLOSE = 20 << 16 | 40,
	QUEUE_DECLARE = 50 << 16 | 10,
	QUEUE_DECLARE_OK = 50 << 16 | 11,
	QUEUE_DELETE = 50 << 16 | 40,
	QUEUE_DELETE_OK = 50 << 16 | 41,
	BASIC_PUBLISH = 60 << 16 | 40,
	BASIC_GET = 60 << 16 | 70,
	BASIC_GET_OK = 60 << 16 | 71,
};

static void put_short(struct buf *out, const char *s)
{
	const size_t n = strnlen(s, UINT8_MAX);
	probe_bytes_put_be(out, n, 1);
	buf_append(out, s, n);
}

/* Appends a frame. */
static void put_frame(struct buf *out, enum frame type, unsigned channel, const struct buf *payload)
{
	probe_bytes_put_be(out, type, 1);
	probe_bytes_put_be(out, channel, 2);
	probe_bytes_put_be(out, payload->len, 4);
	buf_append(out, payload->data ? payload->data : "", payload->len);
	probe_bytes_put_be(out, FRAME_END, 1);
}

static void put_method(struct buf *out, unsigned channel, enum method method, const struct buf *arguments)
{
	CLEANUP_BUF struct buf payload = {0};
	probe_bytes_put_be(&payload, method, 4);
	buf_append(&payload, arguments->data ? arguments->data : "", arguments->len);
	put_frame(out, METHOD, channel, &payload);
}

static int send_method(struct probe_client *c, unsigned channel, enum method method, const struct buf *arguments,
		       struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	put_method(&b, channel, method, arguments);
	return probe_wire_send(&c->wire, b.data, b.len, "a frame", err);
}

/* Read the next frame, skipping heartbeats; its payload is valid until the next one is read. */
static int read_frame(struct probe_client *c, uint8_t *type, struct probe_bytes *payload, struct err *err)
{
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		int r = probe_wire_need(&c->wire, 8, "a frame", err);
		if (r < 0)
			return r;
		struct probe_bytes head = {.data = probe_wire_data(&c->wire), .n = 7};
		*type = (uint8_t)probe_bytes_be(&head, 1);
		(void)probe_bytes_be(&head, 2);
		const uint64_t n = probe_bytes_be(&head, 4);
		if (*type == 'A')
			return probe_client_malformed(c, "the service wants another version of it", err);
		if (n > LIMIT_WIRE_MESSAGE)
			return err_set(err, ERR_LIMIT, "wire-message-too-large", "a frame has more than %u bytes",
				       LIMIT_WIRE_MESSAGE);
		if ((r = probe_wire_need(&c->wire, (size_t)n + 8, "a frame", err)) < 0)
			return r;
		*payload = (struct probe_bytes){.data = probe_wire_data(&c->wire) + 7, .n = (size_t)n};
		if (payload->data[n] != FRAME_END)
			return probe_client_malformed(c, "a frame has no end", err);
		probe_wire_take(&c->wire, (size_t)n + 8);
		if (*type != HEARTBEAT)
			return 0;
	}
	return probe_client_malformed(c, "it sends heartbeats without end", err);
}

/* Reads the method that is waited for; what the service closes with is an error. */
static int await_method(struct probe_client *c, enum method want, struct probe_bytes *arguments, struct err *err)
{
	uint8_t type = 0;
	int r = read_frame(c, &type, arguments, err);
	if (r < 0)
		return r;
	const uint64_t method = probe_bytes_be(arguments, 4);
	if (type == METHOD && (method == CONNECTION_CLOSE || method == CHANNEL_CLOSE)) {
		(void)probe_bytes_be(arguments, 2);
		const size_t n = (size_t)probe_bytes_be(arguments, 1);
		const uint8_t *text = probe_bytes_take(arguments, n);
		return probe_client_refused(c, text ? (const char *)text : "", text ? n : 0, err);
	}
	if (type != METHOD || method != want || arguments->bad)
		return probe_client_malformed(c, "the service sent another method than expected", err);
	return 0;
}

/* A method and the one that answers it. */
static int call(struct probe_client *c, const char *step, unsigned channel, enum method method,
		const struct buf *arguments, enum method want, struct err *err)
{
	struct probe_bytes answer = {0};
	probe_client_begin(c, step);
	int r = send_method(c, channel, method, arguments, err);
	if (r == 0)
		r = await_method(c, want, &answer, err);
	if (r == 0)
		probe_client_answered(c, "ok", 2);
	return r;
}

static int login(struct probe_client *c, struct err *err)
{
	static const char header[] = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
	const char *user = c->given->user ? c->given->user : "guest";
	const char *password = c->given->password ? c->given->password : "guest";
	CLEANUP_BUF struct buf b = {0};
	struct probe_bytes a = {0};
	probe_client_begin(c, "login");
	int r = probe_wire_send(&c->wire, header, sizeof(header), "the header", err);
	if (r == 0)
		r = await_method(c, CONNECTION_START, &a, err);
	probe_bytes_put_be(&b, 0, 4); /* no properties */
	put_short(&b, "PLAIN");
	probe_bytes_put_be(&b, strlen(user) + strlen(password) + 2, 4);
	buf_char(&b, '\0');
	probe_bytes_put_str(&b, user);
	buf_str(&b, password);
	put_short(&b, "en_US");
	if (r == 0)
		r = send_method(c, 0, CONNECTION_START_OK, &b, err);
	if (r == 0)
		r = await_method(c, CONNECTION_TUNE, &a, err);
	if (r < 0)
		return r;
	b.len = 0;
	probe_bytes_put_be(&b, probe_bytes_be(&a, 2), 2);
	probe_bytes_put_be(&b, probe_bytes_be(&a, 4), 4);
	probe_bytes_put_be(&b, 0, 2); /* no heartbeat */
	r = send_method(c, 0, CONNECTION_TUNE_OK, &b, err);
	if (r == 0)
		probe_client_answered(c, "ok", 2);
	return r;
}

/* The arguments that begin with a reserved number and a queue. */
static void put_queue(struct buf *out)
{
	out->len = 0;
	probe_bytes_put_be(out, 0, 2);
	put_short(out, "slim-probe");
}

static int publish(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf all = {0}, b = {0};
	probe_client_begin(c, "publish");
	probe_bytes_put_be(&b, 0, 2);
	put_short(&b, ""); /* the default exchange: the key is the queue */
	put_short(&b, "slim-probe");
	probe_bytes_put_be(&b, 0, 1);
	put_method(&all, 1, BASIC_PUBLISH, &b);
	b.len = 0;
	probe_bytes_put_be(&b, 60, 2);
	probe_bytes_put_be(&b, 0, 2);
	probe_bytes_put_be(&b, strlen(PROBE_CLIENT_VALUE), 8);
	probe_bytes_put_be(&b, 0, 2); /* no properties */
	put_frame(&all, HEADER, 1, &b);
	b.len = 0;
	buf_str(&b, PROBE_CLIENT_VALUE);
	put_frame(&all, BODY, 1, &b);
	int r = probe_wire_send(&c->wire, all.data, all.len, "a message", err);
	if (r == 0)
		probe_client_answered(c, "ok", 2);
	return r;
}

static int get(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct probe_bytes a = {0};
	uint8_t type = 0;
	probe_client_begin(c, "get");
	put_queue(&b);
	probe_bytes_put_be(&b, 1, 1); /* needs no acknowledgement */
	int r = send_method(c, 1, BASIC_GET, &b, err);
	if (r == 0)
		r = await_method(c, BASIC_GET_OK, &a, err);
	if (r == 0)
		r = read_frame(c, &type, &a, err);
	if (r == 0 && type != HEADER)
		return probe_client_malformed(c, "a message has no header", err);
	if (r == 0)
		r = read_frame(c, &type, &a, err);
	if (r < 0)
		return r;
	if (type != BODY || a.n != strlen(PROBE_CLIENT_VALUE) || memcmp(a.data, PROBE_CLIENT_VALUE, a.n) != 0)
		return probe_client_differs(c, "the published message does not come back", err);
	probe_client_answered(c, a.data, a.n);
	return 0;
}

static int run(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int r = login(c, err);
	put_short(&b, c->given->database ? c->given->database : "/");
	probe_bytes_put_be(&b, 0, 2);
	if (r == 0)
		r = call(c, "open", 0, CONNECTION_OPEN, &b, CONNECTION_OPEN_OK, err);
	b.len = 0;
	probe_bytes_put_be(&b, 0, 1);
	if (r == 0)
		r = call(c, "channel", 1, CHANNEL_OPEN, &b, CHANNEL_OPEN_OK, err);
	put_queue(&b);
	probe_bytes_put_be(&b, 4 | 8, 1); /* exclusive, deleted at the end */
	probe_bytes_put_be(&b, 0, 4);
	if (r == 0)
		r = call(c, "declare", 1, QUEUE_DECLARE, &b, QUEUE_DECLARE_OK, err);
	if (r == 0)
		r = publish(c, err);
	if (r == 0)
		r = get(c, err);
	put_queue(&b);
	probe_bytes_put_be(&b, 0, 1);
	if (r == 0)
		r = call(c, "delete", 1, QUEUE_DELETE, &b, QUEUE_DELETE_OK, err);
	b.len = 0;
	probe_bytes_put_be(&b, 200, 2);
	put_short(&b, "done");
	probe_bytes_put_be(&b, 0, 4);
	return r < 0 ? r : call(c, "close", 0, CONNECTION_CLOSE, &b, CONNECTION_CLOSE_OK, err);
}

const struct probe_client_row probe_client_amqp = {.name = "amqp", .port = 5672, .tls_port = 5671, .run = run};
