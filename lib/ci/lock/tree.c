#include "ci/lock/tree.h"

#include <inttypes.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/mem.h"
#include "ci/lock/token.h"
#include "image/content.h"
#include "image/file.h"

struct lister {
	const struct ci_lock_tree *tree;
	const struct image_index *x;
	struct ci_lock_listing *out;
	uint32_t *packages; /* by package of the tree: its id in out, and 1 */
	struct idmap done;  /* files with several names: index of the first entry, and 1 */
	struct err *err;
};

static bool is_kept(const struct lister *l, uint32_t node)
{
	return l->tree->whole || keep_has(l->tree->keep, node);
}

/* ---- facts ---- */

static int hash_file(struct lister *l, uint32_t node, char hex[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	int r = image_content_digest(l->x, node, digest, l->err);
	if (r == 0)
		sha256_hex(digest, hex);
	return r;
}

/* Adds the digest of extended attributes (file capabilities, ACLs), if there are any. */
static void add_xattrs(const struct layer_entry *e, struct buf *facts)
{
	CLEANUP_SHA256 struct sha256 *h = sha256_new();
	uint8_t digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	if (!e->n_xattrs)
		return;
	for (size_t i = 0; i < e->n_xattrs; i++) {
		CLEANUP_FREE char *len = mem_printf("%zu ", e->xattrs[i].len); /* the same on every machine */
		sha256_update(h, e->xattrs[i].name, strlen(e->xattrs[i].name) + 1);
		sha256_update(h, len, strlen(len));
		sha256_update(h, e->xattrs[i].value, e->xattrs[i].len);
	}
	sha256_final(h, digest);
	sha256_hex(digest, hex);
	buf_printf(facts, " xattrs:%.16s", hex);
}

static int file_facts(struct lister *l, uint32_t node, struct buf *facts)
{
	const struct image_node *n = image_index_node(l->x, node);
	char hex[SHA256_HEX_SIZE];
	struct layer_entry e = {0};
	int r = hash_file(l, node, hex);
	if (r < 0 || (r = image_index_entry(l->x, node, &e, l->err)) < 0)
		return r;
	buf_printf(facts, "%04o %u:%u %" PRIu64 " %s", n->mode & 07777u, n->uid, n->gid, n->size, hex);
	add_xattrs(&e, facts);
	layer_entry_done(&e);
	return 0;
}

/* Each hard link has the facts of the first one. */
static int link_facts(struct lister *l, uint32_t node, struct buf *facts)
{
	const struct image_file file = image_file_of(image_index_node(l->x, node));
	bool added;
	uint64_t *at = idmap_at(&l->done, file.layer, file.ino, &added);
	if (added) {
		*at = l->out->count; /* the index of the entry that comes next */
		return file_facts(l, node, facts);
	}
	const struct ci_lock_entry *e = &l->out->entries[*at];
	buf_str(facts, e->line + strlen("file ") + strlen(e->path) + 1);
	return 0;
}

/* ---- entries ---- */

/* The package's id in the listing. */
static uint32_t package_of(struct lister *l, uint32_t node)
{
	const struct packages *p = l->tree->packages;
	const uint32_t owner = p->count ? p->owner[node] : PACKAGES_NONE;
	if (owner == PACKAGES_NONE)
		return CI_LOCK_NO_PACKAGE;
	const struct package *from = &p->items[owner];
	if (!l->packages[owner])
		l->packages[owner] = 1 + ci_lock_listing_package(l->out, packages_manager_names[from->manager],
								 from->name, from->version, from->architecture);
	return l->packages[owner] - 1;
}

static int add_file(struct lister *l, uint32_t node, const char *path)
{
	const struct image_node *n = image_index_node(l->x, node);
	CLEANUP_BUF struct buf facts = {0};
	int r = n->nlink > 1 ? link_facts(l, node, &facts) : file_facts(l, node, &facts);
	if (r < 0)
		return r;
	struct ci_lock_entry *e = ci_lock_listing_add(l->out, "file", path, facts.data);
	e->bytes = n->size;
	e->package = package_of(l, node);
	return 0;
}

/* Adds a directory only if neither its entries nor the directory above imply it. */
static void add_directory(struct lister *l, uint32_t node, const char *path)
{
	const struct image_node *n = image_index_node(l->x, node), *above = image_index_node(l->x, n->parent);
	CLEANUP_BUF struct buf facts = {0};
	bool empty = true;
	for (uint32_t i = 0; empty && i < n->n_children; i++)
		empty = !is_kept(l, n->first_child + i);
	const bool usual = node ? n->mode == above->mode && n->uid == above->uid && n->gid == above->gid
				: (n->mode & 07777) == 0755 && !n->uid && !n->gid;
	if (usual && (!empty || !node))
		return;
	buf_printf(&facts, "%04o %u:%u", n->mode & 07777u, n->uid, n->gid);
	ci_lock_listing_add(l->out, "directory", path, facts.data)->directory = true;
}

static void add_other(struct lister *l, uint32_t node, const char *path)
{
	const struct image_node *n = image_index_node(l->x, node);
	CLEANUP_BUF struct buf facts = {0};
	if (S_ISLNK(n->mode))
		ci_lock_token_add(&facts, n->target, strlen(n->target));
	else
		buf_printf(&facts, "%c:%u:%u %04o %u:%u",
			   S_ISCHR(n->mode)   ? 'c'
			   : S_ISBLK(n->mode) ? 'b'
					      : 'p',
			   major(n->rdev), minor(n->rdev), n->mode & 07777u, n->uid, n->gid);
	ci_lock_listing_add(l->out, S_ISLNK(n->mode) ? "link" : "special", path, facts.data)->package =
	    package_of(l, node);
}

static int add_node(struct lister *l, uint32_t node)
{
	const struct image_node *n = image_index_node(l->x, node);
	CLEANUP_BUF struct buf path = {0};
	int r = 0;
	if (S_ISSOCK(n->mode) || packages_edits_find(l->tree->edits, node))
		return 0;
	image_index_path(l->x, node, &path);
	if (S_ISREG(n->mode))
		r = add_file(l, node, path.data);
	else if (S_ISDIR(n->mode))
		add_directory(l, node, path.data);
	else
		add_other(l, node, path.data);
	return r;
}

/* LIMIT_PATH bounds the depth of the recursion. */
static int add_tree(struct lister *l, uint32_t node)
{
	if (!is_kept(l, node))
		return 0;
	const struct image_node *n = image_index_node(l->x, node);
	int r = add_node(l, node);
	for (uint32_t i = 0; r == 0 && i < n->n_children; i++)
		r = add_tree(l, n->first_child + i);
	return r;
}

int ci_lock_tree_list(const struct ci_lock_tree *t, struct ci_lock_listing *out, struct err *err)
{
	CLEANUP_FREE uint32_t *packages = mem_calloc(t->packages->count, sizeof(*packages));
	struct lister l = {.tree = t, .x = t->keep->index, .out = out, .packages = packages, .err = err};
	int r = add_tree(&l, 0);
	idmap_done(&l.done);
	return r < 0 ? err_wrap(err, "lock file") : 0;
}
