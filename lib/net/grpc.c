#include "net/grpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/exchange.h"

#define PREFIX 5             /* bytes before a message: whether it is compressed, its length */
#define CONNECT_MS 10000     /* of a service on this machine */
#define IDLE_MS (10 * 60000) /* unpacking a large layer answers at its end */
#define CLEAN_UP_MS 5000
#define SHOWN_MAX 400 /* bytes of what the service says */
#define READ_SIZE (16u << 10)

struct net_grpc {
	struct net_exchange_client *client;
	const struct progress *progress;
	unsigned answer_ms; /* 0 = IDLE_MS */
};

struct net_grpc *net_grpc_new(const char *socket, const struct progress *progress)
{
	const struct net_exchange_peer peer = {
	    .unix_socket = socket, .http2 = true, .connect_timeout_ms = CONNECT_MS, .idle_timeout_ms = IDLE_MS};
	struct net_grpc *g = mem_alloc(sizeof(*g));
	g->client = net_exchange_client_new(&peer);
	g->progress = progress;
	return g;
}

void net_grpc_free(struct net_grpc *g)
{
	if (!g)
		return;
	net_exchange_client_free(g->client);
	free(g);
}

void net_grpc_clean_up(struct net_grpc *g)
{
	g->progress = NULL;
	g->answer_ms = CLEAN_UP_MS;
}

/* ---- what is sent ---- */

struct sending {
	const struct net_grpc_messages *messages;
	struct buf frame; /* the message at hand, with its prefix */
	size_t at;
	bool ended;
};

static int fill_frame(struct sending *s, struct err *err)
{
	CLEANUP_BUF struct buf message = {0};
	int r = s->messages->next(s->messages->ctx, &message, err);
	s->at = s->frame.len = 0;
	s->ended = r == 0;
	if (r <= 0)
		return r;
	const char prefix[PREFIX] = {0, (char)(message.len >> 24), (char)(message.len >> 16), (char)(message.len >> 8),
				     (char)message.len};
	buf_append(&s->frame, prefix, PREFIX);
	if (message.len)
		buf_append(&s->frame, message.data, message.len);
	return 0;
}

static ssize_t send_frames(void *ctx, void *to, size_t n, struct err *err)
{
	struct sending *s = ctx;
	if (s->at == s->frame.len && !s->ended) {
		int r = fill_frame(s, err);
		if (r < 0)
			return r;
	}
	const size_t left = s->frame.len - s->at;
	if (n > left)
		n = left;
	if (n)
		memcpy(to, s->frame.data + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

/* ---- what comes ---- */

static int malformed(const char *method, struct err *err)
{
	return err_set(err, ERR_PROTO, "grpc-malformed", "%s: the answer is not gRPC", method);
}

/* The whole messages of b; the rest stays. */
static int take_messages(const struct net_grpc_messages *m, const char *method, struct buf *b, struct err *err)
{
	size_t at = 0;
	int r = 0;
	while (r == 0 && b->len - at >= PREFIX) {
		const unsigned char *p = (const unsigned char *)b->data + at;
		const size_t n = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
		if (p[0])
			return malformed(method, err);
		if (n > m->max)
			return err_set(err, ERR_LIMIT, "answer-too-large", "%s: the answer is too large", method);
		if (b->len - at - PREFIX < n)
			break;
		if (m->each)
			r = m->each(m->ctx, b->data + at + PREFIX, n, err);
		at += PREFIX + n;
	}
	if (at) {
		b->len -= at;
		memmove(b->data, b->data + at, b->len);
	}
	return r;
}

static int read_messages(struct net_exchange *x, const struct net_grpc_messages *m, const char *method, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	for (;;) {
		buf_reserve(&b, READ_SIZE);
		ssize_t n = net_exchange_read(x, b.data + b.len, READ_SIZE, err);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return b.len ? malformed(method, err) : 0;
		b.len += (size_t)n;
		int r = take_messages(m, method, &b, err);
		if (r < 0)
			return r;
	}
}

/* ---- the status ---- */

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* The words of the service are percent-encoded. */
static void show(const char *said, struct buf *out)
{
	CLEANUP_BUF struct buf plain = {0};
	for (const char *s = said; *s && plain.len < SHOWN_MAX; s++) {
		const bool coded = s[0] == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0;
		buf_char(&plain, coded ? (char)(hex(s[1]) << 4 | hex(s[2])) : *s);
		s += coded ? 2 : 0;
	}
	buf_escape(out, plain.data ? plain.data : "", plain.len);
}

static int refused(unsigned long status, const char *said, struct err *err)
{
	static const enum err_code codes[] = {
	    [3] = ERR_INVAL, [5] = ERR_NOTFOUND, [6] = ERR_INVAL,        [7] = ERR_DENIED,
	    [9] = ERR_INVAL, [11] = ERR_INVAL,   [12] = ERR_UNSUPPORTED, [16] = ERR_DENIED,
	};
	enum err_code code = status < sizeof(codes) / sizeof(*codes) ? codes[status] : ERR_NONE;
	CLEANUP_BUF struct buf shown = {0};
	show(said ? said : "", &shown);
	int r = shown.len
		    ? err_set(err, code ? code : ERR_PROTO, "grpc-refused", "%s (gRPC status %lu)", shown.data, status)
		    : err_set(err, code ? code : ERR_PROTO, "grpc-refused",
			      "it answers with gRPC status %lu and no reason", status);
	if (err && status == 6)
		err->sys = EEXIST;
	return r;
}

/* Of an answer without messages the status may be in the header. */
static const char *last_word(const struct net_exchange *x, const char *name)
{
	const char *value = net_exchange_trailer(x, name);
	return value ? value : net_exchange_header(x, name);
}

static int check_status(const struct net_exchange *x, const char *method, struct err *err)
{
	const char *status = last_word(x, "grpc-status");
	if (!status || !*status || strspn(status, "0123456789") != strlen(status) || strlen(status) > 3)
		return malformed(method, err);
	const unsigned long code = strtoul(status, NULL, 10);
	return code ? refused(code, last_word(x, "grpc-message"), err) : 0;
}

/* ---- calls ---- */

static int stream(struct net_grpc *g, const char *method, const struct strlist *headers, struct sending *s,
		  uint64_t size, struct err *err)
{
	CLEANUP_FREE char *url = mem_printf("http://localhost%s", method);
	CLEANUP_STRLIST struct strlist all = {0};
	strlist_add(&all, "Content-Type: application/grpc");
	strlist_add(&all, "TE: trailers");
	if (headers)
		strlist_extend(&all, headers);
	struct io_reader body = {.read = send_frames, .ctx = s};
	const struct net_exchange_request q = {.method = "POST",
					       .url = url,
					       .headers = &all,
					       .body = &body,
					       .body_size = size,
					       .answer_timeout_ms = g->answer_ms};
	CLEANUP_NET_EXCHANGE struct net_exchange *x = NULL;
	log_debug("%s", method);
	int r = net_exchange_open(g->client, &q, g->progress, &x, err);
	if (r < 0)
		return r;
	if (net_exchange_status(x) != 200)
		return malformed(method, err);
	r = read_messages(x, s->messages, method, err);
	return r < 0 ? r : check_status(x, method, err);
}

int net_grpc_stream(struct net_grpc *g, const char *method, const struct strlist *headers,
		    const struct net_grpc_messages *messages, struct err *err)
{
	struct sending s = {.messages = messages};
	int r = stream(g, method, headers, &s, NET_EXCHANGE_ANY_SIZE, err);
	buf_done(&s.frame);
	return r;
}

struct single {
	const struct buf *request; /* NULL = it is sent */
	struct buf *answer;
	unsigned answers;
};

static int next_single(void *ctx, struct buf *out, struct err *err)
{
	struct single *s = ctx;
	const struct buf *request = s->request;
	s->request = NULL;
	if (request && request->len)
		buf_append(out, request->data, request->len);
	return request != NULL;
}

static int take_single(void *ctx, const char *data, size_t n, struct err *err)
{
	struct single *s = ctx;
	if (s->answers++ == 0 && s->answer && n)
		buf_append(s->answer, data, n);
	return 0;
}

int net_grpc_call(struct net_grpc *g, const char *method, const struct strlist *headers, const struct buf *request,
		  size_t max, struct buf *answer, struct err *err)
{
	struct single s = {.request = request, .answer = answer};
	const struct net_grpc_messages m = {.next = next_single, .each = take_single, .ctx = &s, .max = max};
	struct sending sending = {.messages = &m};
	/* with a size the last frame ends the stream: the server does not reset it in the middle */
	int r = stream(g, method, headers, &sending, PREFIX + request->len, err);
	buf_done(&sending.frame);
	return r < 0 || s.answers == 1 ? r : malformed(method, err);
}
