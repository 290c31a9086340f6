#include "packages/file_list.h"

#include <string.h>

/* The path of a line, absolute; NULL for a line without one. */
static const char *line_path(const char *line, size_t n, enum packages_list_form form, struct buf *path)
{
	const char *end = line + n, *start = line;
	const char *mark = form == PACKAGES_LIST ? NULL : memchr(line, form == PACKAGES_SUMS ? ' ' : '\t', n);
	if (form == PACKAGES_SUMS && !mark)
		return NULL;
	if (form == PACKAGES_SUMS)
		for (start = mark; start < end && *start == ' ';)
			start++;
	else if (mark)
		end = mark;
	if (start >= end)
		return NULL;
	path->len = 0;
	if (*start != '/')
		buf_char(path, '/');
	buf_append(path, start, (size_t)(end - start));
	return path->data;
}

void packages_list_own(struct packages *p, const struct image_index *x, uint32_t package, const struct buf *text,
		       enum packages_list_form form)
{
	if (!text->len)
		return;
	CLEANUP_BUF struct buf path = {0};
	const char *rest = text->data, *end = rest + text->len, *line;
	size_t n;
	while (packages_line(&rest, end, &line, &n))
		if (line_path(line, n, form, &path))
			packages_own(p, x, package, path.data);
}

void packages_list_keep(const struct image_index *x, const struct buf *text, enum packages_list_form form,
			const bool *kept, struct buf *out)
{
	if (!text->len)
		return;
	CLEANUP_BUF struct buf path = {0};
	const char *rest = text->data, *end = rest + text->len, *line;
	size_t n;
	while (packages_line(&rest, end, &line, &n)) {
		if (!line_path(line, n, form, &path))
			continue;
		uint32_t node = image_index_resolve(x, path.data, false, NULL, NULL);
		if (node != IMAGE_NONE && kept[node]) {
			buf_append(out, line, n);
			buf_char(out, '\n');
		}
	}
}
