/* Spec: memcached, doc/protocol.txt: the text protocol. */
#include <string.h>

#include "probe/client/rows.h"

#define STATS_MAX 1000 /* lines */

static bool begins(const struct buf *line, const char *with)
{
	return line->len >= strlen(with) && memcmp(line->data, with, strlen(with)) == 0;
}

/* Sends a command and reads lines up to the one that begins with end. out: NULL = the others are not kept. */
static int command(struct probe_client *c, const char *name, const char *text, const char *end, struct buf *out,
		   struct err *err)
{
	CLEANUP_BUF struct buf line = {0};
	probe_client_begin(c, name);
	int r = probe_wire_send(&c->wire, text, strlen(text), name, err);
	for (unsigned i = 0; r == 0; i++) {
		r = probe_wire_line(&c->wire, &line, "a reply", err);
		if (r < 0 || begins(&line, end))
			break;
		if (begins(&line, "ERROR") || begins(&line, "CLIENT_ERROR") || begins(&line, "SERVER_ERROR") ||
		    begins(&line, "NOT_"))
			return probe_client_refused(c, line.data, line.len, err);
		if (!out && !begins(&line, "STAT "))
			return probe_client_malformed(c, "the reply has an unknown line", err);
		if (i == STATS_MAX)
			return probe_client_malformed(c, "the reply does not end", err);
		if (out) {
			buf_append(out, line.data, line.len);
			buf_char(out, '\n');
		}
	}
	return r;
}

static int run(struct probe_client *c, struct err *err)
{
	CLEANUP_BUF struct buf set = {0}, got = {0}, want = {0};
	const size_t n = strlen(PROBE_CLIENT_VALUE);
	buf_printf(&set, "set " PROBE_CLIENT_KEY " 0 60 %zu\r\n" PROBE_CLIENT_VALUE "\r\n", n);
	buf_printf(&want, "VALUE " PROBE_CLIENT_KEY " 0 %zu\n" PROBE_CLIENT_VALUE "\n", n);
	int r = command(c, "set", set.data, "STORED", NULL, err);
	if (r < 0)
		return r;
	probe_client_answered(c, "STORED", 6);
	r = command(c, "get", "get " PROBE_CLIENT_KEY "\r\n", "END", &got, err);
	if (r < 0)
		return r;
	if (got.len != want.len || memcmp(got.data, want.data, got.len) != 0)
		return probe_client_differs(c, "the value that comes back is not the one that was set", err);
	probe_client_answered(c, got.data, got.len);
	r = command(c, "delete", "delete " PROBE_CLIENT_KEY "\r\n", "DELETED", NULL, err);
	if (r < 0)
		return r;
	probe_client_answered(c, "DELETED", 7);
	r = command(c, "stats", "stats\r\n", "END", NULL, err);
	if (r < 0)
		return r;
	probe_client_answered(c, "", 0); /* the figures are others in each run */
	return probe_wire_send(&c->wire, "quit\r\n", 6, "quit", err);
}

const struct probe_client_row probe_client_memcached = {
    .name = "memcached", .port = 11211, .by_default = true, .run = run};
