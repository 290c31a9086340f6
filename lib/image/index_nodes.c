#include "image/index_nodes.h"

#include <string.h>

#include "image/index_private.h"

uint32_t image_index_count(const struct image_index *x)
{
	return x->count;
}

const struct image_node *image_index_node(const struct image_index *x, uint32_t id)
{
	return &x->nodes[id];
}

uint32_t image_index_child(const struct image_index *x, uint32_t dir, const char *name, size_t len)
{
	uint32_t low = x->nodes[dir].first_child, high = low + x->nodes[dir].n_children;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		const char *s = x->nodes[mid].name;
		int c = strncmp(s, name, len);
		if (c == 0 && s[len] == '\0')
			return mid;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return IMAGE_NONE;
}

void image_index_relative(const struct image_index *x, uint32_t id, struct buf *out)
{
	size_t len = 0, start = out->len;
	for (uint32_t i = id; i; i = x->nodes[i].parent)
		len += strlen(x->nodes[i].name) + 1;
	len -= len > 0;
	buf_reserve(out, len);
	out->len += len;
	out->data[out->len] = '\0';
	for (uint32_t i = id; i; i = x->nodes[i].parent) {
		size_t n = strlen(x->nodes[i].name);
		len -= n;
		memcpy(out->data + start + len, x->nodes[i].name, n);
		if (len)
			out->data[start + --len] = '/';
	}
}

void image_index_path(const struct image_index *x, uint32_t id, struct buf *out)
{
	buf_char(out, '/');
	image_index_relative(x, id, out);
}
