#include "evidence/content.h"

#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "image/content.h"

/* The first eight bytes; never one of the values that mean something else. */
static uint64_t shorten(const uint8_t digest[SHA256_SIZE])
{
	uint64_t n = 0;
	for (size_t i = 0; i < 8; i++)
		n = n << 8 | digest[i];
	return n && n != TRACE_CONTENT_VARIOUS ? n : 1;
}

static uint64_t names_content(const struct image_index *x, const struct image_node *n)
{
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	uint8_t digest[SHA256_SIZE];
	for (uint32_t i = 0; i < n->n_children; i++) {
		const char *name = image_index_node(x, n->first_child + i)->name;
		sha256_update(h, name, strlen(name) + 1);
	}
	sha256_final(h, digest);
	return shorten(digest);
}

/* known: by node. */
static int node_content(const struct image_index *x, uint32_t node, bool listed, uint64_t *known, uint64_t *out,
			struct err *err)
{
	const struct image_node *n = image_index_node(x, node);
	uint8_t digest[SHA256_SIZE];
	if (!known[node] && S_ISDIR(n->mode) && listed)
		known[node] = names_content(x, n);
	if (!known[node] && S_ISREG(n->mode)) {
		int r = stop_check(err);
		if (r < 0 || (r = image_content_digest(x, node, digest, err)) < 0)
			return r;
		known[node] = shorten(digest);
	}
	*out = S_ISREG(n->mode) || listed ? known[node] : 0;
	return 0;
}

int evidence_content_fill(const struct evidence *e, struct trace *t, struct err *err)
{
	CLEANUP_FREE uint64_t *known = mem_calloc(image_index_count(e->index), sizeof(*known));
	for (size_t id = 0; id < t->paths.count; id++) {
		struct trace_entry *entry = &t->entries[id];
		const struct evidence_way *way = evidence_way(e, id, evidence_follows(entry));
		entry->content = 0;
		if (way->node == IMAGE_NONE || way->passes & EVIDENCE_VIRTUAL)
			continue;
		int r = node_content(e->index, way->node, entry->kinds & TRACE_LIST, known, &entry->content, err);
		if (r < 0)
			return r;
	}
	return 0;
}
