#include "keep/program_lookup.h"

#include <string.h>

#include "base/limits.h"
#include "oci/image_config.h"

uint32_t keep_lookup_path(struct keep_set *k, const char *path, struct keep_reason why)
{
	CLEANUP_EVIDENCE_STEPS struct evidence_steps steps = {0};
	struct evidence_way way;
	evidence_way_find(k->index, NULL, path, true, &steps, &way);
	if (way.node != IMAGE_NONE)
		keep_way(k, &way, &steps, why);
	return way.node;
}

void keep_mention_path(struct keep_set *k, const char *path, struct keep_reason why)
{
	uint32_t node = image_index_resolve(k->index, path, true, NULL, NULL);
	if (node != IMAGE_NONE)
		keep_mention(k, node, why);
}

static bool is_program(const struct image_index *x, const char *path)
{
	uint32_t id = image_index_resolve(x, path, true, NULL, NULL);
	if (id == IMAGE_NONE)
		return false;
	mode_t mode = image_index_node(x, id)->mode;
	return S_ISREG(mode) && (mode & 0111);
}

bool keep_lookup_is_program(const struct image_index *x, uint32_t node)
{
	const struct image_node *n = image_index_node(x, node);
	const char *dir = image_index_node(x, n->parent)->name;
	return (S_ISREG(n->mode) ? (n->mode & 0111) != 0 : n->target != NULL) &&
	       (strcmp(dir, "bin") == 0 || strcmp(dir, "sbin") == 0);
}

bool keep_lookup_find_program(const struct image_index *x, const char *name, const char *search, struct buf *path)
{
	if (!*name || strlen(name) > LIMIT_PATH)
		return false;
	if (strchr(name, '/')) {
		buf_str(path, name);
		return *name == '/' && image_index_resolve(x, name, true, NULL, NULL) != IMAGE_NONE;
	}
	for (const char *dir = search ? search : OCI_DEFAULT_PATH; *dir;) {
		size_t n = strcspn(dir, ":");
		path->len = 0;
		buf_append(path, dir, n);
		buf_printf(path, "/%s", name);
		if (*dir == '/' && is_program(x, path->data))
			return true;
		dir += n + (dir[n] == ':');
	}
	return false;
}

uint32_t keep_lookup_program(struct keep_set *k, const char *name, const char *search, struct keep_reason why)
{
	CLEANUP_BUF struct buf path = {0};
	if (!keep_lookup_find_program(k->index, name, search, &path))
		return IMAGE_NONE;
	return keep_path(k, path.data, true, why);
}
