/* Spec: the Redis serialization protocol, RESP2. AUTH with a user is of Redis 6. Valkey and KeyDB speak it, too. */
#include <stdlib.h>
#include <string.h>

#include "probe/client/rows.h"

#define BULK_MAX (512u << 10)

/* A number that is a whole line, behind its first character. */
static bool number(const struct buf *line, long *out)
{
	char *end;
	*out = strtol(line->data + 1, &end, 10);
	return line->len > 1 && line->len < 16 && *end == '\0' && strlen(line->data) == line->len;
}

/* The reply to a command: a line, or a string of so many bytes. No command has an array as its answer. */
static int reply(struct probe_client *c, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf line = {0};
	long n = 0;
	int r = probe_wire_line(&c->wire, &line, "a reply", err);
	if (r < 0)
		return r;
	const char kind = line.len ? line.data[0] : 0;
	if (kind == '-') {
		const bool loading = strncmp(line.data, "-LOADING", 8) == 0;
		return (loading ? probe_client_not_yet : probe_client_refused)(c, line.data + 1, line.len - 1, err);
	}
	if (kind == '+' || kind == ':') {
		buf_append(out, line.data + 1, line.len - 1);
		return 0;
	}
	if (kind != '$' || !number(&line, &n) || n < -1 || n > (long)BULK_MAX)
		return probe_client_malformed(c, "a reply begins with none of + - : $ and a length", err);
	if (n == -1)
		return 0; /* no such key */
	r = probe_wire_need(&c->wire, (size_t)n + 2, "a string", err);
	if (r < 0)
		return r;
	buf_append(out, probe_wire_data(&c->wire), (size_t)n);
	probe_wire_take(&c->wire, (size_t)n + 2);
	return 0;
}

/* Sends words, up to a NULL, and reads the reply. */
static int command(struct probe_client *c, const char *const *words, struct buf *out, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	size_t n = 0;
	while (words[n])
		n++;
	buf_printf(&b, "*%zu\r\n", n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "$%zu\r\n%s\r\n", strlen(words[i]), words[i]);
	int r = probe_wire_send(&c->wire, b.data, b.len, words[0], err);
	return r < 0 ? r : reply(c, out, err);
}

/* want: the reply, NULL = any. A reply that is another in each run is not kept: shown says what is, then. */
static int step(struct probe_client *c, const char *const *words, const char *want, const char *shown, struct err *err)
{
	CLEANUP_BUF struct buf got = {0};
	probe_client_begin(c, words[0]);
	int r = command(c, words, &got, err);
	if (r < 0)
		return r;
	if (want && (got.len != strlen(want) || memcmp(got.data ? got.data : "", want, got.len) != 0))
		return probe_client_differs(c, "the reply is not the expected one", err);
	probe_client_answered(c, shown ? shown : got.data, shown ? strlen(shown) : got.len);
	return 0;
}

#define WORDS(...)                                                                                                     \
	(const char *const[])                                                                                          \
	{                                                                                                              \
		__VA_ARGS__, NULL                                                                                      \
	}

static int run(struct probe_client *c, struct err *err)
{
	const char *user = c->given->user, *password = c->given->password, *database = c->given->database;
	int r = 0;
	if (password)
		r = step(c, user ? WORDS("AUTH", user, password) : WORDS("AUTH", password), "OK", NULL, err);
	if (r == 0 && database)
		r = step(c, WORDS("SELECT", database), "OK", NULL, err);
	if (r == 0)
		r = step(c, WORDS("PING"), "PONG", NULL, err);
	if (r == 0)
		r = step(c, WORDS("SET", PROBE_CLIENT_KEY, PROBE_CLIENT_VALUE), "OK", NULL, err);
	if (r == 0)
		r = step(c, WORDS("GET", PROBE_CLIENT_KEY), PROBE_CLIENT_VALUE, NULL, err);
	if (r == 0)
		r = step(c, WORDS("DEL", PROBE_CLIENT_KEY), "1", NULL, err);
	if (r == 0)
		r = step(c, WORDS("INFO"), NULL, "", err);
	return r < 0 ? r : step(c, WORDS("QUIT"), "OK", NULL, err);
}

const struct probe_client_row probe_client_redis = {
    .name = "redis", .port = 6379, .tls_port = 6380, .by_default = true, .run = run};
