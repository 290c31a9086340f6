/* tests/unit/probe/client/peer.h - a service with a fixed part, on loopback: waits for bytes, says bytes. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe/client/table.h"

/* A line of the part. awaits: waited for in what has come since the last one; NULL = nothing. says: n bytes, 0 = it is
 * a string. The last line has neither. */
struct peer_line {
	const char *awaits, *says;
	size_t n;
};

struct peer {
	const struct peer_line *lines;
	bool hangs; /* stays open at the end, until the client closes */
	int fd;
	uint16_t port;
	pthread_t thread;
	struct buf heard; /* all of it, to be read after peer_stop */
};

/* Reads until the client closed, or, with a text, until that has come behind *from. */
static inline bool peer_listen(struct peer *p, int fd, const char *text, size_t *from)
{
	char piece[4096];
	for (;;) {
		const char *found = text && p->heard.len > *from
					? memmem(p->heard.data + *from, p->heard.len - *from, text, strlen(text))
					: NULL;
		if (found) {
			*from = (size_t)(found - p->heard.data) + strlen(text);
			return true;
		}
		ssize_t n = recv(fd, piece, sizeof(piece), 0);
		if (n <= 0)
			return false;
		buf_append(&p->heard, piece, (size_t)n);
	}
}

static inline void *peer_serve(void *arg)
{
	struct peer *p = arg;
	size_t from = 0;
	int fd = accept(p->fd, NULL, NULL);
	if (fd < 0)
		return NULL;
	bool good = true;
	for (const struct peer_line *l = p->lines; good && (l->awaits || l->says); l++) {
		good = !l->awaits || peer_listen(p, fd, l->awaits, &from);
		if (good && l->says)
			good = send(fd, l->says, l->n ? l->n : strlen(l->says), MSG_NOSIGNAL) >= 0;
	}
	if (!p->hangs)
		shutdown(fd, SHUT_WR);
	(void)peer_listen(p, fd, NULL, &from);
	close(fd);
	return NULL;
}

/* Listens at an address of this machine, on this port; 0 = any. */
static inline void peer_listen_at(struct peer *p, in_addr_t host, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(host), .sin_port = htons(port)};
	socklen_t n = sizeof(a);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(p->fd >= 0 && bind(p->fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(p->fd, 8) == 0);
	assert_int_equal(getsockname(p->fd, (struct sockaddr *)&a, &n), 0);
	p->port = ntohs(a.sin_port);
}

/* serve: takes one connection, as peer_serve does. */
static inline void peer_start_as(struct peer *p, const struct peer_line *lines, bool hangs, void *(*serve)(void *))
{
	*p = (struct peer){.lines = lines, .hangs = hangs};
	peer_listen_at(p, INADDR_LOOPBACK, 0);
	assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
}

static inline void peer_start_at(struct peer *p, in_addr_t host, uint16_t port, const struct peer_line *lines)
{
	*p = (struct peer){.lines = lines};
	peer_listen_at(p, host, port);
	assert_int_equal(pthread_create(&p->thread, NULL, peer_serve, p), 0);
}

static inline void peer_start(struct peer *p, const struct peer_line *lines, bool hangs)
{
	peer_start_as(p, lines, hangs, peer_serve);
}

/* Ends it, even if no client came. */
static inline void peer_stop(struct peer *p)
{
	shutdown(p->fd, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->fd);
}

/* The steps of a log, a line each: what, status, and the answer or the error. */
static inline char *peer_steps(struct exercise_log *log)
{
	struct buf b = {0};
	for (size_t i = 0; i < log->count; i++) {
		const struct exercise_step *s = &log->steps[i];
		buf_printf(&b, "%s %d ", s->what, s->status);
		buf_escape(&b, s->error ? s->error : s->answer.head.data,
			   s->error ? strlen(s->error) : s->answer.head.len);
		buf_char(&b, '\n');
	}
	exercise_log_done(log);
	return buf_steal(&b);
}

/* Runs the row named as in the option against the part. want: the steps; "..." at its end = what follows is not
 * compared. */
static inline void peer_row(const char *option, const struct peer_line *lines, int code, const char *want)
{
	struct peer p;
	struct probe_client_options o;
	struct exercise_log log = {0};
	struct err err = {0};
	peer_start(&p, lines, false);
	assert_int_equal(probe_client_options_parse(option, &o, &err), 0);
	const struct exercise_target t = {.host = "127.0.0.1", .host_mount_ns = -1, .root = -1};
	int r = probe_client_run(o.row, &o, &t, p.port, &log, &err);
	peer_stop(&p);
	CLEANUP_FREE char *got = peer_steps(&log);
	const size_t n =
	    strlen(want) >= 3 && strcmp(want + strlen(want) - 3, "...") == 0 ? strlen(want) - 3 : strlen(want) + 1;
	if (strncmp(got, want, n) != 0)
		print_error("got:\n%s\nwant:\n%s\n", got, want);
	assert_int_equal(strncmp(got, want, n), 0);
	assert_int_equal(r, -code);
	probe_client_options_done(&o);
	buf_done(&p.heard);
}
