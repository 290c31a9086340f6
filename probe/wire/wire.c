#include "probe/wire/wire.h"

#include <string.h>

#include "base/limits.h"

#define PIECE 16384

void probe_wire_done(struct probe_wire *w)
{
	probe_wire_tls_done(w);
	buf_done(&w->in);
	cleanup_closep(&w->fd);
	*w = (struct probe_wire){.fd = -1};
}

int probe_wire_send(struct probe_wire *w, const void *data, size_t n, const char *what, struct err *err)
{
	return w->ssl ? probe_wire_tls_send(w, data, n, what, err) : probe_wire_raw_send(w, data, n, what, err);
}

const uint8_t *probe_wire_data(const struct probe_wire *w)
{
	return w->in.data ? (const uint8_t *)w->in.data + w->at : (const uint8_t *)"";
}

size_t probe_wire_size(const struct probe_wire *w)
{
	return w->in.len - w->at;
}

void probe_wire_take(struct probe_wire *w, size_t n)
{
	w->at += n;
	if (w->at < w->in.len)
		return;
	w->at = 0;
	w->in.len = 0;
}

int probe_wire_more(struct probe_wire *w, const char *what, struct err *err)
{
	if (w->ended)
		return 0;
	if (probe_wire_size(w) > LIMIT_WIRE_MESSAGE)
		return err_set(err, ERR_LIMIT, "wire-message-too-large", "%s has more than %u bytes", what,
			       LIMIT_WIRE_MESSAGE);
	if (w->at) {
		w->in.len -= w->at;
		memmove(w->in.data, w->in.data + w->at, w->in.len);
		w->at = 0;
	}
	buf_reserve(&w->in, PIECE);
	void *end = w->in.data + w->in.len;
	ssize_t got = w->ssl ? probe_wire_tls_receive(w, end, PIECE, what, err)
			     : probe_wire_raw_receive(w, end, PIECE, what, err);
	if (got < 0)
		return (int)got;
	w->in.len += (size_t)got;
	w->in.data[w->in.len] = '\0';
	w->ended = got == 0;
	return got > 0;
}

/* The peer ended too early. */
static int ended(const struct probe_wire *w, const char *what, struct err *err)
{
	return err_set(err, ERR_PROTO, "wire-ended", "the service closed the connection %s %s",
		       probe_wire_size(w) ? "in the middle of" : "before", what);
}

int probe_wire_need(struct probe_wire *w, size_t n, const char *what, struct err *err)
{
	if (n > LIMIT_WIRE_MESSAGE)
		return err_set(err, ERR_LIMIT, "wire-message-too-large", "%s has more than %u bytes", what,
			       LIMIT_WIRE_MESSAGE);
	while (probe_wire_size(w) < n) {
		int r = probe_wire_more(w, what, err);
		if (r <= 0)
			return r < 0 ? r : ended(w, what, err);
	}
	return 0;
}

int probe_wire_find(struct probe_wire *w, const char *mark, size_t n, size_t *size, const char *what, struct err *err)
{
	for (size_t from = 0;;) {
		const size_t have = probe_wire_size(w);
		const uint8_t *data = probe_wire_data(w), *found = memmem(data + from, have - from, mark, n);
		if (found) {
			*size = (size_t)(found - data);
			return 0;
		}
		from = have < n ? 0 : have - n + 1;
		int r = probe_wire_more(w, what, err);
		if (r <= 0)
			return r < 0 ? r : ended(w, what, err);
	}
}

int probe_wire_line(struct probe_wire *w, struct buf *out, const char *what, struct err *err)
{
	size_t n;
	int r = probe_wire_find(w, "\n", 1, &n, what, err);
	if (r < 0)
		return r;
	const char *line = (const char *)probe_wire_data(w);
	out->len = 0;
	buf_append(out, line, n && line[n - 1] == '\r' ? n - 1 : n);
	probe_wire_take(w, n + 1);
	return 0;
}

int probe_wire_rest(struct probe_wire *w, size_t max, const char *what, struct err *err)
{
	int r;
	do {
		if (probe_wire_size(w) > max)
			return err_set(err, ERR_LIMIT, "wire-message-too-large", "%s has more than %zu bytes", what,
				       max);
		r = probe_wire_more(w, what, err);
	} while (r > 0);
	return r;
}
