#include "keep/modules/ruby_features.h"

#include <ctype.h>
#include <string.h>

#include "base/idmap.h"
#include "base/limits.h"
#include "base/mem.h"
#include "keep/program_lookup.h"
#include "keep/tree.h"

#define MAX_DIRS 64
#define MAX_GEMS 8192
/* Of a library beside its main file; of one of the interpreter's own, which many programs use in part; of a directory
 * that a computed name leads to. */
#define LIBRARY ((struct keep_limit){16u << 20, 8192})
#define STANDARD ((struct keep_limit){1u << 20, 8192})
#define FOLDER ((struct keep_limit){4u << 20, 8192})

struct gem {
	uint32_t home; /* the directory that has gems/ and extensions/ */
	uint32_t dir;  /* its own; IMAGE_NONE = its files lie in the interpreter's directories */
	uint32_t spec; /* IMAGE_NONE = none */
	char *name;    /* without the version */
	bool kept;
	uint32_t by;
};

struct keep_ruby {
	struct keep_set *k;
	uint32_t dirs[MAX_DIRS];
	size_t n_dirs;
	struct gem *gems;
	size_t n_gems, cap_gems;
	size_t *queue, n_queue, cap_queue;
	struct strset asked; /* features that were looked for in dirs and gems */
	struct strset below; /* the same of prefixes */
	struct idmap whole;  /* directories of libraries that were looked at */
};

static const struct image_node *info(const struct keep_ruby *r, uint32_t node)
{
	return image_index_node(r->k->index, node);
}

static uint32_t child(const struct keep_ruby *r, uint32_t dir, const char *name)
{
	return image_index_child(r->k->index, dir, name, strlen(name));
}

static bool has(const struct keep_ruby *r, uint32_t dir, const char *name)
{
	return child(r, dir, name) != IMAGE_NONE;
}

static bool is_dir(const struct keep_ruby *r, uint32_t node)
{
	return node != IMAGE_NONE && S_ISDIR(info(r, node)->mode);
}

static bool is_standard(const struct keep_ruby *r, uint32_t dir)
{
	return has(r, dir, "fileutils.rb") || has(r, dir, "rbconfig.rb");
}

/* ---- the search path ---- */

static void add_dir(struct keep_ruby *r, uint32_t dir)
{
	if (dir != IMAGE_NONE && r->n_dirs < MAX_DIRS)
		r->dirs[r->n_dirs++] = dir;
}

/* Splits NAME-VERSION; n: bytes of the name. False if there is no version. */
static bool split_version(const char *text, size_t *n)
{
	const char *version = text;
	do
		version = strchr(version + 1, '-');
	while (version && !isdigit((unsigned char)version[1]));
	*n = version ? (size_t)(version - text) : 0;
	return version;
}

static void add_gem(struct keep_ruby *r, struct gem gem, const char *name, size_t n)
{
	if (r->n_gems == MAX_GEMS || !n)
		return;
	gem.name = mem_strndup(name, n);
	r->gems = mem_grow(r->gems, r->n_gems, &r->cap_gems, sizeof(*r->gems));
	r->gems[r->n_gems++] = gem;
}

/* Directories of gems. Bundler's of repositories end with a commit instead of a version. */
static void add_gems(struct keep_ruby *r, uint32_t home, uint32_t gems, bool commits)
{
	const struct image_node *n = info(r, gems);
	uint32_t specs = child(r, home, "specifications");
	for (uint32_t i = 0; i < n->n_children; i++) {
		const char *name = info(r, n->first_child + i)->name, *dash = strrchr(name, '-');
		size_t len;
		if (!split_version(name, &len) && (!commits || !dash))
			continue;
		CLEANUP_FREE char *spec = mem_printf("%s.gemspec", name);
		if (is_dir(r, n->first_child + i))
			add_gem(r,
				(struct gem){.home = home,
					     .dir = n->first_child + i,
					     .spec = specs == IMAGE_NONE ? IMAGE_NONE : child(r, specs, spec)},
				name, len ? len : (size_t)(dash - name));
	}
}

/* Specifications of gems without a directory of their own; those of the interpreter's gems are in default/. */
static void add_specifications(struct keep_ruby *r, uint32_t dir)
{
	const struct image_node *n = info(r, dir);
	uint32_t gems = child(r, n->parent, "gems");
	for (uint32_t i = 0; i < n->n_children; i++) {
		const char *name = info(r, n->first_child + i)->name, *end = strstr(name, ".gemspec");
		size_t len;
		if (!end || !split_version(name, &len))
			continue;
		if (gems == IMAGE_NONE ||
		    image_index_child(r->k->index, gems, name, (size_t)(end - name)) == IMAGE_NONE)
			add_gem(r, (struct gem){.home = n->parent, .dir = IMAGE_NONE, .spec = n->first_child + i}, name,
				len);
	}
}

static void look_at_dir(struct keep_ruby *r, uint32_t id)
{
	const struct image_node *n = info(r, id);
	const char *up = info(r, n->parent)->name;
	if (strcmp(n->name, "site_ruby") == 0 || strcmp(n->name, "vendor_ruby") == 0 || strcmp(up, "site_ruby") == 0 ||
	    (strcmp(up, "vendor_ruby") == 0 && isdigit((unsigned char)*n->name)) || is_standard(r, id))
		add_dir(r, id);
	bool bundler = strcmp(n->name, "gems") == 0 && strcmp(up, "bundler") == 0;
	if (strcmp(n->name, "gems") == 0 && (bundler || has(r, n->parent, "specifications")))
		add_gems(r, n->parent, id, bundler);
	if (strcmp(n->name, "specifications") == 0 ||
	    (strcmp(n->name, "default") == 0 && strcmp(up, "specifications") == 0))
		add_specifications(r, id);
}

struct keep_ruby *keep_ruby_new(struct keep_set *k)
{
	struct keep_ruby *r = mem_alloc(sizeof(*r));
	r->k = k;
	const char *search = k->config ? strlist_get_env(&k->config->env, "RUBYLIB") : NULL;
	for (; search && *search; search += strcspn(search, ":"), search += *search == ':') {
		CLEANUP_FREE char *dir = mem_strndup(search, strcspn(search, ":"));
		if (*dir == '/')
			add_dir(r, image_index_resolve(k->index, dir, true, NULL, NULL));
	}
	for (uint32_t id = 1; id < image_index_count(k->index); id++)
		if (S_ISDIR(info(r, id)->mode))
			look_at_dir(r, id);
	return r;
}

void keep_ruby_free(void *ruby)
{
	struct keep_ruby *r = ruby;
	for (size_t i = 0; i < r->n_gems; i++)
		free(r->gems[i].name);
	free(r->gems);
	free(r->queue);
	strset_done(&r->asked);
	strset_done(&r->below);
	idmap_done(&r->whole);
	free(r);
}

/* ---- gems ---- */

static void enqueue(struct keep_ruby *r, size_t i, uint32_t by)
{
	if (r->gems[i].kept)
		return;
	r->gems[i].kept = true;
	r->gems[i].by = by;
	r->queue = mem_grow(r->queue, r->n_queue, &r->cap_queue, sizeof(*r->queue));
	r->queue[r->n_queue++] = i;
}

static void enqueue_named(struct keep_ruby *r, const char *name, size_t n, uint32_t by)
{
	for (size_t i = 0; n && i < r->n_gems; i++)
		if (strncmp(r->gems[i].name, name, n) == 0 && !r->gems[i].name[n])
			enqueue(r, i, by);
}

/* add_runtime_dependency(%q<rack>.freeze, [">= 2"]); before rubygems 3: add_dependency; by hand without brackets. */
static void enqueue_dependencies(struct keep_ruby *r, const char *gemspec, uint32_t by)
{
	static const char word[] = "dependency", development[] = "add_development_";
	size_t n = sizeof(development) - 1;
	for (const char *p = gemspec; (p = strstr(p, word)); p++) {
		if ((size_t)(p - gemspec) >= n && memcmp(p - n, development, n) == 0)
			continue;
		const char *start = p + sizeof(word) - 1;
		start += strspn(start, "( %qQ");
		if (*start && strchr("<\"'(", *start))
			enqueue_named(r, start + 1, strcspn(start + 1, ">\"')\n"), by);
	}
}

/* The features that a gem without a directory has by its name: rack-protection is rack-protection or rack/protection.
 */
static void keep_named_features(struct keep_ruby *r, struct keep_script_source *s, const char *gem)
{
	CLEANUP_FREE char *feature = mem_strdup(gem);
	keep_ruby_require(r, s, feature);
	for (char *p = feature; (p = strchr(p, '-'));)
		*p = '/';
	keep_ruby_require(r, s, feature);
}

/* The gem's files, its specification and what was compiled for it. */
static void keep_gem(struct keep_ruby *r, struct keep_script_source *s, struct gem g)
{
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, g.by, keep_note(r->k, g.name));
	CLEANUP_BUF struct buf path = {0}, text = {0};
	if (g.spec != IMAGE_NONE) {
		image_index_path(r->k->index, g.spec, &path);
		(void)keep_lookup_path(r->k, path.data, why);
		if (image_index_text(r->k->index, path.data, LIMIT_PACKAGE_TEXT, &text) && text.len)
			enqueue_dependencies(r, text.data, g.by);
	}
	if (g.dir == IMAGE_NONE) {
		keep_named_features(r, s, g.name);
		return;
	}
	keep_tree(r->k, g.dir, KEEP_TREE_CODE, why);
	uint32_t extensions = child(r, g.home, "extensions");
	for (uint32_t i = 0; extensions != IMAGE_NONE && i < info(r, extensions)->n_children; i++) {
		const struct image_node *arch = info(r, info(r, extensions)->first_child + i);
		for (uint32_t j = 0; j < arch->n_children; j++) {
			uint32_t dir = child(r, arch->first_child + j, info(r, g.dir)->name);
			if (dir != IMAGE_NONE)
				keep_tree(r->k, dir, KEEP_TREE_CODE, why);
		}
	}
}

static void keep_gems(struct keep_ruby *r, struct keep_script_source *s)
{
	while (r->n_queue)
		keep_gem(r, s, r->gems[r->queue[--r->n_queue]]);
}

void keep_ruby_gem(struct keep_ruby *r, struct keep_script_source *s, const char *name)
{
	enqueue_named(r, name, strlen(name), s->node);
	keep_gems(r, s);
}

void keep_ruby_dependencies(struct keep_ruby *r, struct keep_script_source *s, const char *gemspec)
{
	enqueue_dependencies(r, gemspec, s->node);
	keep_gems(r, s);
}

/* ---- features ---- */

static bool feature_in(struct keep_script_source *s, uint32_t dir, const char *feature)
{
	static const char *const endings[] = {"", ".rb", ".so"};
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		CLEANUP_BUF struct buf path = {0};
		buf_printf(&path, "%s%s", feature, endings[i]);
		uint32_t node = keep_script_source_path(s, dir, path.data, false);
		if (node != IMAGE_NONE && !S_ISDIR(image_index_node(s->k->index, node)->mode))
			return true;
	}
	return false;
}

void keep_ruby_beside(struct keep_script_source *s, const char *feature)
{
	(void)feature_in(s, s->dir, feature);
}

void keep_ruby_require(struct keep_ruby *r, struct keep_script_source *s, const char *feature)
{
	bool found = false, added;
	if (*feature == '.' || *feature == '/') {
		(void)feature_in(s, s->dir, feature);
		for (size_t i = 0; *feature == '.' && i < s->n_bases; i++)
			(void)feature_in(s, s->bases[i], feature);
		return;
	}
	for (size_t i = 0; i < s->n_bases; i++) {
		CLEANUP_BUF struct buf lib = {0};
		buf_printf(&lib, "lib/%s", feature);
		found = feature_in(s, s->bases[i], lib.data) || feature_in(s, s->bases[i], feature) || found;
	}
	if (found || strlen(feature) > LIMIT_PATH)
		return;
	(void)strset_add_len(&r->asked, feature, strlen(feature), &added);
	for (size_t i = 0; added && !found && i < r->n_dirs; i++)
		found = feature_in(s, r->dirs[i], feature);
	for (size_t i = 0; added && !found && i < r->n_gems; i++) {
		uint32_t lib = r->gems[i].dir == IMAGE_NONE ? IMAGE_NONE : child(r, r->gems[i].dir, "lib");
		if (lib != IMAGE_NONE && feature_in(s, lib, feature))
			enqueue(r, i, s->node);
	}
	keep_gems(r, s);
}

/* ---- directories ---- */

/* Keeps the directory dir/path unless it is too large. False if it is not a directory. */
static bool keep_folder(struct keep_ruby *r, uint32_t by, uint32_t dir, const char *path, struct keep_limit limit)
{
	CLEANUP_BUF struct buf full = {0};
	image_index_path(r->k->index, dir, &full);
	buf_printf(&full, "/%s", path);
	uint32_t node = image_index_resolve(r->k->index, full.data, true, NULL, NULL);
	if (!is_dir(r, node))
		return false;
	if (!idmap_add(&r->whole, 0, node))
		return true;
	struct keep_reason why = KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(r->k, path));
	if (keep_tree_fits(r->k->index, node, limit))
		keep_tree(r->k, node, KEEP_TREE_CODE, why);
	else if (limit.bytes > STANDARD.bytes) /* of the interpreter's own what is required is enough */
		keep_leave_out(r->k, node, limit, why);
	return true;
}

void keep_ruby_below(struct keep_ruby *r, struct keep_script_source *s, const char *prefix)
{
	const char *slash = strrchr(prefix, '/');
	bool added;
	if (!slash || slash == prefix || strlen(prefix) > LIMIT_PATH)
		return;
	CLEANUP_FREE char *path = mem_strndup(prefix, (size_t)(slash - prefix));
	for (size_t i = 0; i < s->n_bases; i++)
		(void)keep_script_source_path(s, s->bases[i], path, true);
	if (strstr(path, "..") || *path == '/')
		return;
	(void)strset_add_len(&r->below, path, strlen(path), &added);
	for (size_t i = 0; added && i < r->n_dirs; i++)
		(void)keep_folder(r, s->node, r->dirs[i], path, FOLDER);
	CLEANUP_FREE char *lib = mem_printf("lib/%s", path);
	for (size_t i = 0; added && i < r->n_gems; i++) {
		if (r->gems[i].dir == IMAGE_NONE)
			continue;
		CLEANUP_BUF struct buf full = {0};
		image_index_path(r->k->index, r->gems[i].dir, &full);
		buf_printf(&full, "/%s", lib);
		if (is_dir(r, image_index_resolve(r->k->index, full.data, true, NULL, NULL)))
			enqueue(r, i, s->node);
	}
	keep_gems(r, s);
}

/* A library is more than its main file: the files that a/b.rb loads by name are in a/b/, also in the directory of
 * compiled parts. top: the directory of the interpreter to which path is relative. */
static void keep_library(struct keep_ruby *r, uint32_t by, uint32_t top, const char *path)
{
	struct keep_limit limit = is_standard(r, top) ? STANDARD : LIBRARY;
	CLEANUP_FREE char *main = mem_printf("%s.rb", path);
	for (size_t i = 0; i < r->n_dirs; i++) {
		CLEANUP_BUF struct buf full = {0};
		image_index_path(r->k->index, r->dirs[i], &full);
		buf_printf(&full, "/%s", main);
		if (image_index_resolve(r->k->index, full.data, true, NULL, NULL) == IMAGE_NONE)
			continue;
		(void)keep_lookup_path(r->k, full.data, KEEP_WHY_NOTED(KEEP_PACKAGE, by, keep_note(r->k, path)));
		for (size_t j = 0; j < r->n_dirs; j++)
			(void)keep_folder(r, by, r->dirs[j], path, limit);
		return;
	}
}

void keep_ruby_own(struct keep_ruby *r, struct keep_script_source *s)
{
	CLEANUP_BUF struct buf file = {0};
	image_index_path(r->k->index, s->node, &file);
	for (uint32_t at = s->node, up; at; at = up) {
		up = info(r, at)->parent;
		for (size_t i = 0; strcmp(info(r, up)->name, "gems") == 0 && i < r->n_gems; i++)
			if (r->gems[i].dir == at)
				enqueue(r, i, s->node);
		size_t i = 0;
		while (i < r->n_dirs && r->dirs[i] != up)
			i++;
		if (i == r->n_dirs)
			continue;
		CLEANUP_BUF struct buf top = {0};
		image_index_path(r->k->index, up, &top);
		char *path = file.data + top.len + 1, *dot = strrchr(path, '.');
		if (dot && !strchr(dot, '/'))
			*dot = '\0';
		for (char *cut = path; cut; cut = strrchr(path, '/')) {
			if (cut > path)
				*cut = '\0';
			keep_library(r, s->node, up, path);
		}
		break;
	}
	keep_gems(r, s);
}

bool keep_ruby_is_standard(const struct keep_ruby *r, const struct keep_script_source *s)
{
	for (uint32_t up = s->dir; up; up = info(r, up)->parent) {
		const char *name = info(r, up)->name;
		if (strcmp(name, "rubygems") == 0 || strcmp(name, "bundler") == 0 || strncmp(name, "bundler-", 8) == 0)
			return true;
		for (size_t i = 0; i < r->n_dirs; i++)
			if (r->dirs[i] == up)
				return is_standard(r, up);
	}
	return false;
}

void keep_ruby_encodings(struct keep_ruby *r, uint32_t by)
{
	for (size_t i = 0; i < r->n_dirs; i++) {
		uint32_t enc = child(r, r->dirs[i], "enc");
		if (enc != IMAGE_NONE && has(r, r->dirs[i], "rbconfig.rb"))
			keep_tree(r->k, enc, KEEP_TREE_CODE,
				  KEEP_WHY_NOTED(KEEP_IMPORT, by, keep_note(r->k, "encodings")));
	}
}
