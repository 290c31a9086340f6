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
	if (c->by_list)
		return dockerfile_can_list(path.data) && !dockerfile_is_mounted(path.data);
	return dockerfile_can_copy(path.data);
}

static bool is_mounted(const struct dockerfile_carriers *c, uint32_t id)
{
	CLEANUP_BUF struct buf path = {0};
	image_index_path(c->keep->index, id, &path);
	return dockerfile_is_mounted(path.data);
}

/* Returns whether a copied directory brings the entry unchanged. BuildKit turns devices into files, and loses fifos. */
static bool goes_with_tree(const struct dockerfile_carriers *c, uint32_t id)
{
	mode_t mode = node_of(c, id)->mode;
	return keep_has(c->keep, id) && (S_ISREG(mode) || S_ISLNK(mode) || S_ISDIR(mode)) &&
	       !packages_edits_find(c->edits, id) && !(c->by_list && is_mounted(c, id));
}

static bool is_default_directory(const struct image_node *n)
{
	return (n->mode & 07777) == 0755 && n->uid == 0 && n->gid == 0;
}

/* Finds the topmost directories that are kept whole and have a file or link in them. */
static void find_trees(struct dockerfile_carriers *c)
{
	const uint32_t count = image_index_count(c->keep->index);
	CLEANUP_FREE bool *part = mem_calloc(count, sizeof(*part)); /* an entry in it is not copied */
	CLEANUP_FREE bool *content =
	    mem_calloc(count, sizeof(*content)); /* it is a file or link, or has one below it */
	for (uint32_t id = count; id-- > 0;) {   /* children before parents */
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
	if (c->copies[id] == DOCKERFILE_FILE)
		c->copies[id] = DOCKERFILE_NOTHING;
	c->archived[id] = true;
	c->has_archive = true;
}

/* The volume that the node is or lies in; IMAGE_NONE = it is not in a volume. Docker's classic builder mounts a copy of
 * each volume while tar runs, and the volume's own directory gets another time. */
static uint32_t volume_of(const struct dockerfile_carriers *c, uint32_t id)
{
	const struct image_index *x = c->keep->index;
	const struct oci_image_config *config = c->keep->config;
	for (size_t i = 0; config && i < config->volumes.count; i++) {
		uint32_t volume = image_index_resolve(x, config->volumes.items[i], true, NULL, NULL);
		for (uint32_t at = id; volume != IMAGE_NONE && at > 0; at = image_index_node(x, at)->parent)
			if (at == volume)
				return volume;
	}
	return IMAGE_NONE;
}

/* Returns whether two names of a file remain names of one file. */
static bool keeps_link(const struct dockerfile_carriers *c, uint32_t first, uint32_t other)
{
	if (c->by_list)
		return !c->archived[first] && !c->archived[other] && volume_of(c, first) == volume_of(c, other);
	return c->tree[other] != IMAGE_NONE && c->tree[other] == c->tree[first];
}

/* Archives all names of a file if one carrier cannot bring them all. */
static void find_hard_links(struct dockerfile_carriers *c)
{
	for (size_t i = 0; i < c->plan.count; i++) {
		const struct rewrite_item *item = &c->plan.items[i];
		if (item->first != IMAGE_NONE && !keeps_link(c, item->first, item->node))
			archive(c, item->first);
	}
	for (size_t i = 0; i < c->plan.count; i++) {
		const struct rewrite_item *item = &c->plan.items[i];
		if (item->first != IMAGE_NONE && c->archived[item->first])
			archive(c, item->node);
	}
}

/* *any: receives whether the entry has extended attributes that only the archive keeps. */
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
	*any &= more || c->by_list || c->copies[id] != DOCKERFILE_TREE || c->tree[id] == id;
	layer_entry_done(&e);
	return 0;
}

/* Chooses between the archive and a copy for the entry. */
static int choose(struct dockerfile_carriers *c, uint32_t id, struct err *err)
{
	const struct image_node *n = node_of(c, id);
	bool attributes;
	int r = look_at_attributes(c, id, &attributes, err);
	if (r < 0)
		return r;
	if (attributes || (!c->by_list && c->tree[id] == id && !is_default_directory(n)) ||
	    (c->by_list && S_ISDIR(n->mode) && volume_of(c, id) == id))
		archive(c, id);
	if (c->copies[id] == DOCKERFILE_TREE || c->archived[id] || S_ISDIR(n->mode))
		return 0;
	if ((S_ISREG(n->mode) || (c->by_list && S_ISLNK(n->mode))) && !packages_edits_find(c->edits, id) &&
	    can_copy(c, id))
		c->copies[id] = DOCKERFILE_FILE;
	else
		archive(c, id);
	return 0;
}

/* Directories outside of the trees: copies below them make those that are 0755 of root, the archive brings others. */
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
	/* children before parents: adding an entry to a directory changes its time */
	for (size_t i = c->plan.count; i-- > 0;) {
		uint32_t id = c->plan.items[i].node, parent = node_of(c, id)->parent;
		bool directory = S_ISDIR(node_of(c, id)->mode);
		if (directory && (c->copies[id] == DOCKERFILE_NOTHING || (!c->by_list && c->tree[id] == id)))
			c->archived[id] = true;
		if (id > 0 && c->archived[id] && parent > 0)
			c->archived[parent] = true;
	}
}

int dockerfile_carriers_make(const struct keep_set *k, const struct packages_edits *edits, bool by_list,
			     struct dockerfile_carriers *out, struct err *err)
{
	const uint32_t count = image_index_count(k->index);
	*out = (struct dockerfile_carriers){.keep = k, .edits = edits, .by_list = by_list};
	out->copies = mem_calloc(count, sizeof(*out->copies));
	out->tree = mem_calloc(count, sizeof(*out->tree));
	out->archived = mem_calloc(count, sizeof(*out->archived));
	rewrite_plan_make(k, edits, &out->plan);
	find_trees(out);
	if (!by_list)
		find_hard_links(out);
	for (size_t i = 0; i < out->plan.count; i++) {
		int r = out->plan.items[i].node ? choose(out, out->plan.items[i].node, err) : 0;
		if (r < 0)
			return r;
	}
	if (by_list)
		find_hard_links(out);
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
