#include "dockerfile/carriers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dockerfile/quote.h"

static const struct image_node *node_of(const struct dockerfile_carriers *c, uint32_t id)
{
	return image_index_node(c->keep->index, id);
}

static bool can_copy(const struct dockerfile_carriers *c, uint32_t id)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(c->keep->index, id, &path);
	return dockerfile_can_copy(path.data);
}

/* Whether a COPY of a directory brings the entry as it is to be. BuildKit makes files of devices, and loses fifos. */
static bool goes_with_tree(const struct dockerfile_carriers *c, uint32_t id)
{
	mode_t mode = node_of(c, id)->mode;
	return keep_has(c->keep, id) && (S_ISREG(mode) || S_ISLNK(mode) || S_ISDIR(mode)) &&
	       !packages_edits_find(c->edits, id);
}

static bool is_default_directory(const struct image_node *n)
{
	return (n->mode & 07777) == 0755 && n->uid == 0 && n->gid == 0;
}

/* The topmost directories of which everything is kept, if there is a file or link in them. */
static void find_trees(struct dockerfile_carriers *c)
{
	const uint32_t count = image_index_count(c->keep->index);
	CLEANUP_FREE bool *part = mem_calloc(count, sizeof(*part));       /* something of it is not to be copied */
	CLEANUP_FREE bool *content = mem_calloc(count, sizeof(*content)); /* it is no directory, or has such */
	for (uint32_t id = count; id-- > 0;) {                            /* children before parents */
		const struct image_node *n = node_of(c, id);
		part[id] |= !goes_with_tree(c, id);
		content[id] |= !S_ISDIR(n->mode);
		if (id > 0) {
			part[n->parent] |= part[id];
			content[n->parent] |= content[id];
		}
	}
	for (uint32_t id = 0; id < count; id++) {
		const struct image_node *n = node_of(c, id);
		c->tree[id] = id > 0 ? c->tree[n->parent] : IMAGE_NONE;
		if (c->tree[id] == IMAGE_NONE && S_ISDIR(n->mode) && !part[id] && content[id] && can_copy(c, id))
			c->tree[id] = id;
		if (c->tree[id] != IMAGE_NONE)
			c->copies[id] = DOCKERFILE_TREE;
	}
}

static void archive(struct dockerfile_carriers *c, uint32_t id)
{
	c->archived[id] = true;
	c->has_archive = true;
}

/* Files of which names are not all copied by the same COPY. */
static void find_hard_links(struct dockerfile_carriers *c)
{
	for (size_t i = 0; i < c->plan.count; i++) {
		const struct rewrite_item *item = &c->plan.items[i];
		if (item->first != IMAGE_NONE &&
		    (c->tree[item->node] == IMAGE_NONE || c->tree[item->node] != c->tree[item->first]))
			archive(c, item->first);
	}
	for (size_t i = 0; i < c->plan.count; i++) {
		const struct rewrite_item *item = &c->plan.items[i];
		if (item->first != IMAGE_NONE && c->archived[item->first])
			archive(c, item->node);
	}
}

/* What the entry has besides the content, the owner and the mode. */
static int look_at_attributes(struct dockerfile_carriers *c, uint32_t id, bool *any, struct err *err)
{
	struct layer_entry e = {0};
	int r = image_index_entry(c->keep->index, id, &e, err);
	if (r < 0)
		return r;
	bool more = false;
	*any = false;
	for (size_t i = 0; i < e.n_xattrs; i++) {
		if (strcmp(e.xattrs[i].name, "security.selinux") == 0) /* the engine's, not the image's */
			continue;
		*any = true;
		more |= strcmp(e.xattrs[i].name, "security.capability") != 0;
	}
	if (more && !c->attributes++)
		c->attributes_node = id;
	*any &= more || c->copies[id] != DOCKERFILE_TREE || c->tree[id] == id;
	layer_entry_done(&e);
	return 0;
}

/* Which of the archive and a COPY carries the entry. */
static int choose(struct dockerfile_carriers *c, uint32_t id, struct err *err)
{
	const struct image_node *n = node_of(c, id);
	bool attributes;
	int r = look_at_attributes(c, id, &attributes, err);
	if (r < 0)
		return r;
	if (attributes || (c->tree[id] == id && !is_default_directory(n)))
		archive(c, id);
	if (c->copies[id] == DOCKERFILE_TREE || c->archived[id] || S_ISDIR(n->mode))
		return 0;
	if (S_ISREG(n->mode) && !packages_edits_find(c->edits, id) && can_copy(c, id))
		c->copies[id] = DOCKERFILE_FILE;
	else
		archive(c, id);
	return 0;
}

/* Directories outside of the trees: made by the copies below them, as the archive has them, or not at all. */
static void find_directories(struct dockerfile_carriers *c)
{
	const uint32_t count = image_index_count(c->keep->index);
	CLEANUP_FREE bool *made = mem_calloc(count, sizeof(*made));
	for (uint32_t id = count; id-- > 1;) {
		made[id] |= c->copies[id] != DOCKERFILE_NOTHING;
		made[node_of(c, id)->parent] |= made[id];
	}
	for (size_t i = 0; i < c->plan.count; i++) {
		uint32_t id = c->plan.items[i].node;
		const struct image_node *n = node_of(c, id);
		if (id > 0 && S_ISDIR(n->mode) && c->copies[id] == DOCKERFILE_NOTHING &&
		    (!made[id] || !is_default_directory(n)))
			archive(c, id);
	}
	if (!c->has_archive)
		return;
	/* children before parents: what is added to a directory changes its time */
	for (size_t i = c->plan.count; i-- > 0;) {
		uint32_t id = c->plan.items[i].node, parent = node_of(c, id)->parent;
		bool directory = S_ISDIR(node_of(c, id)->mode);
		if (directory && (c->copies[id] == DOCKERFILE_NOTHING || c->tree[id] == id))
			c->archived[id] = true;
		if (id > 0 && c->archived[id] && parent > 0)
			c->archived[parent] = true;
	}
}

int dockerfile_carriers_make(const struct keep_set *k, const struct packages_edits *edits,
			     struct dockerfile_carriers *out, struct err *err)
{
	const uint32_t count = image_index_count(k->index);
	*out = (struct dockerfile_carriers){.keep = k, .edits = edits};
	out->copies = mem_calloc(count, sizeof(*out->copies));
	out->tree = mem_calloc(count, sizeof(*out->tree));
	out->archived = mem_calloc(count, sizeof(*out->archived));
	rewrite_plan_make(k, edits, &out->plan);
	find_trees(out);
	find_hard_links(out);
	for (size_t i = 0; i < out->plan.count; i++) {
		int r = out->plan.items[i].node ? choose(out, out->plan.items[i].node, err) : 0;
		if (r < 0)
			return r;
	}
	find_directories(out);
	return 0;
}

void dockerfile_carriers_done(struct dockerfile_carriers *c)
{
	rewrite_plan_done(&c->plan);
	free(c->copies);
	free(c->tree);
	free(c->archived);
	*c = (struct dockerfile_carriers){0};
}
