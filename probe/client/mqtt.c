/* Spec: MQTT 3.1.1 (OASIS). */
#include <string.h>

#include "base/limits.h"
#include "probe/client/rows.h"

#define TOPIC "slim/probe"
#define PACKETS_MAX 100 /* until the one that is waited for */

enum packet { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, SUBSCRIBE = 0x82, SUBACK = 0x90, DISCONNECT = 0xe0 };

static void put_str(struct buf *out, const char *s)
{
	probe_bytes_put_be(out, strlen(s), 2);
	buf_str(out, s);
}

static int send_packet(struct probe_client *c, enum packet type, const struct buf *body, const char *what,
		       struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	size_t n = body->len;
	probe_bytes_put_be(&b, type, 1);
	do {
		probe_bytes_put_be(&b, n % 128 | (n >= 128 ? 0x80 : 0), 1);
		n /= 128;
	} while (n);
	buf_append(&b, body->data ? body->data : "", body->len);
	return probe_wire_send(&c->wire, b.data, b.len, what, err);
}

/* The next packet: its first byte and body, which is valid until the next one is read. */
static int read_packet(struct probe_client *c, uint8_t *type, struct probe_bytes *body, const char *what,
		       struct err *err)
{
	size_t n = 0, width = 0;
	uint8_t byte;
	do {
		int r = probe_wire_need(&c->wire, width + 2, what, err);
		if (r < 0)
			return r;
		if (width == 4)
			return probe_client_malformed(c, "a packet's length has more than four bytes", err);
		byte = probe_wire_data(&c->wire)[1 + width];
		n |= (size_t)(byte & 0x7f) << (7 * width++);
	} while (byte & 0x80);
	int r = probe_wire_need(&c->wire, 1 + width + n, what, err);
	if (r < 0)
		return r;
	*type = probe_wire_data(&c->wire)[0];
	*body = (struct probe_bytes){.data = probe_wire_data(&c->wire) + 1 + width, .n = n};
	probe_wire_take(&c->wire, 1 + width + n);
	return 0;
}

static int connect_session(struct probe_client *c, struct err *err)
{
	static const char *const reasons[] = {"",
					      "unacceptable protocol version",
					      "identifier rejected",
					      "server unavailable",
					      "bad user name or password",
					      "not authorized"};
	const char *user = c->given->user, *password = user ? c->given->password : NULL;
	CLEANUP_BUF struct buf b = {0};
	struct probe_bytes body = {0};
	uint8_t type = 0;
	probe_client_begin(c, "CONNECT");
	put_str(&b, "MQTT");
	probe_bytes_put_be(&b, 4, 1);
	probe_bytes_put_be(&b, 2u | (user ? 0x80u : 0) | (password ? 0x40u : 0), 1); /* a clean session */
	probe_bytes_put_be(&b, 60, 2);
	put_str(&b, "slim-probe");
	if (user)
		put_str(&b, user);
	if (password)
		put_str(&b, password);
	int r = send_packet(c, CONNECT, &b, "CONNECT", err);
	if (r == 0)
		r = read_packet(c, &type, &body, "CONNACK", err);
	if (r < 0)
		return r;
	if (type != CONNACK || body.n != 2)
		return probe_client_malformed(c, "the answer to CONNECT is not a CONNACK", err);
	const uint8_t code = body.data[1];
	if (code) {
		const char *why = code < sizeof(reasons) / sizeof(reasons[0]) ? reasons[code] : "the reason is unknown";
		return (code == 3 ? probe_client_not_yet : probe_client_refused)(c, why, strlen(why), err);
	}
	probe_client_answered(c, "ok", 2);
	return 0;
}

static int subscribe(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct probe_bytes body = {0};
	uint8_t type = 0;
	probe_client_begin(c, "SUBSCRIBE");
	probe_bytes_put_be(&b, 1, 2);
	put_str(&b, TOPIC);
	probe_bytes_put_be(&b, 0, 1);
	int r = send_packet(c, SUBSCRIBE, &b, "SUBSCRIBE", err);
	if (r == 0)
		r = read_packet(c, &type, &body, "SUBACK", err);
	if (r < 0)
		return r;
	if (type != SUBACK || body.n != 3 || body.data[0] || body.data[1] != 1)
		return probe_client_malformed(c, "the answer to SUBSCRIBE is not a SUBACK", err);
	if (body.data[2] & 0x80)
		return probe_client_refused(c, "the subscription failed", 23, err);
	probe_client_answered(c, "ok", 2);
	return 0;
}

/* Publishes to the topic, and reads up to the message that comes back. */
static int publish(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	probe_client_begin(c, "PUBLISH");
	put_str(&b, TOPIC);
	buf_str(&b, PROBE_CLIENT_VALUE);
	int r = send_packet(c, PUBLISH, &b, "PUBLISH", err);
	for (unsigned i = 0; r == 0 && i < PACKETS_MAX; i++) {
		struct probe_bytes body = {0};
		uint8_t type = 0;
		r = read_packet(c, &type, &body, "what was published", err);
		if (r < 0)
			return r;
		if ((type & 0xf0) != PUBLISH)
			return probe_client_malformed(c, "the packet that comes back is not the published one", err);
		if (body.n == b.len && memcmp(body.data, b.data, b.len) == 0) {
			probe_client_answered(c, PROBE_CLIENT_VALUE, strlen(PROBE_CLIENT_VALUE));
			return 0;
		}
	}
	return r < 0 ? r : probe_client_differs(c, "the published message does not come back", err);
}

static int run(struct probe_client *c, struct err *err)
{
	int r = connect_session(c, err);
	if (r == 0)
		r = subscribe(c, err);
	if (r == 0)
		r = publish(c, err);
	return r < 0 ? r : send_packet(c, DISCONNECT, &(struct buf){0}, "DISCONNECT", err);
}

const struct probe_client_row probe_client_mqtt = {.name = "mqtt", .port = 1883, .tls_port = 8883, .run = run};
