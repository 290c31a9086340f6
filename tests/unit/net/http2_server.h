/* tests/unit/net/http2_server.h - a server on a unix socket that speaks as much HTTP/2 as a test of calls needs: it
 * reads frames up to the end of a request, and answers with what the test has put together. One call for each
 * connection. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"

enum { HTTP2_DATA = 0, HTTP2_HEADERS = 1, HTTP2_SETTINGS = 4 };
enum { HTTP2_END_STREAM = 1, HTTP2_END_HEADERS = 4, HTTP2_ACK = 1 };

struct http2_server {
	char path[64];
	int fd;
	pthread_t thread;
	struct buf answer; /* the frames of stream 1 */
	struct buf body;   /* the data of the last request */
};

static inline void http2_frame(struct buf *b, int type, int flags, uint32_t stream, const void *data, size_t n)
{
	const char head[9] = {(char)(n >> 16), (char)(n >> 8), (char)n, (char)type, (char)flags, 0, 0, 0, (char)stream};
	buf_append(b, head, sizeof(head));
	if (n)
		buf_append(b, data, n);
}

/* A header field as HPACK's literal without an index (RFC 7541, 6.2.2), of less than 127 bytes. */
static inline void http2_field(struct buf *b, const char *name, const char *value)
{
	buf_char(b, 0);
	buf_char(b, (char)strlen(name));
	buf_str(b, name);
	buf_char(b, (char)strlen(value));
	buf_str(b, value);
}

static inline bool http2_read(int fd, void *data, size_t n)
{
	for (char *at = data; n;) {
		ssize_t got = recv(fd, at, n, 0);
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static inline void http2_send(int fd, const struct buf *b)
{
	for (size_t at = 0; at < b->len;) {
		ssize_t n = send(fd, b->data + at, b->len - at, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += (size_t)n;
	}
}

static inline void http2_serve(struct http2_server *s, int fd)
{
	struct buf begin = {0};
	char preface[24];
	unsigned char head[9];
	if (!http2_read(fd, preface, sizeof(preface)))
		return;
	http2_frame(&begin, HTTP2_SETTINGS, 0, 0, "", 0);
	http2_send(fd, &begin);
	buf_done(&begin);
	s->body.len = 0;
	while (http2_read(fd, head, sizeof(head))) {
		const size_t n = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
		char *data = malloc(n + 1);
		const bool whole = data && http2_read(fd, data, n);
		if (whole && head[3] == HTTP2_DATA)
			buf_append(&s->body, data, n);
		free(data);
		if (!whole)
			return;
		if ((head[3] == HTTP2_DATA || head[3] == HTTP2_HEADERS) && (head[4] & HTTP2_END_STREAM)) {
			http2_send(fd, &s->answer);
			while (recv(fd, preface, sizeof(preface), 0) > 0) /* up to the client's end */
				;
			return;
		}
	}
}

static inline void *http2_accept(void *ctx)
{
	struct http2_server *s = ctx;
	for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0; close(fd))
		http2_serve(s, fd);
	return NULL;
}

static inline void http2_start(struct http2_server *s)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(s->path, sizeof(s->path), "/tmp/slim-grpc-%d", (int)getpid());
	strcpy(a.sun_path, s->path);
	unlink(s->path);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s->fd, 4) < 0 ||
	    pthread_create(&s->thread, NULL, http2_accept, s) != 0)
		abort();
}

static inline void http2_stop(struct http2_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	unlink(s->path);
	buf_done(&s->answer);
	buf_done(&s->body);
}
