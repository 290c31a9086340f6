/* Packages of languages, as their managers leave them: pip (NAME-VERSION.dist-info/RECORD and REQUESTED, PEP
 * 376 and 427), npm
 * (node_modules/NAME/package.json) and RubyGems (specifications/NAME-VERSION.gemspec beside gems/). Only what no
 * package of the distribution owns becomes theirs. They have no database of their own: what is gone is gone. */
#include <string.h>

#include "base/mem.h"
#include "packages/database.h"
#include "text/json.h"
#include "text/path.h"

#define MANIFEST_MAX (1u << 20) /* package.json */

struct reading {
	const struct image_index *x;
	struct packages *p;
	struct buf path; /* of the directory that is looked at */
};

static struct packages_field field(const char *s)
{
	return (struct packages_field){s, strlen(s)};
}

/* Cut NAME-VERSION at the last hyphen that a digit follows. */
static uint32_t add_named(struct reading *r, enum packages_manager manager, const char *text, size_t n)
{
	size_t cut = n;
	for (size_t i = 0; i + 1 < n; i++)
		if (text[i] == '-' && text[i + 1] >= '0' && text[i + 1] <= '9')
			cut = i;
	struct packages_field version = {text + cut + 1, cut < n ? n - cut - 1 : 0};
	return packages_add(r->p, manager, (struct packages_field){text, cut}, version, field(""));
}

/* ---- pip ---- */

/* dir: site-packages, of which r->path is. */
static void read_dist_info(struct reading *r, const char *name)
{
	CLEANUP_BUF struct buf record = {0}, path = {0};
	uint32_t package = add_named(r, PACKAGES_PIP, name, strlen(name) - strlen(".dist-info"));
	buf_printf(&path, "%s/%s/RECORD", r->path.data, name);
	if (package == PACKAGES_NONE || !image_index_text(r->x, path.data, PACKAGES_FILE_MAX, &record))
		return;
	const char *rest = record.data, *end = rest + record.len, *line;
	size_t n;
	path.len -= strlen("RECORD");
	buf_str(&path, "REQUESTED");
	r->p->items[package].requested = image_index_resolve(r->x, path.data, true, NULL, NULL) != IMAGE_NONE;
	while (record.len && packages_line(&rest, end, &line, &n)) {
		/* a path with a comma or quote is quoted; its own quotes would be doubled, which no name has */
		bool quoted = n && *line == '"';
		const char *stop = memchr(line + quoted, quoted ? '"' : ',', n - quoted);
		if (!stop)
			continue;
		path.len = 0;
		buf_printf(&path, "%s/%.*s", *line == '/' ? "" : r->path.data, (int)(stop - line - quoted),
			   line + quoted);
		packages_own(r->p, r->x, package, path.data);
	}
}

/* ---- npm, gems ---- */

/* All below, but for the packages that are installed in it. */
static void own_tree(struct reading *r, uint32_t package, uint32_t node)
{
	const struct image_node *n = image_index_node(r->x, node);
	if (strcmp(n->name, "node_modules") == 0)
		return;
	if (r->p->owner[node] == PACKAGES_NONE)
		r->p->owner[node] = package;
	for (uint32_t i = 0; i < n->n_children; i++)
		own_tree(r, package, n->first_child + i);
}

static void read_npm_package(struct reading *r, const char *name, uint32_t dir)
{
	CLEANUP_BUF struct buf text = {0}, path = {0};
	json_auto_t *root = NULL;
	const char *version = NULL;
	if (!S_ISDIR(image_index_node(r->x, dir)->mode) ||
	    image_index_child(r->x, dir, "package.json", strlen("package.json")) == IMAGE_NONE)
		return;
	image_index_path(r->x, dir, &path);
	buf_str(&path, "/package.json");
	if (image_index_text(r->x, path.data, MANIFEST_MAX, &text) && text.len &&
	    json_parse_object(text.data, text.len, MANIFEST_MAX, "package.json", &root, NULL) == 0)
		version = json_string_value(json_object_get(root, "version"));
	uint32_t package = packages_add(r->p, PACKAGES_NPM, field(name), field(version ? version : ""), field(""));
	if (package != PACKAGES_NONE)
		own_tree(r, package, dir);
}

static void read_node_modules(struct reading *r, uint32_t dir)
{
	const struct image_node *d = image_index_node(r->x, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		uint32_t child = d->first_child + i;
		const struct image_node *c = image_index_node(r->x, child);
		if (c->name[0] != '@') {
			read_npm_package(r, c->name, child);
			continue;
		}
		for (uint32_t k = 0; k < c->n_children; k++) { /* @scope/NAME */
			CLEANUP_FREE char *name =
			    mem_printf("%s/%s", c->name, image_index_node(r->x, c->first_child + k)->name);
			read_npm_package(r, name, c->first_child + k);
		}
	}
}

static void read_gems(struct reading *r, uint32_t specifications)
{
	const struct image_node *d = image_index_node(r->x, specifications);
	uint32_t gems = image_index_child(r->x, d->parent, "gems", strlen("gems"));
	for (uint32_t i = 0; gems != IMAGE_NONE && i < d->n_children; i++) {
		const char *name = image_index_node(r->x, d->first_child + i)->name;
		if (!path_ends_with(name, ".gemspec"))
			continue;
		size_t n = strlen(name) - strlen(".gemspec");
		uint32_t tree = image_index_child(r->x, gems, name, n);
		if (tree == IMAGE_NONE)
			continue;
		uint32_t package = add_named(r, PACKAGES_GEM, name, n);
		if (package == PACKAGES_NONE)
			return;
		own_tree(r, package, tree);
		r->p->owner[d->first_child + i] = package;
	}
}

/* As deep as the image's paths are, which LIMIT_PATH bounds. */
static void walk(struct reading *r, uint32_t dir)
{
	const struct image_node *d = image_index_node(r->x, dir);
	if (strcmp(d->name, "node_modules") == 0)
		read_node_modules(r, dir);
	else if (strcmp(d->name, "specifications") == 0)
		read_gems(r, dir);
	for (uint32_t i = 0; i < d->n_children; i++) {
		const struct image_node *c = image_index_node(r->x, d->first_child + i);
		if (!S_ISDIR(c->mode))
			continue;
		if (path_ends_with(c->name, ".dist-info"))
			read_dist_info(r, c->name);
		size_t len = r->path.len;
		buf_printf(&r->path, "/%s", c->name);
		walk(r, d->first_child + i);
		r->path.len = len;
		r->path.data[len] = '\0';
	}
}

static int read_database(const struct image_index *x, struct packages *p, struct err *err)
{
	struct reading r = {x, p, {0}};
	buf_str(&r.path, "");
	walk(&r, 0);
	buf_done(&r.path);
	return 0;
}

const struct packages_database packages_database_language = {.read = read_database};
