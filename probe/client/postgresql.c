/* Spec: PostgreSQL, "Frontend/Backend Protocol", version 3.0: startup, authentication (trust, clear text, MD5,
 * SCRAM-SHA-256) and simple queries. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "probe/client/rows.h"
#include "probe/client/scram.h"

#define PROTOCOL 196608u /* 3.0 */
#define SSL_REQUEST 80877103u
#define MESSAGES_MAX 10000 /* of one answer */

/* A message of the server: its letter and what it holds. Valid until the next one is read. */
struct message {
	char type;
	struct probe_bytes body;
};

/* type 0: the startup message, which has no letter. */
static int send_message(struct probe_client *c, char type, const struct buf *body, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	if (type)
		buf_char(&b, type);
	probe_bytes_put_be(&b, body->len + 4, 4);
	buf_append(&b, body->data ? body->data : "", body->len);
	return probe_wire_send(&c->wire, b.data, b.len, "a message", err);
}

static int send_text(struct probe_client *c, char type, const char *text, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	probe_bytes_put_str(&b, text);
	return send_message(c, type, &b, err);
}

/* The fields of an error or notice; code: 5 letters. */
static int refused(struct probe_client *c, struct probe_bytes fields, struct err *err)
{
	const char *code = "", *text = "the error has no message";
	while (fields.n && *fields.data && !fields.bad) {
		const char kind = (char)probe_bytes_be(&fields, 1);
		const char *value = probe_bytes_str(&fields);
		if (kind == 'C')
			code = value;
		if (kind == 'M')
			text = value;
	}
	/* cannot_connect_now: starting up, or in recovery */
	return (strcmp(code, "57P03") == 0 ? probe_client_not_yet : probe_client_refused)(c, text, strlen(text), err);
}

/* The next message that is neither a notice nor a parameter. An error is one. */
static int read_message(struct probe_client *c, struct message *out, struct err *err)
{
	for (unsigned i = 0; i < MESSAGES_MAX; i++) {
		int r = probe_wire_need(&c->wire, 5, "a message", err);
		if (r < 0)
			return r;
		struct probe_bytes head = {.data = probe_wire_data(&c->wire), .n = 5};
		const char type = (char)probe_bytes_be(&head, 1);
		const uint64_t n = probe_bytes_be(&head, 4);
		if (n < 4 || type < 'A' || type > 'z')
			return probe_client_malformed(c, "a message has no letter or length", err);
		if (n > LIMIT_WIRE_MESSAGE)
			return err_set(err, ERR_LIMIT, "wire-message-too-large", "a message has more than %u bytes",
				       LIMIT_WIRE_MESSAGE);
		if ((r = probe_wire_need(&c->wire, (size_t)n + 1, "a message", err)) < 0)
			return r;
		*out = (struct message){type, {.data = probe_wire_data(&c->wire) + 5, .n = (size_t)n - 4}};
		probe_wire_take(&c->wire, (size_t)n + 1);
		if (type == 'E')
			return refused(c, out->body, err);
		if (type != 'N' && type != 'S' && type != 'A')
			return 0;
	}
	return probe_client_malformed(c, "it sends notices without end", err);
}

/* ---- login ---- */

static void md5_hex(const void *a, size_t n_a, const void *b, size_t n_b, char out[33])
{
	unsigned char hash[EVP_MAX_MD_SIZE] = {0};
	CLEANUP_BUF struct buf all = {0};
	buf_append(&all, a, n_a);
	buf_append(&all, b, n_b);
	if (EVP_Digest(all.data, all.len, hash, NULL, EVP_md5(), NULL) != 1)
		memset(hash, 0, sizeof(hash)); /* a machine that has no MD5: the login is refused */
	for (size_t i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static int send_md5(struct probe_client *c, struct probe_bytes *salt, struct err *err)
{
	char inner[33], outer[33], text[36];
	const uint8_t *s = probe_bytes_take(salt, 4);
	if (!s)
		return probe_client_malformed(c, "the salt of MD5 is cut off", err);
	const char *user = c->given->user, *password = c->given->password;
	md5_hex(password, strlen(password), user, strlen(user), inner);
	md5_hex(inner, 32, s, 4, outer);
	snprintf(text, sizeof(text), "md5%s", outer);
	return send_text(c, 'p', text, err);
}

/* The methods that the server offers: whether the one that we know is one of them. */
static bool offers_scram(struct probe_bytes *list)
{
	while (list->n && !list->bad)
		if (strcmp(probe_bytes_str(list), "SCRAM-SHA-256") == 0)
			return true;
	return false;
}

static int begin_scram(struct probe_client *c, struct probe_scram *scram, struct probe_bytes *methods, struct err *err)
{
	CLEANUP_BUF struct buf first = {0}, body = {0};
	if (!offers_scram(methods))
		return err_set(err, ERR_UNSUPPORTED, "client-login-unsupported",
			       "the service wants a login method that slim does not know");
	int r = probe_scram_first(scram, &first, err);
	if (r < 0)
		return r;
	probe_bytes_put_str(&body, "SCRAM-SHA-256");
	probe_bytes_put_be(&body, first.len, 4);
	buf_append(&body, first.data, first.len);
	return send_message(c, 'p', &body, err);
}

static int go_on_scram(struct probe_client *c, struct probe_scram *scram, const struct probe_bytes *message,
		       struct err *err)
{
	CLEANUP_BUF struct buf final = {0};
	int r = probe_scram_final(scram, c->given->password, (const char *)message->data, message->n, &final, err);
	return r < 0 ? r : send_message(c, 'p', &final, err);
}

enum authentication { LOGIN_OK = 0, LOGIN_CLEAR = 3, LOGIN_MD5 = 5, LOGIN_SASL = 10, LOGIN_SASL_MORE, LOGIN_SASL_END };

/* Answers what the server asks for. *done: nothing more. */
static int answer(struct probe_client *c, struct probe_scram *scram, struct message *m, bool *done, struct err *err)
{
	const uint64_t kind = m->type == 'R' ? probe_bytes_be(&m->body, 4) : UINT64_MAX;
	if (m->type != 'R' || m->body.bad)
		return probe_client_malformed(c, "the login has an unexpected message", err);
	*done = kind == LOGIN_OK;
	if (*done)
		return 0;
	if (!c->given->password)
		return err_set(err, ERR_UNPROVEN, "client-password-missing",
			       "the service wants a password: password=TEXT");
	switch (kind) {
	case LOGIN_CLEAR:
		return send_text(c, 'p', c->given->password, err);
	case LOGIN_MD5:
		return send_md5(c, &m->body, err);
	case LOGIN_SASL:
		return begin_scram(c, scram, &m->body, err);
	case LOGIN_SASL_MORE:
		return go_on_scram(c, scram, &m->body, err);
	case LOGIN_SASL_END:
		return probe_scram_check(scram, (const char *)m->body.data, m->body.n, err);
	default:
		return err_set(err, ERR_UNSUPPORTED, "client-login-unsupported",
			       "the service wants a login method that slim does not know");
	}
}

/* Reads up to "ready for query". */
static int await_ready(struct probe_client *c, struct err *err)
{
	struct message m = {0};
	int r = 0;
	for (unsigned i = 0; r == 0 && m.type != 'Z'; i++) {
		r = read_message(c, &m, err);
		if (r == 0 && (i == MESSAGES_MAX || (m.type != 'K' && m.type != 'Z')))
			return probe_client_malformed(c, "it is never ready for a query", err);
	}
	return r;
}

static int login(struct probe_client *c, struct err *err)
{
	CLEANUP(probe_scram_done) struct probe_scram scram = {0};
	CLEANUP_BUF struct buf body = {0};
	struct message m;
	probe_client_begin(c, "login");
	probe_bytes_put_be(&body, PROTOCOL, 4);
	probe_bytes_put_str(&body, "user");
	probe_bytes_put_str(&body, c->given->user);
	if (c->given->database) {
		probe_bytes_put_str(&body, "database");
		probe_bytes_put_str(&body, c->given->database);
	}
	probe_bytes_put_str(&body, ""); /* ends the list */
	int r = send_message(c, 0, &body, err);
	bool done = false;
	for (unsigned i = 0; r == 0 && !done; i++) {
		r = read_message(c, &m, err);
		if (r == 0)
			r = i < 8 ? answer(c, &scram, &m, &done, err)
				  : probe_client_malformed(c, "the login does not end", err);
	}
	if (r == 0)
		r = await_ready(c, err);
	if (r == 0)
		probe_client_answered(c, "ok", 2);
	return r;
}

/* TLS from the start is a request, too, in this protocol. */
static int begin_tls(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf body = {0};
	probe_client_begin(c, "TLS");
	probe_bytes_put_be(&body, SSL_REQUEST, 4);
	int r = send_message(c, 0, &body, err);
	if (r == 0)
		r = probe_wire_need(&c->wire, 1, "the answer to a request for TLS", err);
	if (r < 0)
		return r;
	const char answered = (char)*probe_wire_data(&c->wire);
	if (answered != 'S')
		return probe_client_refused(c, "no TLS", 6, err);
	probe_wire_take(&c->wire, 1);
	r = probe_wire_begin_tls(&c->wire, NULL, err);
	if (r == 0)
		probe_client_answered(c, "ok", 2);
	return r;
}

/* ---- queries ---- */

/* Appends the columns of a row, a blank between two. */
static bool add_row(struct probe_bytes row, struct buf *out)
{
	for (uint64_t n = probe_bytes_be(&row, 2); n && !row.bad; n--) {
		const uint64_t size = probe_bytes_be(&row, 4);
		const bool null = size == UINT32_MAX;
		const uint8_t *value = null ? (const uint8_t *)"NULL" : probe_bytes_take(&row, (size_t)size);
		if (value)
			buf_append(out, value, null ? 4 : (size_t)size);
		buf_char(out, n > 1 ? ' ' : '\n');
	}
	return !row.bad;
}

/* The answer of the step is the rows and the command's tag. want: the rows, NULL = any. */
static int query(struct probe_client *c, const char *step, const char *sql, const char *want, struct err *err)
{
	CLEANUP_BUF struct buf rows = {0};
	struct message m = {0};
	probe_client_begin(c, step);
	int r = send_text(c, 'Q', sql, err);
	for (unsigned i = 0; r == 0 && m.type != 'Z'; i++) {
		r = read_message(c, &m, err);
		if (r == 0 && (i == MESSAGES_MAX || rows.len > LIMIT_WIRE_MESSAGE || !strchr("TDCIZ", m.type) ||
			       (m.type == 'D' && !add_row(m.body, &rows))))
			return probe_client_malformed(c, "the answer to a query has an unexpected message", err);
	}
	if (r < 0)
		return r;
	if (want && (rows.len != strlen(want) || memcmp(rows.data ? rows.data : "", want, rows.len) != 0))
		return probe_client_differs(c, "the rows differ from those that were written", err);
	probe_client_answered(c, rows.data, rows.len);
	return 0;
}

static int run(struct probe_client *c, struct err *err)
{
	int r = c->given->tls ? begin_tls(c, err) : 0;
	if (r == 0)
		r = login(c, err);
	if (r == 0)
		r = query(c, "SELECT version", "SELECT version()", NULL, err);
	if (r == 0)
		r = query(c, "CREATE TABLE", "CREATE TEMPORARY TABLE slim_probe (id integer PRIMARY KEY, name text)",
			  "", err);
	if (r == 0)
		r = query(c, "INSERT", "INSERT INTO slim_probe VALUES (1, '" PROBE_CLIENT_VALUE "')", "", err);
	if (r == 0)
		r = query(c, "SELECT", "SELECT id, name FROM slim_probe ORDER BY id", "1 " PROBE_CLIENT_VALUE "\n",
			  err);
	if (r == 0)
		r = query(c, "DROP TABLE", "DROP TABLE slim_probe", "", err);
	return r < 0 ? r : send_message(c, 'X', &(struct buf){0}, err);
}

const struct probe_client_row probe_client_postgresql = {
    .name = "postgresql", .port = 5432, .own_tls = true, .needs_user = true, .run = run};
