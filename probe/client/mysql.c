/* Spec: MySQL's client/server protocol: Protocol::HandshakeV10, HandshakeResponse41, AuthSwitchRequest, COM_QUERY.
 * MariaDB speaks it, too. */
#include <string.h>

#include "base/limits.h"
#include "probe/client/mysql_login.h"
#include "probe/client/rows.h"

#define PACKETS_MAX 10000 /* of one answer */
#define UTF8 33           /* utf8_general_ci, which all have */
#define ACCEPTS (1u << 24)
#define STEPS_MAX 8 /* of a login */

enum capability {
	LONG_PASSWORD = 1,
	WITH_DATABASE = 8,
	PROTOCOL_41 = 0x200,
	TLS = 0x800,
	TRANSACTIONS = 0x2000,
	SECURE = 0x8000,
	PLUGINS = 0x80000,
};
enum first_byte { OK = 0, MORE = 1, NULL_VALUE = 0xfb, END = 0xfe, ERROR = 0xff };
enum sha2 { KEY_WANTED = 2, FAST_DONE = 3, FULL = 4 };

struct session {
	struct probe_client *c;
	uint8_t sequence; /* of the next packet */
	unsigned char nonce[PROBE_MYSQL_NONCE];
	char method[64];
	struct probe_bytes packet; /* the last one, valid until the next is read */
};

static int malformed(const struct session *s, const char *what, struct err *err)
{
	return probe_client_malformed(s->c, what, err);
}

static int send_packet(struct session *s, const struct buf *body, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	probe_bytes_put_le(&b, body->len, 3);
	probe_bytes_put_le(&b, s->sequence++, 1);
	buf_append(&b, body->data ? body->data : "", body->len);
	return probe_wire_send(&s->c->wire, b.data, b.len, "a packet", err);
}

/* ERR_Packet: its number, a state and text. */
static int refused(struct session *s, struct probe_bytes p, struct err *err)
{
	probe_bytes_take(&p, 3);
	if (p.n >= 6 && *p.data == '#')
		probe_bytes_take(&p, 6);
	return probe_client_refused(s->c, (const char *)p.data, p.bad ? 0 : p.n, err);
}

/* The next packet; an error of the server is one. */
static int read_packet(struct session *s, struct err *err)
{
	struct probe_wire *w = &s->c->wire;
	int r = probe_wire_need(w, 4, "a packet", err);
	if (r < 0)
		return r;
	struct probe_bytes head = {.data = probe_wire_data(w), .n = 4};
	const size_t n = (size_t)probe_bytes_le(&head, 3);
	s->sequence = (uint8_t)(probe_bytes_le(&head, 1) + 1);
	if ((r = probe_wire_need(w, n + 4, "a packet", err)) < 0)
		return r;
	s->packet = (struct probe_bytes){.data = probe_wire_data(w) + 4, .n = n};
	probe_wire_take(w, n + 4);
	if (!n)
		return malformed(s, "a packet is empty", err);
	return *s->packet.data == ERROR ? refused(s, s->packet, err) : 0;
}

/* ---- login ---- */

static int read_greeting(struct session *s, struct err *err)
{
	int r = read_packet(s, err);
	if (r < 0)
		return r;
	struct probe_bytes p = s->packet;
	if (probe_bytes_le(&p, 1) != 10)
		return malformed(s, "the greeting does not have version 10", err);
	(void)probe_bytes_str(&p); /* version */
	probe_bytes_take(&p, 4);   /* connection */
	const uint8_t *first = probe_bytes_take(&p, 8);
	probe_bytes_take(&p, 1);
	uint64_t capabilities = probe_bytes_le(&p, 2);
	probe_bytes_take(&p, 3);
	capabilities |= probe_bytes_le(&p, 2) << 16;
	probe_bytes_take(&p, 11);
	const uint8_t *second = probe_bytes_take(&p, PROBE_MYSQL_NONCE - 8);
	probe_bytes_take(&p, 1);
	if (p.bad || !(capabilities & PROTOCOL_41))
		return malformed(s, "the greeting is cut off, or of a server before 4.1", err);
	memcpy(s->nonce, first, 8);
	memcpy(s->nonce + 8, second, PROBE_MYSQL_NONCE - 8);
	const char *method = capabilities & PLUGINS ? probe_bytes_str(&p) : PROBE_MYSQL_NATIVE;
	snprintf(s->method, sizeof(s->method), "%s", *method ? method : PROBE_MYSQL_NATIVE);
	if (s->c->given->tls && !(capabilities & TLS))
		return probe_client_refused(s->c, "no TLS", 6, err);
	return 0;
}

static void put_begin(const struct session *s, struct buf *out)
{
	static const char zeros[23];
	const unsigned wants = LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE | PLUGINS |
			       (s->c->given->database ? WITH_DATABASE : 0) | (s->c->given->tls ? TLS : 0);
	probe_bytes_put_le(out, wants, 4);
	probe_bytes_put_le(out, ACCEPTS, 4);
	probe_bytes_put_le(out, UTF8, 1);
	buf_append(out, zeros, sizeof(zeros));
}

static const char *password_of(const struct session *s)
{
	return s->c->given->password ? s->c->given->password : "";
}

static int send_login(struct session *s, struct err *err)
{
	CLEANUP_BUF struct buf begin = {0}, proof = {0};
	put_begin(s, &begin);
	int r = s->c->given->tls ? send_packet(s, &begin, err) : 0;
	if (r == 0 && s->c->given->tls)
		r = probe_wire_begin_tls(&s->c->wire, NULL, err);
	if (r < 0)
		return r;
	if (!probe_mysql_answer(s->method, password_of(s), s->nonce, &proof)) /* the server then asks for its method */
		snprintf(s->method, sizeof(s->method), PROBE_MYSQL_NATIVE);
	probe_bytes_put_str(&begin, s->c->given->user);
	probe_bytes_put_le(&begin, proof.len, 1);
	buf_append(&begin, proof.data ? proof.data : "", proof.len);
	if (s->c->given->database)
		probe_bytes_put_str(&begin, s->c->given->database);
	probe_bytes_put_str(&begin, s->method);
	return send_packet(s, &begin, err);
}

/* The server wants another method than the one that it greeted with. */
static int switch_method(struct session *s, struct probe_bytes p, struct err *err)
{
	CLEANUP_BUF struct buf proof = {0};
	probe_bytes_take(&p, 1);
	const char *method = probe_bytes_str(&p);
	const uint8_t *nonce = probe_bytes_take(&p, PROBE_MYSQL_NONCE);
	snprintf(s->method, sizeof(s->method), "%s", method);
	if (nonce)
		memcpy(s->nonce, nonce, PROBE_MYSQL_NONCE);
	if (!probe_mysql_answer(s->method, password_of(s), s->nonce, &proof)) {
		CLEANUP_BUF struct buf shown = {0};
		buf_escape(&shown, s->method, strlen(s->method));
		return err_set(err, ERR_UNSUPPORTED, "client-login-unsupported", "the service asks for the login %s",
			       shown.len ? shown.data : "without a name");
	}
	return p.bad ? malformed(s, "the request for another login is cut off", err) : send_packet(s, &proof, err);
}

/* caching_sha2_password does not know us yet: it wants the password, which nobody on the way may read. */
static int send_password(struct session *s, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	if (s->c->wire.ssl || !s->c->port) {
		probe_bytes_put_str(&b, password_of(s));
		return send_packet(s, &b, err);
	}
	buf_char(&b, KEY_WANTED);
	int r = send_packet(s, &b, err);
	if (r == 0)
		r = read_packet(s, err);
	b.len = 0;
	if (r == 0 && *s->packet.data != MORE)
		return malformed(s, "the service sends no public key", err);
	if (r == 0)
		r = probe_mysql_encrypt(password_of(s), s->nonce, s->packet.data + 1, s->packet.n - 1, &b, err);
	return r < 0 ? r : send_packet(s, &b, err);
}

static int login(struct session *s, struct err *err)
{
	probe_client_begin(s->c, "login");
	int r = read_greeting(s, err);
	if (r == 0)
		r = send_login(s, err);
	for (unsigned i = 0; r == 0 && i < STEPS_MAX; i++) {
		r = read_packet(s, err);
		if (r < 0)
			return r;
		const struct probe_bytes p = s->packet;
		if (*p.data == OK) {
			probe_client_answered(s->c, "ok", 2);
			return 0;
		}
		if (*p.data == END)
			r = switch_method(s, p, err);
		else if (*p.data != MORE || p.n < 2)
			return malformed(s, "the login has an unexpected packet", err);
		else if (p.data[1] == FULL)
			r = send_password(s, err);
	}
	return r < 0 ? r : malformed(s, "the login does not end", err);
}

/* ---- queries ---- */

/* A number of MySQL's variable length. */
static uint64_t length(struct probe_bytes *p)
{
	const uint64_t first = probe_bytes_le(p, 1);
	if (first < NULL_VALUE)
		return first;
	return probe_bytes_le(p, first == 0xfc ? 2 : first == 0xfd ? 3 : 8);
}

static bool add_row(struct probe_bytes row, uint64_t columns, struct buf *out)
{
	for (; columns && !row.bad; columns--) {
		const bool null = row.n && *row.data == NULL_VALUE;
		const uint64_t n = null ? probe_bytes_le(&row, 1) : length(&row);
		const uint8_t *value = null || n > row.n ? NULL : probe_bytes_take(&row, (size_t)n);
		if (!null && !value)
			return false;
		buf_append(out, null ? "NULL" : (const char *)value, null ? 4 : (size_t)n);
		buf_char(out, columns > 1 ? ' ' : '\n');
	}
	return !row.bad;
}

/* Reads packets up to the one that ends a list. rows: NULL = they describe columns. */
static int read_list(struct session *s, uint64_t columns, struct buf *rows, struct err *err)
{
	for (unsigned i = 0; i < PACKETS_MAX; i++) {
		int r = read_packet(s, err);
		if (r < 0)
			return r;
		if (*s->packet.data == END && s->packet.n < 9)
			return 0;
		if (rows && (rows->len > LIMIT_WIRE_MESSAGE || !add_row(s->packet, columns, rows)))
			return malformed(s, "a row is malformed", err);
	}
	return malformed(s, "the answer does not end", err);
}

/* want: the rows, NULL = any. */
static int query(struct session *s, const char *step, const char *sql, const char *want, struct err *err)
{
	CLEANUP_BUF struct buf b = {0}, rows = {0};
	probe_client_begin(s->c, step);
	buf_char(&b, 3); /* COM_QUERY */
	buf_str(&b, sql);
	s->sequence = 0;
	int r = send_packet(s, &b, err);
	if (r == 0)
		r = read_packet(s, err);
	if (r < 0)
		return r;
	if (*s->packet.data != OK) {
		const uint64_t columns = length(&s->packet);
		if (s->packet.bad || s->packet.n || !columns || columns > 4096)
			return malformed(s, "the answer to a query is malformed", err);
		if ((r = read_list(s, columns, NULL, err)) < 0 || (r = read_list(s, columns, &rows, err)) < 0)
			return r;
	}
	if (want && (rows.len != strlen(want) || memcmp(rows.data ? rows.data : "", want, rows.len) != 0))
		return probe_client_differs(s->c, "the rows differ from those that were written", err);
	probe_client_answered(s->c, rows.data, rows.len);
	return 0;
}

#define TABLE "slim_probe.slim_probe"
#define COLUMNS " (id INTEGER PRIMARY KEY, name VARCHAR(64))"

/* In the database that was given, a table that only this connection sees; else one in a database of its own. */
static int write_and_read(struct session *s, const char *database, struct err *err)
{
	int r = database ? 0 : query(s, "CREATE DATABASE", "CREATE DATABASE IF NOT EXISTS slim_probe", "", err);
	if (r == 0)
		r = query(s, "CREATE TABLE",
			  database ? "CREATE TEMPORARY TABLE slim_probe" COLUMNS
				   : "CREATE TABLE IF NOT EXISTS " TABLE COLUMNS,
			  "", err);
	if (r == 0)
		r = query(s, "INSERT",
			  database ? "INSERT INTO slim_probe VALUES (1, '" PROBE_CLIENT_VALUE "')"
				   : "REPLACE INTO " TABLE " VALUES (1, '" PROBE_CLIENT_VALUE "')",
			  "", err);
	if (r == 0)
		r = query(s, "SELECT", database ? "SELECT id, name FROM slim_probe" : "SELECT id, name FROM " TABLE,
			  "1 " PROBE_CLIENT_VALUE "\n", err);
	if (r < 0 || database)
		return r;
	return query(s, "DROP DATABASE", "DROP DATABASE slim_probe", "", err);
}

static int run(struct probe_client *c, struct err *err)
{
	static const char quit[] = {1, 0, 0, 0, 1};
	struct session s = {.c = c};
	int r = login(&s, err);
	if (r == 0)
		r = query(&s, "SELECT version", "SELECT @@version", NULL, err);
	if (r == 0)
		r = write_and_read(&s, c->given->database, err);
	return r < 0 ? r : probe_wire_send(&c->wire, quit, sizeof(quit), "the end", err);
}

const struct probe_client_row probe_client_mysql = {
    .name = "mysql", .port = 3306, .own_tls = true, .needs_user = true, .run = run};
