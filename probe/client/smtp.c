/* Spec: RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 with RFC 4616 (AUTH PLAIN). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "probe/client/rows.h"
#include "text/base64.h"

#define LINES_MAX 200 /* of one reply */

struct reply {
	int code;
	struct buf text; /* what follows the code, a line for each, without the first, which has names of the host */
};

static bool is_code(const struct buf *line)
{
	return line->len >= 3 && strspn(line->data, "0123456789") >= 3 && line->data[0] >= '2' &&
	       line->data[0] <= '5' && (line->len == 3 || line->data[3] == ' ' || line->data[3] == '-');
}

/* Reads a reply; one that says no is an error. */
static int read_reply(struct probe_client *c, struct reply *out, struct err *err)
{
	CLEANUP_BUF struct buf line = {0};
	out->text.len = 0;
	for (unsigned i = 0;; i++) {
		int r = probe_wire_line(&c->wire, &line, "a reply", err);
		if (r < 0)
			return r;
		if (!is_code(&line) || i == LINES_MAX)
			return probe_client_malformed(c, "a reply has no code", err);
		if (i > 0 && line.len > 4) {
			buf_append(&out->text, line.data + 4, line.len - 4);
			buf_char(&out->text, '\n');
		}
		if (line.len == 3 || line.data[3] == ' ')
			break;
	}
	out->code = atoi(line.data);
	if (out->code >= 400)
		return (out->code == 421 ? probe_client_not_yet : probe_client_refused)(c, line.data, line.len, err);
	return 0;
}

/* A command and its reply. The answer of the step is the reply's code. */
static int command(struct probe_client *c, const char *step, const char *text, int want, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct reply reply = {0};
	char code[16];
	probe_client_begin(c, step);
	buf_printf(&b, "%s\r\n", text);
	int r = probe_wire_send(&c->wire, b.data, b.len, step, err);
	if (r == 0)
		r = read_reply(c, &reply, err);
	buf_done(&reply.text);
	if (r < 0)
		return r;
	if (reply.code != want)
		return probe_client_malformed(c, "a reply has another code", err);
	snprintf(code, sizeof(code), "%d", reply.code);
	probe_client_answered(c, code, strlen(code));
	return 0;
}

/* Whether a line of what EHLO says is this word, alone or before a blank. */
static bool offers(const struct buf *text, const char *word)
{
	const size_t n = strlen(word);
	for (const char *at = text->len ? text->data : ""; *at; at++) {
		if (strncasecmp(at, word, n) == 0 && (at[n] == '\n' || at[n] == ' '))
			return true;
		at = strchrnul(at, '\n');
		if (!*at)
			return false;
	}
	return false;
}

static int hello(struct probe_client *c, struct reply *reply, struct err *err)
{
	static const char text[] = "EHLO slim.invalid\r\n";
	probe_client_begin(c, "EHLO");
	int r = probe_wire_send(&c->wire, text, strlen(text), "EHLO", err);
	if (r == 0)
		r = read_reply(c, reply, err);
	if (r == 0)
		probe_client_answered(c, reply->text.data, reply->text.len);
	return r;
}

static int authenticate(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf plain = {0}, text = {0};
	buf_char(&plain, '\0');
	buf_append(&plain, c->given->user, strlen(c->given->user) + 1);
	buf_str(&plain, c->given->password);
	buf_str(&text, "AUTH PLAIN ");
	base64_encode(plain.data, plain.len, &text);
	return command(c, "AUTH", text.data, 235, err);
}

static int send_mail(struct probe_client *c, struct err *err)
{
	const char *to = c->given->to ? c->given->to : "postmaster@localhost";
	CLEANUP_FREE char *rcpt = mem_printf("RCPT TO:<%s>", to);
	CLEANUP_FREE char *mail =
	    mem_printf("From: slim@localhost\r\nTo: %s\r\nSubject: slim probe\r\n\r\n" PROBE_CLIENT_VALUE "\r\n.", to);
	int r = command(c, "MAIL", "MAIL FROM:<slim@localhost>", 250, err);
	if (r == 0)
		r = command(c, "RCPT", rcpt, 250, err);
	if (r == 0)
		r = command(c, "DATA", "DATA", 354, err);
	return r < 0 ? r : command(c, "message", mail, 250, err);
}

static int converse(struct probe_client *c, struct reply *reply, struct err *err)
{
	probe_client_begin(c, "greeting");
	int r = read_reply(c, reply, err);
	if (r < 0)
		return r;
	probe_client_answered(c, "220", 3);
	r = hello(c, reply, err);
	if (r == 0 && !c->wire.ssl && offers(&reply->text, "STARTTLS")) {
		r = command(c, "STARTTLS", "STARTTLS", 220, err);
		if (r == 0) {
			probe_client_begin(c, "TLS");
			r = probe_wire_begin_tls(&c->wire, NULL, err);
		}
		if (r == 0)
			r = hello(c, reply, err);
	}
	if (r == 0 && c->given->user && c->given->password)
		r = authenticate(c, err);
	if (r == 0)
		r = send_mail(c, err);
	return r < 0 ? r : command(c, "QUIT", "QUIT", 221, err);
}

static int run(struct probe_client *c, struct err *err)
{
	struct reply reply = {0};
	int r = converse(c, &reply, err);
	buf_done(&reply.text);
	return r;
}

const struct probe_client_row probe_client_smtp = {
    .name = "smtp", .port = 25, .other_port = 587, .tls_port = 465, .run = run};
