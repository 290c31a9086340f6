#include "packages/wall.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "packages/frame.h"
#include "text/json.h"

/* A line as an object; NULL if it is not one. */
static json_t *parse(struct packages_field line)
{
	json_t *entry = NULL;
	if (json_parse_object(line.text, line.n, PACKAGES_WALL_LINE, "line", &entry, NULL) < 0)
		return NULL;
	return entry;
}

const char *packages_wall_text(const json_t *entry, const char *key)
{
	const char *s = json_string_value(json_object_get(entry, key));
	return s ? s : "";
}

static bool is_header(struct packages_field line)
{
	json_auto_t *entry = parse(line);
	return strncmp(packages_wall_text(entry, "jsonwall"), "1.", 2) == 0 &&
	       strncmp(packages_wall_text(entry, "schema"), "1.", 2) == 0;
}

static size_t count_lines(const struct buf *text)
{
	size_t n = 0;
	const char *at = text->data, *end = at + text->len;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))))
		n++, at++;
	return n;
}

bool packages_wall_open(const struct buf *packed, struct packages_wall *out)
{
	struct packages_wall w = {0};
	const char *line = NULL;
	bool ok = packages_frame_read(packed->data, packed->len, PACKAGES_WALL_MAX, "jsonwall", &w.text, NULL) == 0;
	if (ok && count_lines(&w.text) <= PACKAGES_WALL_LINES) {
		w.body = w.text.data;
		ok = packages_line(&w.body, w.text.data + w.text.len, &line, &w.header.n);
		w.header.text = line;
	}
	if (ok && w.header.text && is_header(w.header)) {
		*out = w;
		return true;
	}
	packages_wall_done(&w);
	return false;
}

void packages_wall_done(struct packages_wall *w)
{
	buf_done(&w->text);
	*w = (struct packages_wall){0};
}

bool packages_wall_next(struct packages_wall_cursor *c)
{
	const struct buf *text = &c->wall->text;
	json_decref(c->entry);
	c->entry = NULL;
	if (!c->rest)
		c->rest = c->wall->body;
	if (!packages_line(&c->rest, text->data + text->len, &c->line.text, &c->line.n))
		return false;
	c->entry = parse(c->line);
	return true;
}

static struct packages_wall_line *new_line(struct packages_wall_lines *lines)
{
	lines->items = mem_grow(lines->items, lines->count, &lines->cap, sizeof(*lines->items));
	lines->items[lines->count] = (struct packages_wall_line){0};
	return &lines->items[lines->count++];
}

void packages_wall_keep(struct packages_wall_lines *lines, struct packages_field line)
{
	*new_line(lines) = (struct packages_wall_line){line.text, line.n, NULL};
}

/* As Go's encoding/json writes it, because chisel compares the bytes of a line with those of what it looks for. */
static void write_entry(const json_t *entry, struct buf *out)
{
	CLEANUP_FREE char *text = mem_must(json_dumps(entry, JSON_COMPACT));
	for (const char *at = text; *at; at++) {
		if (strchr("<>&", *at))
			buf_printf(out, "\\u%04x", (unsigned)*at);
		else if (strncmp(at, "\u2028", 3) == 0 || strncmp(at, "\u2029", 3) == 0)
			buf_printf(out, "\\u202%c", at[2] == '\xa8' ? '8' : '9'), at += 2;
		else
			buf_char(out, *at);
	}
}

void packages_wall_add(struct packages_wall_lines *lines, const json_t *entry)
{
	struct buf text = {0};
	write_entry(entry, &text);
	struct packages_wall_line *line = new_line(lines);
	line->n = text.len;
	line->text = line->own = buf_steal(&text);
}

static int by_bytes(const void *a, const void *b)
{
	const struct packages_wall_line *x = a, *y = b;
	int r = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
	return r ? r : (x->n > y->n) - (x->n < y->n);
}

void packages_wall_write(const struct packages_wall *old, struct packages_wall_lines *lines, struct buf *packed)
{
	CLEANUP_BUF struct buf text = {0};
	json_auto_t *header = parse(old->header);
	json_object_set_new(header, "count", json_integer((json_int_t)lines->count + 1)); /* with the header */
	write_entry(header, &text);
	buf_char(&text, '\n');
	if (lines->count)
		qsort(lines->items, lines->count, sizeof(*lines->items), by_bytes);
	for (size_t i = 0; i < lines->count; i++) {
		buf_append(&text, lines->items[i].text, lines->items[i].n);
		buf_char(&text, '\n');
	}
	packages_frame_write(text.data, text.len, packed);
}

void packages_wall_lines_done(struct packages_wall_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i].own);
	free(lines->items);
	*lines = (struct packages_wall_lines){0};
}
