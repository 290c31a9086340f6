/* tests/unit/probe/script/shown.h - a script as text, to compare what a reader made: a line for the request and one,
 * indented, for each thing that it has beside method and path. */
#pragma once

#include "unit.h"

#include "probe/script/script.h"

static inline void shown_line(struct buf *b, const char *name, const char *value)
{
	if (value)
		buf_printf(b, "  %s %s\n", name, value);
}

static inline void shown_number(struct buf *b, const char *name, unsigned value)
{
	if (value)
		buf_printf(b, "  %s %u\n", name, value);
}

static inline void shown_answer(struct buf *b, const struct probe_request *r)
{
	static const char *const from[] = {[PROBE_CAPTURE_JSON] = "json",
					   [PROBE_CAPTURE_REGEX] = "regex",
					   [PROBE_CAPTURE_HEADER] = "header",
					   [PROBE_CAPTURE_SEGMENT] = "segment",
					   [PROBE_CAPTURE_FORM] = "form"},
				 *const of[] = {"body", "json", "header"};
	for (size_t i = 0; i < r->n_captures; i++)
		buf_printf(b, "  capture %s from %s %s%s\n", r->captures[i].name, from[r->captures[i].from],
			   r->captures[i].where, r->captures[i].optional ? " if there" : "");
	for (size_t i = 0; i < r->n_statuses; i++)
		buf_printf(b, "  status %d-%d\n", r->statuses[i].first, r->statuses[i].last);
	for (size_t i = 0; i < r->n_checks; i++)
		buf_printf(b, "  check %s%s %s ~ %s\n", r->checks[i].fails ? "not " : "", of[r->checks[i].of],
			   r->checks[i].where ? r->checks[i].where : "-", r->checks[i].pattern);
}

static inline void shown_request(struct buf *b, const struct probe_request *r)
{
	static const char *const protocols[] = {NULL, "http1", "http2", "websocket", "fastcgi", "tcp"};
	buf_printf(b, "%s %s\n", r->method, r->path);
	shown_line(b, "name", r->name);
	shown_line(b, "scheme", r->scheme);
	shown_line(b, "host", r->host);
	shown_number(b, "port", r->port);
	shown_line(b, "socket", r->socket);
	shown_line(b, "protocol", protocols[r->protocol]);
	shown_line(b, "crawl", r->crawl ? "yes" : NULL);
	for (size_t i = 0; i < r->headers.count; i++)
		shown_line(b, "header", r->headers.items[i]);
	for (size_t i = 0; i < r->params.count; i++)
		shown_line(b, "param", r->params.items[i]);
	shown_line(b, "body", r->has_body ? r->body.len ? r->body.data : "" : NULL);
	for (size_t i = 0; i < r->n_parts; i++)
		buf_printf(
		    b, "  part %s %s %s: %s\n", r->parts[i].name, r->parts[i].file_name ? r->parts[i].file_name : "-",
		    r->parts[i].type ? r->parts[i].type : "-", r->parts[i].data.len ? r->parts[i].data.data : "");
	shown_line(b, "user", r->user);
	shown_line(b, "password", r->password);
	shown_line(b, "bearer", r->bearer);
	shown_line(b, "cert", r->cert_file);
	shown_line(b, "key", r->key_file);
	shown_answer(b, r);
	shown_number(b, "repeat", r->repeat);
	shown_number(b, "concurrency", r->concurrency);
	shown_number(b, "timeout", r->timeout_ms);
}

static inline void assert_script(const struct probe_script *s, const char *want)
{
	CLEANUP_BUF struct buf b = {0};
	buf_append(&b, "", 0);
	for (size_t i = 0; i < s->count; i++)
		shown_request(&b, &s->requests[i]);
	assert_string_equal(b.data, want);
}
