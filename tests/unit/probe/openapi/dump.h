/* tests/unit/probe/openapi/dump.h - a script as text, for comparing. Of the captures of one variable: the first, the
 * last, and how many there are. */
#pragma once

#include "probe/openapi/openapi.h"

/* A JSON document with single quotes in the place of double ones; free(). */
static inline char *quoted(const char *text)
{
	char *s = mem_strdup(text);
	for (char *c = s; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	return s;
}

static inline void dump_request(const struct probe_request *r, struct buf *out)
{
	static const char *const from[] = {[PROBE_CAPTURE_JSON] = "json",
					   [PROBE_CAPTURE_REGEX] = "regex",
					   [PROBE_CAPTURE_HEADER] = "header",
					   [PROBE_CAPTURE_SEGMENT] = "segment",
					   [PROBE_CAPTURE_FORM] = "form"};
	buf_printf(out, "%s %s\n", r->method, r->path);
	for (size_t i = 0; i < r->headers.count; i++)
		buf_printf(out, "  %s\n", r->headers.items[i]);
	if (r->user)
		buf_printf(out, "  user %s password %s\n", r->user, r->password);
	if (r->bearer)
		buf_printf(out, "  bearer %s\n", r->bearer);
	if (r->has_body)
		buf_printf(out, "  %s\n", r->body.data);
	for (size_t i = 0; i < r->n_parts; i++) {
		const struct probe_part *p = &r->parts[i];
		buf_printf(out, "  part %s %s %s ", p->name, p->file_name ? p->file_name : "-",
			   p->type ? p->type : "-");
		buf_escape(out, p->data.data, p->data.len < 30 ? p->data.len : 8);
		buf_char(out, '\n');
	}
	for (size_t i = 0; i < r->n_statuses; i++)
		buf_printf(out, "  status %d to %d\n", r->statuses[i].first, r->statuses[i].last);
	for (size_t i = 0, n; i < r->n_captures; i += n) {
		const struct probe_capture *c = &r->captures[i];
		for (n = 1; i + n < r->n_captures && strcmp(c[n].name, c->name) == 0; n++)
			;
		buf_printf(out, "  %s = %s%s %s", c->name, c->optional ? "" : "must ", from[c->from], c->where);
		if (n > 1)
			buf_printf(out, " to %s %s (%zu)", from[c[n - 1].from], c[n - 1].where, n);
		buf_char(out, '\n');
	}
}

/* Its requests, then the ids of its notes; or the id of the error. free() */
static inline char *dump_script(const char *text, size_t n, int dir, const struct probe_openapi_options *options)
{
	CLEANUP_PROBE_SCRIPT struct probe_script s = {0};
	CLEANUP_NOTES struct notes notes = {0};
	struct err err = {0};
	struct buf out = {0};
	if (probe_openapi_read(text, n, "doc", dir, options, &s, &notes, &err) < 0)
		return mem_printf("%s: %s", err.id, err.msg);
	for (size_t i = 0; i < s.count; i++)
		dump_request(&s.requests[i], &out);
	for (size_t i = 0; i < notes.count; i++)
		buf_printf(&out, "note %s: %s\n", notes.items[i].id, notes.items[i].text);
	return buf_steal(&out);
}
