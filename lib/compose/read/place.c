#include "compose/read/place.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"

#define PATH_SHOWN 300

static void write_path(const struct compose_at *at, struct buf *out)
{
	if (!at)
		return;
	write_path(at->up, out);
	if (!at->key)
		buf_printf(out, "[%zu]", at->index);
	else
		buf_printf(out, "%s%.100s", out->len ? "." : "", at->key);
}

struct found {
	const json_t *v; /* NULL = the path has ended */
	size_t depth;    /* components that were found */
	unsigned line;   /* of the last of them; 0 = unknown */
};

/* The value behind a tag of slim's ("!reset"), which is an object of one member. */
static const json_t *without_tag(const json_t *v)
{
	void *only = json_object_size(v) == 1 ? json_object_iter((json_t *)(uintptr_t)v) : NULL;
	return only && json_object_iter_key(only)[0] == '!' ? json_object_iter_value(only) : v;
}

static struct found look_up(const struct compose_source *s, const struct compose_at *at)
{
	if (!at)
		return (struct found){s->raw, 0, 0};
	struct found f = look_up(s, at->up);
	const json_t *in = f.v ? without_tag(f.v) : NULL;
	const json_t *v = at->key ? json_object_get(in, at->key) : json_array_get(in, at->index);
	const unsigned line =
	    v ? (at->key ? yaml_line_of(&s->lines, in, at->key) : yaml_line_of(&s->lines, v, NULL)) : 0;
	f.v = v;
	f.depth += v ? 1 : 0;
	f.line = line ? line : f.line;
	return f;
}

int compose_place_wrap(const struct compose_sources *all, const struct compose_source *only,
		       const struct compose_at *at, struct err *err)
{
	CLEANUP_BUF struct buf path = {0};
	const struct compose_source *best = only;
	struct found f = only ? look_up(only, at) : (struct found){0};
	for (size_t i = only ? 0 : all->count; i-- > 0;) {
		struct found here = look_up(all->items[i], at);
		if (!best || here.depth > f.depth) {
			best = all->items[i];
			f = here;
		}
	}
	write_path(at, &path);
	if (path.len)
		err_wrap(err, "%.*s", PATH_SHOWN, path.data);
	if (!best)
		return -(int)err->code;
	return f.line ? err_wrap(err, "%.300s, line %u", best->path, f.line) : err_wrap(err, "%.300s", best->path);
}

void compose_sources_done(struct compose_sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i]->path);
		json_decref(s->items[i]->raw);
		yaml_lines_done(&s->items[i]->lines);
		free(s->items[i]);
	}
	free(s->items);
	*s = (struct compose_sources){0};
}
