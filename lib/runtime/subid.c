#include "runtime/subid.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "os/fd.h"

/* A decimal number up to UINT32_MAX and nothing else. */
static bool parse_number(const char *s, size_t len, uint32_t *out)
{
	uint64_t n = 0;
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s[i] - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)n;
	return true;
}

static bool parse_line(const char *line, size_t len, const struct runtime_subid_user *user,
		       struct runtime_subid_range *out)
{
	const char *end = line + len, *first = memchr(line, ':', len);
	const char *second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
	if (!second)
		return false;
	size_t name_len = (size_t)(first - line);
	uint32_t number;
	bool ours = (name_len == strlen(user->name) && memcmp(line, user->name, name_len) == 0) ||
		    (parse_number(line, name_len, &number) && number == user->uid);
	return ours && parse_number(first + 1, (size_t)(second - first - 1), &out->start) &&
	       parse_number(second + 1, (size_t)(end - second - 1), &out->count) && out->count > 0 &&
	       (uint64_t)out->start + out->count <= UINT32_MAX; /* the last id, -1, is none */
}

static bool overlaps(const struct runtime_subid_ranges *r, const struct runtime_subid_range *x, uint32_t own)
{
	if (own >= x->start && own < x->start + x->count)
		return true;
	for (size_t i = 0; i < r->n; i++)
		if (x->start < r->items[i].start + r->items[i].count && r->items[i].start < x->start + x->count)
			return true;
	return false;
}

void runtime_subid_parse(const char *text, size_t len, const struct runtime_subid_user *user,
			 struct runtime_subid_ranges *out)
{
	*out = (struct runtime_subid_ranges){0};
	for (size_t at = 0; at < len && out->n < RUNTIME_SUBID_RANGES;) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t n = newline ? (size_t)(newline - text) - at : len - at;
		struct runtime_subid_range range;
		if (parse_line(text + at, n, user, &range) && !overlaps(out, &range, user->own)) {
			out->items[out->n++] = range;
			out->ids += range.count;
		}
		at += n + 1;
	}
}

int runtime_subid_load(const char *path, const struct runtime_subid_user *user, struct runtime_subid_ranges *out,
		       struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct err e = {0};
	int r = fd_read_file(AT_FDCWD, path, LIMIT_SUBID, &text, &e);
	if (r < 0 && r != -ERR_NOTFOUND) {
		if (err)
			*err = e;
		return r;
	}
	runtime_subid_parse(text.data, text.len, user, out);
	return 0;
}
